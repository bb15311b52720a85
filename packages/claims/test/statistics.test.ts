import { describe, expect, it } from 'vitest';
import type { ClaimVerdict } from '../src/claim.ts';
import { median } from '../src/quantiles.ts';
import {
  bootstrapDifference,
  bootstrapInterval,
  bootstrapReplicates,
  mean,
} from '../src/statistics/bootstrap.ts';
import { claimOverTrials } from '../src/statistics/claim-over-trials.ts';
import { overTrials, type TrialResult } from '../src/statistics/over-trials.ts';
import { trialResults } from '../src/statistics/trial-results.ts';
import { wilsonInterval } from '../src/statistics/wilson.ts';
import { tellRun } from './journal-builder.ts';

/** Survival of mice in days: Efron and Tibshirani (1993), table 2.1. */
const TREATED = [94, 197, 16, 38, 99, 141, 23];
const CONTROL = [52, 104, 146, 10, 51, 30, 40, 27, 46];

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

describe("Wilson's interval of a rate", () => {
  // R. G. Newcombe, Statistics in Medicine 17 (1998) 857, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i is the published %f to %f', (successes, trials, low, high) => {
    const interval = wilsonInterval(successes, trials);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('of all is the mirror of that of none', () => {
    expect(wilsonInterval(7, 7).high).toBe(1);
    expect(wilsonInterval(7, 7).low).toBeCloseTo(1 - wilsonInterval(0, 7).high, 12);
  });

  it.each([
    [1, 0],
    [-1, 5],
    [6, 5],
    [1.5, 5],
  ])('of %d in %d is none', (successes, trials) => {
    expect(() => wilsonInterval(successes, trials)).toThrow(RangeError);
  });
});

describe('the bootstrap', () => {
  // The same book, table 2.2: standard errors with as many resamples as one likes.
  it.each([
    ['mean', mean, 23.36],
    ['median', median, 37.83],
  ] as const)('has the published standard error of the treated mice’s %s', (_, statistic, published) => {
    const error = deviation(bootstrapReplicates(TREATED, statistic, 'mice', 20_000));
    expect(Math.abs(error / published - 1)).toBeLessThan(0.02);
  });

  it('takes its interval at the percentiles that counting all 27 resamples gives', () => {
    const values = [0, 1, 10];
    const all = values.flatMap((a) => values.flatMap((b) => values.map((c) => mean([a, b, c]))));
    const interval = bootstrapInterval(values, mean, 'all');
    expect(interval).toMatchObject({ low: Math.min(...all), high: Math.max(...all), count: 3 });
  });

  it('finds no difference between treated mice and the control group, as the book does', () => {
    const difference = bootstrapDifference(CONTROL, TREATED, mean, 'mice');
    expect(difference?.low).toBeLessThan(0);
    expect(difference?.high).toBeGreaterThan(mean(TREATED) - mean(CONTROL));
  });

  it('says the same from the same seed, and another from another', () => {
    const made = (seed: string) => bootstrapReplicates(TREATED, mean, seed, 20);
    expect(made('one')).toEqual(made('one'));
    expect(made('one')).not.toEqual(made('two'));
  });

  it('makes no interval up from two values', () => {
    expect(bootstrapInterval([1, 2], mean, 's')).toBeNull();
    expect(bootstrapDifference([1, 2], [1, 2, 3], mean, 's')).toBeNull();
  });

  it('is wider for a difference that is one of several asked about together', () => {
    const of = (together: number) => bootstrapDifference(CONTROL, TREATED, mean, 'mice', together);
    const [alone, among] = [of(1), of(10)];
    expect(among?.confidence).toBeCloseTo(0.995, 12);
    expect(alone?.confidence).toBeCloseTo(0.95, 12);
    expect(among?.low).toBeLessThan(alone?.low ?? Number.NaN);
    expect(among?.high).toBeGreaterThan(alone?.high ?? Number.NaN);
  });

  it('has no width where nothing varies', () => {
    expect(bootstrapInterval([5, 5, 5, 5], median, 's')).toMatchObject({ low: 5, high: 5 });
  });
});

const verdicts = (held: number, refuted: number, unknown: number): ClaimVerdict[] => [
  ...Array.from({ length: held }, () => 'held' as const),
  ...Array.from({ length: refuted }, () => 'refuted' as const),
  ...Array.from({ length: unknown }, () => 'unknown' as const),
];

