import { outcomeOf } from '@fleetfall/claims/arm-outcome.ts';
import {
  firstFailedRequest,
  goodputByStage,
  goodputOf,
  goodputOfWindows,
} from '@fleetfall/claims/goodput.ts';
import type { LoadRecord } from '@fleetfall/protocol/load-stdio.ts';
import { expect, test } from 'vitest';
import { withLoadStandingStill, withRecords } from './alter-journal.ts';
import { tellRun } from './journal-builder.ts';

const records = tellRun();

test('goodput falls with the fleet, stays down without the addition, and comes back with the restart', () => {
  const { before, during, afterRemoval, after } = goodputByStage(records, 'main');
  expect([before?.fraction, during?.fraction, afterRemoval?.fraction, after?.fraction]).toEqual([1, 0, 0, 1]);
  expect(before).toMatchObject({ okPerSecond: 240, offeredPerSecond: 240 });
});

test('errors are told by cohort, outcome and reason, the most frequent first', () => {
  const errors = goodputOf(records, 'main', 'outage')?.errors ?? [];
  expect(errors[0]).toMatchObject({ cohort: 'incumbent', outcome: 'ServiceUnavailable', reason: 'map-aged' });
  expect(errors.map(({ cohort }) => cohort)).toContain('newcomer');
});

test('a window that began in the phase before is not counted', () => {
  const growth = goodputOf(records, 'main', 'growth');
  const shifted = records.map((record) =>
    record.kind === 'phase' && record.phase === 'growth' && record.event === 'begin'
      ? { ...record, monoMs: record.monoMs + 100 }
      : record,
  );
  expect(goodputOf(shifted, 'main', 'growth')?.windows).toBe((growth?.windows ?? 0) - 1);
});

test('requests that could not be sent count as not served', () => {
  const load = loadOf({ offered: 100, dropped: 50, ok: 50 });
  expect(goodputOfWindows([{ endMs: 1_000, atMs: 1_000, load }])?.fraction).toBe(0.5);
});

test('a service of which nothing comes back serves nothing', () => {
  const load = loadOf({ offered: 100, dropped: 0, ok: 0 });
  expect(goodputOfWindows([{ endMs: 1_000, atMs: 1_000, load }])?.fraction).toBe(0);
});

test('no windows are no goodput, rather than none served', () => {
  expect(goodputOfWindows([])).toBeNull();
  expect(goodputByStage([], 'main')).toEqual({ before: null, during: null, afterRemoval: null, after: null });
});

test('windows in which the load itself stood still are no evidence: what they show is unknown', () => {
  const invalid = (standstillMs: number) => withLoadStandingStill(records, standstillMs);
  expect(goodputByStage(invalid(400), 'main')).toEqual({
    before: null,
    during: null,
    afterRemoval: null,
    after: null,
  });
  expect(outcomeOf(invalid(400), 'main').outcome).toBe('unknown');
  // Late for a latency, and in time for a count.
  expect(goodputOf(invalid(60), 'main', 'outage')?.fraction).toBe(0);
});

test('failures before the growth are noise of the steady state', () => {
  const failed = firstFailedRequest(tellRun({ noiseFailures: 2, pidsMax: 200, frontEndsMax: 13 }), 'main');
  const growth = records.find(
    (record) => record.kind === 'phase' && record.phase === 'growth' && record.event === 'begin',
  );
  expect(failed?.monoMs).toBeGreaterThanOrEqual(growth?.monoMs ?? Number.POSITIVE_INFINITY);
  expect(firstFailedRequest(tellRun({ pidsMax: 200, frontEndsMax: 13 }), 'main')).toBeNull();
});

test('the first failed request can be asked of incumbents alone', () => {
  const any = firstFailedRequest(records, 'main');
  const old = firstFailedRequest(records, 'main', { cohort: 'incumbent' });
  expect([any?.cohort, old?.cohort]).toEqual(['newcomer', 'incumbent']);
  expect(old?.monoMs).toBeGreaterThan(any?.monoMs ?? Number.POSITIVE_INFINITY);
});

test('an arm is an outage, degraded, healthy, or unknown by how its hold ends', () => {
  expect(outcomeOf(records, 'main').outcome).toBe('outage');
  expect(outcomeOf(tellRun({ pidsMax: 200 }), 'main').outcome).toBe('healthy');
  expect(outcomeOf(tellRun({ pidsMax: 200, noiseFailures: 40 }), 'main').outcome).toBe('degraded');
  expect(
    outcomeOf(
      withRecords(records, ({ kind }) => kind !== 'load'),
      'main',
    ).outcome,
  ).toBe('unknown');
});

function loadOf(counts: {
  offered: number;
  dropped: number;
  ok: number;
}): Extract<LoadRecord, { kind: 'load' }> {
  const { offered, dropped, ok } = counts;
  const outcomes = [
    { memberId: 'fe-1', cohort: 'incumbent', outcome: 'ok', reason: null, count: ok } as const,
  ];
  return {
    kind: 'load',
    windowEndMs: 1_000,
    windowMs: 1_000,
    offered,
    sent: offered - dropped,
    dropped,
    inFlight: 0,
    outcomes,
    latencyMs: null,
    latenessP99Ms: 0,
    targetsReady: 1,
  };
}
