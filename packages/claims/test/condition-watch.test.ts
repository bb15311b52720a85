import type { Condition } from '@fleetfall/experiment/condition.ts';
import { parseBound } from '@fleetfall/experiment/quantity.ts';
import { DurationHistogram } from '@fleetfall/journal/histogram.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { describe, expect, test } from 'vitest';
import { ArmSoFar } from '../src/arm-so-far.ts';
import { phaseSpan } from '../src/arm-timeline.ts';
import { watchCondition } from '../src/condition-watch.ts';
import type { Window } from '../src/load-evidence.ts';
import { withRecords } from './alter-journal.ts';
import { tellRun } from './journal-builder.ts';

const told = tellRun();
const condition = (metric: string, is: string, forMs = 1_000, afterMs = 0): Condition => ({
  metric,
  is: parseBound(is),
  for: forMs,
  after: afterMs,
});

/** Whether it holds as of the end of a phase. */
function holdsAt(phase: string, of: Condition, records: readonly JournalRecord[] = told): boolean {
  const watch = watchCondition(of, 'main');
  const endMs = phaseSpan(records, 'main', phase)?.endMs ?? 0;
  for (const record of records) if (record.monoMs <= endMs) watch.heed(record);
  return watch.holds();
}

describe('a condition', () => {
  test.each<[string, string, boolean, boolean]>([
    ['goodput', '>= 99%', true, false],
    ['errors', '< 1%', true, false],
    ['errors{ServiceUnavailable}', '< 1%', true, false],
    ['errors{timeout}', '< 1%', true, true],
    ['ok-rate', '> 100/s', true, false],
    ['refusals', '== 0', true, false],
    ['map-age', '< 10s', true, false],
    ['p99', '< 50ms', true, false],
    ['service.p50', '< 50ms', true, false],
    ['max', '< 50ms', true, false],
    ['p99', '< 5ms', false, false],
    ['front-ends', '== 12', true, false],
  ])('on %s %s holds in the steady state: %s; in the outage: %s', (metric, is, steady, outage) => {
    expect([
      holdsAt('steady-state', condition(metric, is)),
      holdsAt('outage', condition(metric, is)),
    ]).toEqual([steady, outage]);
  });

  test('holds only once it held for as long as it asks', () => {
    expect(holdsAt('steady-state', condition('goodput', '>= 99%', 5_000))).toBe(true);
    expect(holdsAt('steady-state', condition('goodput', '>= 99%', 60_000))).toBe(false);
  });

  test('is not looked at before its time', () => {
    expect(holdsAt('steady-state', condition('goodput', '>= 99%', 1_000, 60_000))).toBe(false);
  });

  test('never holds without a sample, whatever it asks', () => {
    expect(holdsAt('start', condition('goodput', '>= 0%'))).toBe(false);
    const watch = watchCondition(condition('goodput', '< 99%'), 'main');
    expect([watch.holds(), watch.account()]).toEqual([false, expect.stringContaining('has no sample')]);
  });

  test('says what it saw last and what is asked for', () => {
    const watch = watchCondition(condition('goodput', '>= 99%'), 'main');
    for (const record of told) watch.heed(record);
    expect(watch.account()).toBe('goodput is 100.0 %, asked for is >= 99.0 % for 1000 ms');
  });

  test('on the fleet needs no load, and is looked at once the fleet was up', () => {
    const unloaded = withRecords(told, ({ kind }) => kind !== 'load');
    for (const [metric, is] of [
      ['tasks', '> 0'],
      ['refusals', '== 0'],
      ['map-age', '< 10s'],
      ['front-ends', '== 12'],
    ] as const) {
      expect([metric, holdsAt('steady-state', condition(metric, is), unloaded)]).toEqual([metric, true]);
      expect([metric, holdsAt('start', condition(metric, is), unloaded)]).toEqual([metric, false]);
    }
    expect(holdsAt('steady-state', condition('goodput', '>= 0%'), unloaded)).toBe(false);
  });

  test('that is asked late knows when the load began and how many front-ends run', () => {
    const beginMs = phaseSpan(told, 'main', 'growth')?.beginMs ?? 0;
    const before = told.filter(({ monoMs }) => monoMs < beginMs);
    const soFar = new ArmSoFar('main');
    for (const record of before) soFar.heed(record);
    const sinceBegan = beginMs - (soFar.loadBeganMs ?? 0);
    const next = told.filter(({ monoMs }) => monoMs >= beginMs && monoMs < beginMs + 2_000);
    const holds = (of: Condition, known?: ArmSoFar): boolean => {
      const watch = watchCondition(of, 'main', known);
      for (const record of next) watch.heed(record);
      return watch.holds();
    };
    expect(sinceBegan).toBeGreaterThan(2_000);
    const late = condition('goodput', '>= 0%', 250, sinceBegan);
    expect([holds(late, soFar), holds(late)]).toEqual([true, false]);
    expect(holds(condition('front-ends', '>= 12', 250), soFar)).toBe(true);
    // What held before it was asked is no answer to it.
    expect(watchCondition(condition('goodput', '>= 90%'), 'main', soFar).holds()).toBe(false);
  });

  test('can be on the requests to one cohort', () => {
    const newcomersFail = condition('errors', '> 90%', 500);
    const during = (of: Condition): boolean => holdsAt('outage', of);
    expect(during({ ...newcomersFail, cohort: 'newcomer' })).toBe(true);
    expect(holdsAt('steady-state', { ...newcomersFail, cohort: 'newcomer' })).toBe(false);
  });
});