describe('a claim over trials', () => {
  it.each<[number, number, number, ClaimVerdict]>([
    [3, 0, 0, 'unknown'],
    [4, 0, 0, 'held'],
    [5, 0, 0, 'held'],
    [4, 1, 0, 'unknown'],
    [4, 0, 1, 'unknown'],
    [19, 1, 0, 'held'],
    [0, 4, 0, 'refuted'],
    [0, 4, 1, 'unknown'],
    [1, 9, 0, 'refuted'],
    [0, 0, 5, 'unknown'],
    [0, 0, 0, 'unknown'],
  ])('with %i held, %i refuted and %i unknown is %s', (held, refuted, unknown, verdict) => {
    expect(claimOverTrials('x', verdicts(held, refuted, unknown))).toMatchObject({
      verdict,
      held,
      refuted,
      unknown,
    });
  });

  it('has the interval of its rate over the trials that could tell', () => {
    const { rate, interval } = claimOverTrials('x', verdicts(15, 133, 3));
    expect(rate).toBeCloseTo(15 / 148, 12);
    expect(interval).toEqual(wilsonInterval(15, 148));
    expect(claimOverTrials('x', verdicts(0, 0, 2))).toMatchObject({ rate: null, interval: null });
  });

  it('that rests on an assumption is never held, however often it was consistent', () => {
    const often = Array.from({ length: 20 }, () => 'consistent' as const);
    expect(claimOverTrials('x', often).verdict).toBe('consistent');
    expect(
      claimOverTrials(
        'x',
        often.map(() => 'inconsistent' as const),
      ).verdict,
    ).toBe('inconsistent');
  });
});

describe('trials summed up', () => {
  const trial = (number: number, rest: Partial<TrialResult> = {}): TrialResult => ({
    trial: number,
    arm: 'main',
    seed: `seed-${number}`,
    claims: [{ id: 'incumbents-fail', verdict: 'held' }],
    predictedSize: 5,
    observedSize: 5,
    goodput: { before: 1, during: 0.01 * number, after: 0.99 },
    ...rest,
  });

  it('are read from journals, one result an arm', () => {
    const trials = [1, 2, 3, 4].flatMap((number) =>
      trialResults(tellRun({ arms: ['main', 'control-event-loop'] }), number),
    );
    expect(trials).toHaveLength(8);
    expect(trials[0]).toMatchObject({
      trial: 1,
      arm: 'main',
      seed: 'seed-1',
      predictedSize: 14,
      observedSize: 14,
      goodput: { before: 1, during: 0, after: 1 },
    });
    const [main, control] = overTrials(trials, 'seed');
    expect(main?.claims.find(({ id }) => id === 'incumbents-fail')?.verdict).toBe('held');
    expect(main?.claims.find(({ id }) => id === 'removal-is-not-enough')?.verdict).toBe('consistent');
    expect(control?.claims.find(({ id }) => id === 'incumbents-fail')?.verdict).toBe('refuted');
    expect(main?.figures.find(({ name }) => name === 'observedSize')?.interval).toMatchObject({
      low: 14,
      high: 14,
    });
  });

  it('keep arms apart, and give each claim and figure with its interval', () => {
    const trials = [1, 2, 3, 4].flatMap((number) => [trial(number), trial(number, { arm: 'control' })]);
    const arms = overTrials(trials, 'seed');
    expect(arms.map(({ arm, trials: count }) => [arm, count])).toEqual([
      ['main', 4],
      ['control', 4],
    ]);
    expect(arms[0]?.claims).toMatchObject([{ id: 'incumbents-fail', verdict: 'held' }]);
    const during = arms[0]?.figures.find(({ name }) => name === 'goodputDuring');
    expect(during?.median).toBeCloseTo(0.025, 12);
    expect(during?.interval?.low).toBeGreaterThanOrEqual(0.01);
    expect(during?.interval?.high).toBeLessThanOrEqual(0.04);
  });

  it('count a trial that did not judge a claim as one that does not know', () => {
    const trials = [1, 2, 3, 4].map((number) => trial(number, number === 4 ? { claims: [] } : {}));
    expect(overTrials(trials, 'seed')[0]?.claims[0]).toMatchObject({
      held: 3,
      unknown: 1,
      verdict: 'unknown',
    });
  });

  it('leave out of a figure the trials that did not come to it', () => {
    const trials = [trial(1), trial(2, { observedSize: null }), trial(3, { observedSize: 6 })];
    const figures = overTrials(trials, 'seed')[0]?.figures;
    expect(figures?.find(({ name }) => name === 'observedSize')).toMatchObject({ count: 2, median: 5.5 });
    expect(figures?.find(({ name }) => name === 'predictionError')).toMatchObject({ count: 2, median: 0.5 });
  });
});
