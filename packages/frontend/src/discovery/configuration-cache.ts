/**
 * The configuration as last read from the metadata store: streams, shards, hash ranges. Read again for each
 * construction of the shard-map, which costs nothing while nothing changed; the store's silence leaves the last.
 */
import type { MetadataClient } from '@fleetfall/member/metadata-client.ts';
import type { Configuration } from '@fleetfall/protocol/membership.ts';

export interface ConfigurationCache {
  current(): Configuration;
  /** @throws MetadataError when the store cannot be read. */
  refresh(): Promise<Configuration>;
}

export function createConfigurationCache(client: MetadataClient): ConfigurationCache {
  let configuration: Configuration = { version: -1, streams: [] };
  return {
    current: () => configuration,
    async refresh() {
      const next = await client.configuration(configuration.version);
      if (next !== undefined && next.version > configuration.version) configuration = next;
      return configuration;
    },
  };
}
