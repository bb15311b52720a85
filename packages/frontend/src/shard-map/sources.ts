/**
 * The three sources of the shard-map, gathered: membership, configuration, and what peers announced. Here the
 * assumption `missingPeer` decides whether a construction goes on without a peer that has not been heard.
 */
import { MetadataError } from '@fleetfall/member/metadata-client.ts';
import type { Configuration } from '@fleetfall/protocol/membership.ts';
import type { FrontEndSettings } from '@fleetfall/protocol/settings.ts';
import type { ConfigurationCache } from '../discovery/configuration-cache.ts';
import type { MembershipWatch } from '../discovery/membership-watch.ts';
import { type Announcer, announcementStandsMs } from '../peers/announcer.ts';
import type { Mesh } from '../peers/mesh.ts';
import type { BackEndLinks } from '../route/back-end-links.ts';
import type { AnnouncedOwnership } from './announced-ownership.ts';
import { type MapSources, MissingPeerError } from './builder.ts';

export interface MapSourcesOptions {
  readonly settings: FrontEndSettings;
  readonly configuration: ConfigurationCache;
  readonly ownership: AnnouncedOwnership;
  readonly mesh: Pick<Mesh, 'settled' | 'lacksThread'>;
  readonly backEnds: Pick<BackEndLinks, 'allVouched'>;
  /** This member's own share of the announcing, which it hears too. */
  readonly announcer: Pick<Announcer, 'settled'>;
  /** undefined until membership is watched. */
  readonly membership: () =>
    | Pick<MembershipWatch, 'version' | 'frontEnds' | 'backEnds' | 'knownForMs'>
    | undefined;
  readonly log: (message: string) => void;
}

export function createMapSources(options: MapSourcesOptions): MapSources {
  const { settings, configuration, ownership, mesh, backEnds, announcer, membership, log } = options;

  const silenceMaxMs = announcementStandsMs(settings);

  /** The store's silence leaves what it said last: a map of it is better than none. */
  async function readStreams(): Promise<Configuration['streams'] | undefined> {
    try {
      return (await configuration.refresh()).streams;
    } catch (error) {
      if (!(error instanceof MetadataError)) throw error;
      log(`the configuration could not be read again: ${error.message}`);
      const known = configuration.current();
      return known.version < 0 ? undefined : known.streams;
    }
  }
  /**
   * A peer that has just come is given as long as an announcement stands. Until then those that announced its slices
   * before go on, so nothing is missing without it; and it is the time to open a link, where the waves in which a fleet
   * starts would otherwise fail the first construction of all. A link that was refused a thread is not waited for.
   */
  function assertAllHeard(): void {
    const heard = ownership.announcers();
    const silent = membership()
      ?.frontEnds()
      .find(
        ({ memberId }) =>
          !heard.has(memberId) &&
          (mesh.lacksThread(memberId) || (membership()?.knownForMs(memberId) ?? 0) > silenceMaxMs),
      );
    if (silent === undefined) return;
    const why = mesh.lacksThread(silent.memberId)
      ? 'its link lacks a thread'
      : `it has been known for more than ${silenceMaxMs} ms`;
    throw new MissingPeerError(`nothing has been heard of ${silent.memberId}: ${why}`);
  }

  return {
    settled: () =>
      (membership()?.version() ?? -1) >= 0 && mesh.settled() && backEnds.allVouched() && announcer.settled(),
    async gather() {
      const streams = await readStreams();
      if (streams === undefined) return undefined;
      if (settings.missingPeer === 'failsBuild') assertAllHeard();
      const backEndIds =
        membership()
          ?.backEnds()
          .map(({ memberId }) => memberId) ?? [];
      return { streams, entries: ownership.entries(), backEndIds };
    },
  };
}
