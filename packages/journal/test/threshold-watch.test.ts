import type { LoadRecord } from '@fleetfall/protocol/load-stdio.ts';
import { parseThreshold } from '@fleetfall/protocol/threshold.ts';
import { expect, test } from 'vitest';
import { DurationHistogram } from '../src/histogram.ts';
import { type ThresholdStatus, watchThreshold } from '../src/threshold-watch.ts';

interface Second {
  readonly latenciesMs?: readonly number[];
  readonly errors?: Readonly<Record<string, number>>;
  readonly dropped?: number;
  readonly invalid?: boolean;
  readonly unsent?: boolean;
  readonly offered?: number;
  readonly inFlight?: number;
}

function second(told: Second) {
  const { latenciesMs = [], errors = {}, dropped = 0, offered = 0, inFlight = 0 } = told;
  const histogram = new DurationHistogram();
  for (const ms of latenciesMs) histogram.record(ms);
  const counts = histogram.toCounts();
  const outcomes = Object.entries({ ok: latenciesMs.length, ...errors }).map(([outcome, count]) => ({
    memberId: 'fe-1',
    cohort: 'incumbent' as const,
    outcome,
    reason: null,
    count,
  }));
  return {
    kind: 'load',
    windowEndMs: 0,
    windowMs: 1_000,
    offered,
    sent: 0,
    dropped,
    inFlight,
    outcomes,
    latencyMs: null,
    latenessP99Ms: 0,
    targetsReady: 1,
    histograms: { latency: counts, service: counts, lateness: counts, loopDelay: counts },
    generator:
      told.invalid === true || told.unsent === true
        ? {
            verdict: 'invalid',
            reason: 'the schedule was not kept',
            heldBack: told.unsent === true,
          }
        : { verdict: 'valid', reason: null },
  } satisfies Extract<LoadRecord, { kind: 'load' }>;
}

/** The status after each second. */
function statuses(text: string, seconds: readonly Second[]): ThresholdStatus[] {
  const watch = watchThreshold(parseThreshold(text));
  return seconds.map((each) => watch.take(second(each)).status);
}

const FAST: Second = { latenciesMs: Array(100).fill(10) };
const SLOW: Second = { latenciesMs: Array(100).fill(80) };
const FAILING: Second = { latenciesMs: Array(90).fill(10), errors: { ServiceUnavailable: 10 } };

test('without a span all seconds are judged together', () => {
  expect(statuses('p99 < 50ms', [FAST, SLOW, FAST])).toEqual(['pass', 'fail', 'fail']);
  expect(statuses('p50 < 50ms', [FAST, SLOW, FAST])).toEqual(['pass', 'pass', 'pass']);
  expect(statuses('max <= 0.08s', [FAST, SLOW])).toEqual(['pass', 'pass']);
});

test('goodput counts what was dropped, and errors those of one name or of all', () => {
  expect(statuses('goodput > 99%', [FAST, FAILING])).toEqual(['pass', 'fail']);
  expect(statuses('goodput >= 90%', [{ ...FAILING, dropped: 100 }])).toEqual(['fail']);
  expect(statuses('errors{ServiceUnavailable} < 1%', [FAILING])).toEqual(['fail']);
  expect(statuses('errors{timeout} < 1%', [FAILING])).toEqual(['pass']);
  expect(statuses('errors < 5%', [FAILING])).toEqual(['fail']);
});

test('no samples are never a pass', () => {
  const nothing: Second = {};
  for (const text of ['p99 < 50ms', 'goodput > 0%', 'errors < 100%', 'p99 < 50ms for 1s'])
    expect(statuses(text, [nothing, nothing])).toEqual(['unknown', 'unknown']);
  expect(statuses('p99 < 50ms for 2s', [FAST, nothing, nothing])).toEqual(['pass', 'pass', 'unknown']);
});

test('a request that nobody answered took longer than any bound; one answered by an error has no latency', () => {
  const hanging: Second = { latenciesMs: Array(10).fill(10), errors: { timeout: 90 } };
  expect(statuses('p99 < 50ms', [hanging])).toEqual(['fail']);
  expect(statuses('p5 < 50ms', [hanging])).toEqual(['pass']);
  expect(statuses('p99 > 50ms', [hanging])).toEqual(['pass']);
  expect(statuses('p99 < 50ms', [{ errors: { 'connect-timeout': 5 } }])).toEqual(['fail']);
  expect(statuses('p50 < 50ms', [{ latenciesMs: Array(10).fill(10), dropped: 90 }])).toEqual(['fail']);
  expect(statuses('service.p50 < 50ms', [{ latenciesMs: Array(10).fill(10), dropped: 90 }])).toEqual([
    'pass',
  ]);
  expect(statuses('p99 < 50ms', [FAILING])).toEqual(['pass']);
});

test('where nothing comes back, what hangs for longer than the bound is beyond it, and of the rest nothing is known', () => {
  const began: Second = { offered: 100, inFlight: 100 };
  const hanging: Second = { offered: 100, inFlight: 200 };
  const full: Second = { offered: 100, inFlight: 200, dropped: 100, unsent: true };
  expect(statuses('p99 < 50ms', [FAST, began, hanging, full])).toEqual(['pass', 'pass', 'fail', 'fail']);
  expect(statuses('p99 < 50ms for 2s', [FAST, began, hanging, full])).toEqual([
    ...['pass', 'pass', 'pass', 'fail'],
  ]);
  expect(statuses('p99 < 10s', [FAST, began, hanging])).toEqual(['pass', 'pass', 'unknown']);
  expect(statuses('p99 > 10s', [FAST, began, hanging])).toEqual(['fail', 'fail', 'unknown']);
  expect(statuses('goodput > 99%', [FAST, began, hanging])).toEqual(['pass', 'pass', 'fail']);
  expect(statuses('errors{timeout} < 1%', [FAST, began, hanging])).toEqual(['pass', 'pass', 'pass']);
  // They came back, and were counted as what they were.
  const late: Second = { latenciesMs: Array(200).fill(1_500) };
  expect(statuses('p50 < 50ms', [FAST, FAST, FAST, began, hanging, late])).toEqual([
    ...['pass', 'pass', 'pass', 'pass', 'pass', 'pass'],
  ]);
  expect(statuses('max < 1s', [FAST, began, hanging, late])).toEqual(['pass', 'pass', 'fail', 'fail']);
});

