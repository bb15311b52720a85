/**
 * When a lease ends, by a clock that the test moves.
 */
import { expect, test } from 'vitest';
import { createLeases } from '../src/leases.ts';

const LEASE_MS = 1_000;

/** Moves the clock to `toMs` as the store does, check by check. */
function checkUpTo(leases: ReturnType<typeof createLeases>, fromMs: number, toMs: number): string[] {
  for (let nowMs = fromMs; nowMs < toMs; nowMs += leases.checkIntervalMs) leases.lapsed(nowMs);
  return leases.lapsed(toMs);
}

test('a lease ends when its time is over, and not before', () => {
  const leases = createLeases(LEASE_MS, 0);
  leases.renew('be-1', 0);
  expect(checkUpTo(leases, 0, 999)).toEqual([]);
  expect(leases.lapsed(1_000)).toEqual(['be-1']);
});

test('a renewal gives a whole lease from then on', () => {
  const leases = createLeases(LEASE_MS, 0);
  leases.renew('be-1', 0);
  checkUpTo(leases, 0, 900);
  leases.renew('be-1', 900);
  expect(checkUpTo(leases, 900, 1_899)).toEqual([]);
  expect(leases.lapsed(1_900)).toEqual(['be-1']);
});

test('a pause of the store itself ends nobody’s lease', () => {
  const leases = createLeases(LEASE_MS, 0);
  leases.renew('be-1', 0);
  checkUpTo(leases, 0, 500);
  expect(leases.lapsed(60_000)).toEqual([]);
  expect(checkUpTo(leases, 60_000, 60_600)).toEqual(['be-1']);
});