describe('windows of a load', () => {
  const window = (endMs: number, change: Partial<Window> = {}): JournalRecord => ({
    kind: 'load',
    arm: 'main',
    monoMs: endMs,
    atMs: endMs,
    record: {
      kind: 'load',
      windowEndMs: endMs,
      windowMs: 500,
      offered: 100,
      sent: 100,
      dropped: 0,
      inFlight: 0,
      outcomes: [{ memberId: 'fe-1', cohort: 'incumbent', outcome: 'ok', reason: null, count: 100 }],
      latencyMs: { p50: 2, p99: 2, max: 2 },
      latenessP99Ms: 0,
      targetsReady: 1,
      ...change,
    },
  });
  const tookMs = (durations: readonly number[]): Partial<Window> => {
    const latency = new DurationHistogram();
    for (const ms of durations) latency.record(ms);
    const none = new DurationHistogram().toCounts();
    return {
      histograms: { latency: latency.toCounts(), service: none, lateness: none, loopDelay: none },
    };
  };
  const invalid: Partial<Window> = {
    generator: { verdict: 'invalid', reason: 'requests were sent late' },
    latenessP99Ms: 400,
  };

  test('in which the load was invalid neither break what holds nor count for it', () => {
    const watch = watchCondition(condition('goodput', '>= 99%'), 'main');
    for (const record of [window(500), window(1_000, { ...invalid, outcomes: [] })]) watch.heed(record);
    expect(watch.holds()).toBe(false);
    watch.heed(window(1_500));
    expect(watch.holds()).toBe(true);
  });

  test('of which too many were invalid leave it open, and it is said why', () => {
    const watch = watchCondition(condition('goodput', '>= 99%'), 'main');
    watch.heed(window(500));
    for (const endMs of [1_000, 1_500]) watch.heed(window(endMs, invalid));
    expect(watch.account()).toContain('(the load was invalid: the load stood still: p99 400 ms');
    watch.heed(window(2_000));
    expect(watch.holds()).toBe(false);
    watch.heed(window(2_500));
    expect(watch.holds()).toBe(true);
  });

  test('are one sample of a latency: one slow request in many windows is no slow percentile', () => {
    const fast = Array.from({ length: 60 }, () => 2);
    const watch = watchCondition(condition('p99', '< 50ms', 2_000), 'main');
    watch.heed(window(500, tookMs([...fast, 900])));
    for (const endMs of [1_000, 1_500, 2_000]) watch.heed(window(endMs, tookMs(fast)));
    expect(watch.holds()).toBe(true);
    for (const endMs of [2_500, 3_000]) watch.heed(window(endMs, tookMs([...fast, 900, 900])));
    expect(watch.holds()).toBe(false);
  });

  test('in which nothing ended well keep no bound on a latency', () => {
    const answered = [
      { memberId: 'fe-1', cohort: 'incumbent', outcome: 'ServiceUnavailable', reason: null, count: 100 },
    ] as const;
    for (const is of ['< 60m', '>= 0ms'])
      for (const outcomes of [[], answered]) {
        const watch = watchCondition(condition('p99', is, 500), 'main');
        watch.heed(window(500, { latencyMs: null, outcomes }));
        expect(watch.holds()).toBe(false);
      }
  });

  /** Nothing comes back any more: each window's requests join those under way, until no more may. */
  const hangsFrom = (index: number): Partial<Window> => ({
    latencyMs: null,
    outcomes: [],
    ...(index < 4
      ? { inFlight: 100 * (index + 1) }
      : { inFlight: 400, sent: 0, dropped: 100, generator: UNSENT }),
  });
  const UNSENT = { verdict: 'invalid', reason: 'only 0 % was sent', heldBack: true } as const;
  const holdsAfter = (of: Condition, silentWindows: number): boolean => {
    const watch = watchCondition(of, 'main');
    const quick = tookMs(Array(100).fill(2));
    for (const endMs of [500, 1_000]) watch.heed(window(endMs, quick));
    for (let index = 0; index < silentWindows; index += 1)
      watch.heed(window(1_500 + index * 500, hangsFrom(index)));
    return watch.holds();
  };

  test('in which all requests hang or are dropped are slower than any bound that is over, and keep none', () => {
    const slow = condition('p99', '> 500ms');
    expect([0, 1, 2, 3, 6].map((windows) => holdsAfter(slow, windows))).toEqual([
      ...[false, false, false, true, true],
    ]);
    const quick = condition('p99', '< 50ms');
    expect([0, 1, 2, 6].map((windows) => holdsAfter(quick, windows))).toEqual([true, false, false, false]);
    // Nobody knows yet of so long a bound, until requests are given up.
    expect(holdsAfter(condition('p99', '> 60s'), 4)).toBe(false);
    expect(holdsAfter(condition('p99', '< 60s'), 4)).toBe(false);
    expect(holdsAfter(condition('p99', '> 60s'), 6)).toBe(true);
    expect(holdsAfter(condition('goodput', '< 1%'), 3)).toBe(true);
    expect(holdsAfter(condition('errors', '> 99%'), 3)).toBe(true);
  });

  test('in which the one request at a low rate was not answered yet neither break what holds nor count', () => {
    const one = tookMs([2]);
    const open = { latencyMs: null, outcomes: [], offered: 1, inFlight: 1 } as const;
    const holds = (...windows: Partial<Window>[]): boolean => {
      const watch = watchCondition(condition('p99', '< 50ms', 2_000), 'main');
      for (const [index, each] of windows.entries()) watch.heed(window(500 + index * 500, each));
      return watch.holds();
    };
    expect(holds(one, open, one, open, one)).toBe(true);
    expect(holds(one, open, one, open)).toBe(false);
    expect(holds(one, one, one, one, open)).toBe(true);
    expect(holds(one, one, one, one, open, { ...open, inFlight: 2 })).toBe(false);
  });

  test('in which a hundredth was dropped have a 99th percentile, and no maximum', () => {
    const dropping = { ...tookMs(Array(99).fill(2)), sent: 99, dropped: 1, generator: UNSENT };
    for (const [metric, is, holds] of [
      ['p99', '< 50ms', true],
      ['max', '< 50ms', false],
      ['max', '> 60s', true],
    ] as const) {
      const watch = watchCondition(condition(metric, is), 'main');
      for (const endMs of [500, 1_000]) watch.heed(window(endMs, dropping));
      expect([metric, is, watch.holds()]).toEqual([metric, is, holds]);
    }
  });
});