test('of what hangs only those are beyond the bound that have hung for so long, and where the others cannot matter they do not', () => {
  /** A hundred a second become due, and nothing comes back. */
  const silent = [1, 2, 3, 4, 5].map((second): Second => ({ offered: 100, inFlight: 100 * second }));
  // Then all are answered at once: those of the first two of five seconds took longer than 3 s, and most did not.
  const backlog: Second = {
    latenciesMs: [500, 1_500, 2_500, 3_500, 4_500].flatMap((ms) => Array(100).fill(ms)),
  };
  const until = (text: string): string[] => statuses(text, [...silent, backlog]);
  expect(until('p50 < 3s for 1s')).toEqual([...Array(5).fill('unknown'), 'pass']);
  expect(until('p99 < 3s for 1s')).toEqual([...Array(3).fill('unknown'), ...Array(3).fill('fail')]);
  expect(until('p50 < 3s').slice(3)).toEqual(['unknown', 'unknown', 'pass']);
  // Ten of a thousand and more hang, and of half nobody has to know.
  const few: Second = { offered: 5, inFlight: 10 };
  const most: Second = { latenciesMs: Array(1_000).fill(10), inFlight: 5, offered: 5 };
  expect(statuses('p50 < 10s', [most, few])).toEqual(['pass', 'pass']);
  expect(statuses('p50 > 10s', [most, few])).toEqual(['fail', 'fail']);
});

test('a request that failed in the load itself is nobody’s answer', () => {
  const failing: Second = { latenciesMs: Array(999).fill(10), errors: { 'client-error': 1 } };
  expect(statuses('max < 50ms', [failing])).toEqual(['pass']);
  expect(statuses('goodput >= 100%', [failing])).toEqual(['pass']);
  expect(statuses('max < 50ms', [{ errors: { 'client-error': 1 } }])).toEqual(['unknown']);
});

test('a second of which nothing is known breaks a span: nobody saw it missed', () => {
  const unseen: Second = { ...SLOW, invalid: true };
  expect(statuses('p99 < 50ms for 2s', [FAST, SLOW, unseen, SLOW, SLOW])).toEqual([
    'pass',
    'pass',
    'pass',
    'pass',
    'fail',
  ]);
});

test('at a low rate seconds without an answer are none of a span: they neither end nor make a miss', () => {
  const slow: Second = { latenciesMs: [80], offered: 1 };
  const fast: Second = { latenciesMs: [10], offered: 1 };
  const idle: Second = {};
  const begun: Second = { offered: 1, inFlight: 1 };
  const spans = (...seconds: Second[]) => statuses('p99 < 50ms for 5s', seconds).at(-1);
  expect(spans(slow, idle, slow, begun, slow)).toBe('fail');
  expect(spans(fast, idle, fast, begun, fast, idle)).toBe('pass');
  expect(spans(slow, idle, fast, idle, slow, idle)).toBe('pass');
  expect(spans(slow, ...Array(5).fill(idle), slow)).toBe('unknown');
});

test('with a span it fails once it was missed for so long without a break, and stays failed', () => {
  expect(statuses('p99 < 50ms for 2s', [FAST, SLOW, FAST, SLOW, SLOW, FAST])).toEqual([
    'pass',
    'pass',
    'pass',
    'pass',
    'fail',
    'fail',
  ]);
});

test('a delay leaves the beginning out', () => {
  expect(statuses('p99 < 50ms delay 2s', [SLOW, SLOW, FAST])).toEqual(['unknown', 'unknown', 'pass']);
  expect(statuses('p99 < 50ms for 1s delay 1s', [SLOW, FAST, SLOW])).toEqual(['unknown', 'pass', 'fail']);
});

test('a second in which the generator did not keep its schedule is no evidence', () => {
  expect(statuses('p99 < 50ms', [{ ...SLOW, invalid: true }])).toEqual(['unknown']);
  expect(statuses('p99 < 50ms', [{ ...FAST, invalid: true }])).toEqual(['unknown']);
  expect(statuses('p99 < 50ms', [{ ...SLOW, invalid: true }, FAST])).toEqual(['unknown', 'pass']);
});

test.each([
  ['p99 < 50', 'write for example'],
  ['p99 < 50%', 'p99 is measured in ms or s'],
  ['goodput > 99ms', 'goodput is measured in %'],
  ['p99 < 50ms for 5', "'5' must be a duration"],
  ['p99 < 50ms for 0s', "'for 0s' must be longer than 0: leave 'for' out"],
  ['goodput > 99% for 0.0m delay 1s', "'for 0.0m' must be longer than 0: leave 'for' out"],
  ['latency < 5ms', 'write for example'],
])('what is no threshold is quoted, with what is allowed (%#)', (text, why) => {
  expect(() => parseThreshold(text)).toThrow(why);
  expect(() => parseThreshold(text)).toThrow(`'${text}' is not a threshold`);
});
