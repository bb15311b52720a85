/**
 * A front-end that others join: its map is of the fleet with them before its time.
 */
import { expect, it, vi } from 'vitest';
import { startInProcessFrontEnd, startService } from './running-front-end.ts';

it('constructs again once it is linked to one that joined, long before the next construction is due', async () => {
  const buildIntervalMs = 24_000;
  await using service = await startService({
    streams: { orders: 8 },
    settings: { buildIntervalMs, shardMapMaxAgeMs: 60_000 },
  });
  const { frontEnd, fleet } = service;
  await using _joined = await startInProcessFrontEnd(fleet.metadata, {}, 'fe-2');
  const { upMs, shardMap } = await vi.waitUntil(
    async () => {
      const state = await frontEnd.state();
      const { links, shardMap } = state;
      return links.wanted === 1 && (shardMap.ageMs ?? 0) < (links.allOpenForMs ?? 0) && state;
    },
    { interval: 100, timeout: 30_000 },
  );
  expect(shardMap).toMatchObject({ completeness: 1, builds: { failed: 0 } });
  // The interval is shortened by a tenth at the most, and by half behind a first map.
  expect(upMs - (shardMap.ageMs ?? 0)).toBeLessThan(0.45 * buildIntervalMs);
});
