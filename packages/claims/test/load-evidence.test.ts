import { outcomeOf } from '@fleetfall/claims/arm-outcome.ts';
import { isWithin, phaseSpan } from '@fleetfall/claims/arm-timeline.ts';
import { firstFailedRequest, goodputOf, goodputOfWindows } from '@fleetfall/claims/goodput.ts';
import { judge } from '@fleetfall/claims/judge.ts';
import { countsOf, voidCountReason, type Window, weighCounts } from '@fleetfall/claims/load-evidence.ts';
import { voidLatencyReason } from '@fleetfall/journal/load-sample.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { describe, expect, test } from 'vitest';
import { stoodStill, withLoadStandingStill, withRecords } from './alter-journal.ts';
import { tellRun } from './journal-builder.ts';

const WINDOW: Window = {
  kind: 'load',
  windowEndMs: 1_000,
  windowMs: 500,
  offered: 100,
  sent: 100,
  dropped: 0,
  inFlight: 0,
  outcomes: [{ memberId: 'fe-1', cohort: 'incumbent', outcome: 'ok', reason: null, count: 100 }],
  latencyMs: null,
  latenessP99Ms: 0,
  targetsReady: 1,
};
const INVALID = { verdict: 'invalid', reason: 'requests were sent late: p99 60.0 ms' } as const;

const failing = (outcome: string, count: number): Window['outcomes'] => [
  { memberId: 'fe-1', cohort: 'incumbent', outcome, reason: null, count },
  { memberId: 'fe-1', cohort: 'incumbent', outcome: 'ok', reason: null, count: 100 - count },
];

describe('a window of an invalid generator', () => {
  test('is no evidence of a latency', () => {
    expect(voidLatencyReason({ ...WINDOW, generator: INVALID })).toBe(INVALID.reason);
    expect(voidLatencyReason({ ...WINDOW, generator: { verdict: 'valid', reason: null } })).toBeNull();
  });

  test('still counts requests when the load was late by a part of the window', () => {
    expect(voidCountReason(stoodStill(WINDOW, 60))).toBeNull();
  });

  test('counts nothing when the load stood still for a good part of it', () => {
    expect(voidCountReason(stoodStill(WINDOW, 400))).toBe(
      'the load stood still: p99 400 ms, at most 125 ms is allowed for a count',
    );
  });

  test('counts nothing when the load failed by itself', () => {
    const outcomes = failing('client-error', 10);
    expect(voidCountReason({ ...WINDOW, generator: INVALID, outcomes })).toBe(
      '10 of 100 requests failed in the load itself',
    );
  });

  test('counts what could not be sent against the service, whose hanging requests held it back', () => {
    const dropping = { ...WINDOW, sent: 40, dropped: 60, generator: INVALID };
    expect(voidCountReason(dropping)).toBeNull();
    expect(goodputOfWindows([{ endMs: 0, atMs: 0, load: { ...dropping, outcomes: [] } }])?.fraction).toBe(0);
    const unsent = { ...INVALID, heldBack: true } as const;
    expect(voidLatencyReason({ generator: unsent })).toBeNull();
    expect(voidLatencyReason({ generator: { ...unsent, heldBack: false } })).toBe(INVALID.reason);
  });
});

test('a request that failed in the load itself is no answer of the service', () => {
  expect(countsOf({ ...WINDOW, outcomes: failing('client-error', 1) })).toEqual({ ok: 99, ended: 99 });
  expect(countsOf({ ...WINDOW, outcomes: failing('timeout', 1) })).toEqual({ ok: 99, ended: 100 });
});

test('where most windows are void the others are not the whole, and it is said why', () => {
  const whole = weighCounts([WINDOW, WINDOW, stoodStill(WINDOW, 400)], (window) => window);
  expect([whole.fair.length, whole.invalid]).toEqual([2, null]);
  const half = weighCounts([WINDOW, stoodStill(WINDOW, 400), stoodStill(WINDOW, 400)], (window) => window);
  expect(half.fair).toEqual([]);
  expect(half.invalid).toMatch(
    /^the load was invalid: 2 of 3 windows, such as one in which the load stood still/,
  );
});

describe('a run whose load stood still', () => {
  const told = tellRun();
  const invalidIn = (records: readonly JournalRecord[], phase: string): JournalRecord[] =>
    withLoadStandingStill(records, 600, phase);

  test('in the hold at full size is inconclusive, and says that the load was invalid', () => {
    const verdict = judge(invalidIn(told, 'outage'));
    expect(verdict.verdict).toBe('inconclusive');
    expect(verdict.reasons.join('\n')).toMatch(/main: the load was invalid: \d+ of \d+ windows/);
    expect(verdict.claims.find(({ id }) => id === 'removal-is-not-enough')).toMatchObject({
      verdict: 'unknown',
      account: expect.stringContaining('the load was invalid'),
    });
  });

  test('after the restart does not tell that the restart restores', () => {
    const restart = judge(invalidIn(told, 'recovery')).claims.find(({ id }) => id === 'restart-restores');
    expect(restart).toMatchObject({
      verdict: 'unknown',
      account: expect.stringContaining('the load was invalid'),
    });
  });

  test('while it grew is not healthy: it may have fallen and come back unseen', () => {
    const healthy = tellRun({ pidsMax: 200 });
    expect(outcomeOf(healthy, 'main').outcome).toBe('healthy');
    expect(outcomeOf(invalidIn(healthy, 'growth'), 'main')).toMatchObject({
      outcome: 'unknown',
      reason: expect.stringContaining('the load was invalid'),
    });
    const growth = phaseSpan(healthy, 'main', 'growth');
    const unseen = withRecords(
      healthy,
      ({ kind, monoMs }) => kind !== 'load' || growth === undefined || !isWithin(growth, monoMs),
    );
    expect(outcomeOf(unseen, 'main')).toMatchObject({
      outcome: 'unknown',
      reason: expect.stringContaining("there is no load window in 'growth'"),
    });
  });

  test('shows no first failed request there', () => {
    const seen = firstFailedRequest(told, 'main')?.monoMs ?? 0;
    expect(firstFailedRequest(invalidIn(told, 'growth'), 'main')?.monoMs).toBeGreaterThan(seen);
    expect(goodputOf(invalidIn(told, 'outage'), 'main', 'outage')).toBeNull();
  });
});
