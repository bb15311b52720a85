import { DurationHistogram } from '@fleetfall/journal/histogram.ts';
import { expect, test } from 'vitest';
import { type GeneratorFigures, generatorVerdict } from '../src/generator-verdict.ts';
import type { WindowRecord } from '../src/open-loop.ts';
import { beginSummary } from '../src/standalone/summary.ts';

/** `count` durations, of which the last `late` are longer. */
function durations(count: number, late = 0, lateMs = 0): DurationHistogram {
  const histogram = new DurationHistogram();
  for (let index = 0; index < count; index += 1) histogram.record(index < count - late ? 0.5 : lateMs);
  return histogram;
}

const KEPT: GeneratorFigures = {
  sent: 1_000,
  dropped: 0,
  clientErrors: 0,
  lateness: durations(1_000),
  loopDelay: durations(1_000),
};

test.each<[string, Partial<GeneratorFigures>, string | null, ('held back' | 'by itself')?]>([
  ['all is sent in time', {}, null],
  ['half a percent is dropped', { sent: 995, dropped: 5 }, null],
  [
    'more than that is dropped',
    { sent: 994, dropped: 6 },
    'only 99.4 % of the schedule was sent (994 of 1000): at least 99.5 % must be',
    'held back',
  ],
  ['one in a hundred is late', { lateness: durations(1_000, 10, 80) }, null],
  [
    'more than that are late',
    { lateness: durations(1_000, 11, 80) },
    'requests were sent late: p99 80.0 ms, at most 5 ms is allowed',
  ],
  [
    'more than that are late, and much is not sent',
    { sent: 100, dropped: 900, lateness: durations(1_000, 11, 80) },
    'only 10.0 % of the schedule was sent (100 of 1000): at least 99.5 % must be',
  ],
  [
    'its event loop stood still while nothing was due',
    { loopDelay: durations(1_000, 11, 40) },
    "the generator's event loop stood still: delay p99 40.0 ms, at most 10 ms is allowed",
  ],
  ['half a percent failed in it', { clientErrors: 5 }, null],
  ['more than that failed in it', { clientErrors: 6 }, '6 of 1000 requests failed in the generator itself'],
  ['nothing was due', { sent: 0, lateness: durations(0), loopDelay: durations(0) }, null],
])('a generator is judged by its own figures: %s', (_case, figures, reason, how = 'by itself') => {
  expect(generatorVerdict({ ...KEPT, ...figures })).toEqual({
    verdict: reason === null ? 'valid' : 'invalid',
    reason,
    ...(how === 'held back' ? { heldBack: true } : {}),
  });
});

test.each<[string, [elapsedMs: number, invalidMs: number, longestInvalidMs: number], string | null]>([
  ['no second is invalid', [3_600_000, 0, 0], null],
  ['two of ten are, which the percentiles of ten seconds judge', [10_000, 2_000, 1_000], null],
  ['one in a hundred is', [3_600_000, 36_000, 2_000], null],
  [
    'more than that are',
    [3_600_000, 36_100, 2_000],
    'the schedule was not kept in 36.1 of 3600 s: at most 1 % are allowed',
  ],
  [
    'it stood still for half a minute of an hour',
    [3_600_000, 30_000, 30_000],
    'the schedule was not kept in 30 of 3600 s, 30 s of them on end: less than 3 s on end are allowed',
  ],
])('a run is judged by its seconds too: %s', (_case, [elapsedMs, invalidMs, longestInvalidMs], reason) => {
  const seconds = { elapsedMs, invalidMs, longestInvalidMs };
  expect(generatorVerdict(KEPT, seconds)).toEqual({
    verdict: reason === null ? 'valid' : 'invalid',
    reason,
  });
});

test('an hour with a stall of half a minute is invalid, and tells how many seconds were', () => {
  const summary = beginSummary();
  const second = (lateMs: number, windowMs = 1_000): WindowRecord => {
    const lateness = durations(100, 100, lateMs).toCounts();
    const histograms = { latency: lateness, service: lateness, lateness, loopDelay: lateness };
    const figures = { ...KEPT, lateness: durations(100, 100, lateMs) };
    return {
      ...{ kind: 'load', windowEndMs: 0, windowMs, offered: 100, sent: 100, dropped: 0, inFlight: 0 },
      ...{ outcomes: [], latencyMs: null, latenessP99Ms: lateMs, targetsReady: 1, histograms },
      generator: generatorVerdict(figures),
    };
  };
  for (let index = 0; index < 1_800; index += 1) summary.take(second(0.5));
  // A loop that stands still closes its window when it goes on.
  summary.take(second(15_000, 30_000));
  for (let index = 0; index < 1_770; index += 1) summary.take(second(0.5));
  const { verdict, reason, invalidSeconds, latenessMs } = summary.summarise(null);
  expect(latenessMs.p99).toBeLessThan(5);
  expect({ verdict, invalidSeconds }).toEqual({ verdict: 'invalid', invalidSeconds: 30 });
  expect(reason).toContain('30 s of them on end');
});
