/**
 * Whether a construction goes on without a peer that has not been heard, by a clock that the test moves.
 */
import type { Member } from '@fleetfall/protocol/membership.ts';
import type { FrontEndSettings } from '@fleetfall/protocol/settings.ts';
import { expect, it } from 'vitest';
import { announcementStandsMs } from '../src/peers/announcer.ts';
import { createAnnouncedOwnership } from '../src/shard-map/announced-ownership.ts';
import { createMapSources } from '../src/shard-map/sources.ts';

const SETTINGS: FrontEndSettings = {
  peerLinks: 'thread-per-peer',
  threadsPerPeer: 1,
  linkPoolThreads: 1,
  uvThreads: 4,
  constructionThread: 'resident',
  agedMap: 'refuse',
  missingPeer: 'failsBuild',
  onBuildFailure: 'stop',
  discoveryDelayMaxMs: 700,
  buildIntervalMs: 700,
  shardMapMaxAgeMs: 2_000,
};
const PEER: Member = { memberId: 'fe-2', role: 'front-end', incarnation: '1', host: '127.0.0.1', port: 1 };
const GRACE_MS = announcementStandsMs(SETTINGS);
const WORD = { source: 'fe-2.1.0', announcer: 'fe-2', slices: [], expiresInMs: 1_000 };

/** Sources of a member that knows one peer, first heard of at 0. */
function sourcesOf(settings: Partial<FrontEndSettings> = {}) {
  const clock = { nowMs: 0, lacksThread: false };
  const ownership = createAnnouncedOwnership(() => clock.nowMs);
  const configuration = { version: 1, streams: [] };
  const sources = createMapSources({
    settings: { ...SETTINGS, ...settings },
    configuration: { current: () => configuration, refresh: async () => configuration },
    ownership,
    mesh: { settled: () => true, lacksThread: () => clock.lacksThread },
    backEnds: { allVouched: () => true },
    announcer: { settled: () => true },
    membership: () => ({
      version: () => 1,
      frontEnds: () => [PEER],
      backEnds: () => [],
      knownForMs: () => clock.nowMs,
    }),
    log: () => undefined,
  });
  return { clock, ownership, sources };
}

it('a peer that has just come fails no construction, so that a fleet can start', async () => {
  const { clock, sources } = sourcesOf();
  await expect(sources.gather()).resolves.toBeDefined();
  clock.nowMs = GRACE_MS;
  await expect(sources.gather()).resolves.toBeDefined();
});

it('a peer that has been known for longer fails it while it is silent, and no more once it is heard', async () => {
  const { clock, ownership, sources } = sourcesOf();
  clock.nowMs = GRACE_MS + 1;
  await expect(sources.gather()).rejects.toThrow(
    `nothing has been heard of fe-2: it has been known for more than ${GRACE_MS} ms`,
  );
  ownership.hear(WORD);
  await expect(sources.gather()).resolves.toBeDefined();
  clock.nowMs += WORD.expiresInMs;
  await expect(sources.gather()).rejects.toThrow('nothing has been heard of fe-2');
});

it('a peer whose link was refused a thread fails it at once', async () => {
  const { clock, sources } = sourcesOf();
  clock.lacksThread = true;
  await expect(sources.gather()).rejects.toThrow('nothing has been heard of fe-2: its link lacks a thread');
});

it('where a missing peer is done without, none fails it', async () => {
  const { clock, sources } = sourcesOf({ missingPeer: 'partial' });
  Object.assign(clock, { nowMs: 10 * GRACE_MS, lacksThread: true });
  await expect(sources.gather()).resolves.toEqual({ streams: [], entries: [], backEndIds: [] });
});
