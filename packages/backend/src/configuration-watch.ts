/**
 * What a back-end makes of its heartbeats: when one tells of a newer configuration, it is fetched, and the shards in
 * it are this back-end's to open.
 */
import type { MetadataClient } from '@fleetfall/member/metadata-client.ts';
import { type Registration, startRegistration } from '@fleetfall/member/registration.ts';
import type { Configuration, Member } from '@fleetfall/protocol/membership.ts';

/** The longest between heartbeats: also how long a new stream's shards may take to be opened. */
const HEARTBEAT_INTERVAL_MAX_MS = 500;

export interface ConfigurationWatchOptions {
  readonly client: MetadataClient;
  readonly self: Member;
  readonly onConfiguration: (configuration: Configuration) => void;
  readonly log: (message: string) => void;
}

/** Registers the back-end and keeps up with the configuration: it is registered once a first one has come. */
export function watchConfiguration(options: ConfigurationWatchOptions): Registration {
  const { client, self, onConfiguration, log } = options;
  let version: number | undefined;
  return startRegistration({
    client,
    self,
    intervalMaxMs: HEARTBEAT_INTERVAL_MAX_MS,
    async onHeartbeat({ configurationVersion }, signal) {
      if (configurationVersion === version) return;
      const configuration = await client.configuration(version);
      if (configuration === undefined || signal.aborted) return;
      onConfiguration(configuration);
      version = configuration.version;
    },
    log,
  });
}
