/**
 * Intervals of medians, means and of differences between two of them, without a guess at how the measurements are
 * distributed. The plain percentile bootstrap, not BCa: at the handful of trials that a run has, BCa's two
 * corrections are estimated from as few points and add more noise than they take away. Seeded, so that a comparison
 * made twice says the same.
 */
import { quantile } from '../quantiles.ts';
import { CONFIDENCE, type Interval } from './interval.ts';
import { resampled, seededNumbers } from './resample.ts';

/** Efron and Tibshirani ask for 1,000; more, since the ends of widened intervals lie far out in the tails. */
const RESAMPLES = 4_000;
/** Fewer have so few resamples that differ that an interval would be made up. */
export const BOOTSTRAP_MIN = 3;

/** A figure of a list of numbers: a mean, a median. */
export type Statistic = (values: readonly number[]) => number;

/** The mean; NaN of none. */
export const mean: Statistic = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * What a statistic comes to in each of `resamples` samples drawn, with replacement, from the values.
 *
 * Source: B. Efron and R. J. Tibshirani, «An Introduction to the Bootstrap» (1993), chapter 6.
 */
export function bootstrapReplicates(
  values: readonly number[],
  statistic: Statistic,
  seed: string,
  resamples: number = RESAMPLES,
): number[] {
  const random = seededNumbers(seed);
  return Array.from({ length: resamples }, () => statistic(resampled(values, random)));
}

/**
 * The 95 % percentile interval of a statistic (the same book, section 13.3).
 * @returns null for fewer than {@link BOOTSTRAP_MIN} values: nothing can be said of how they vary.
 */
export function bootstrapInterval(
  values: readonly number[],
  statistic: Statistic,
  seed: string,
): Interval | null {
  if (values.length < BOOTSTRAP_MIN) return null;
  return percentiles(bootstrapReplicates(values, statistic, seed), values.length, CONFIDENCE);
}

/**
 * The percentile interval of `statistic(after) − statistic(before)`, the two resampled apart, as two independent
 * samples (the same book, section 8.3).
 * @param together how many differences are asked about at once: each interval is widened so that all of them are
 * right with 95 % (Bonferroni), or one figure in twenty would seem to have changed by chance.
 * @returns null when either has fewer than {@link BOOTSTRAP_MIN} values.
 */
export function bootstrapDifference(
  before: readonly number[],
  after: readonly number[],
  statistic: Statistic,
  seed: string,
  together = 1,
): Interval | null {
  if (before.length < BOOTSTRAP_MIN || after.length < BOOTSTRAP_MIN) return null;
  const ofBefore = bootstrapReplicates(before, statistic, `${seed}/before`);
  const ofAfter = bootstrapReplicates(after, statistic, `${seed}/after`);
  return percentiles(
    ofAfter.map((value, index) => value - (ofBefore[index] as number)),
    before.length + after.length,
    1 - (1 - CONFIDENCE) / together,
  );
}

function percentiles(replicates: readonly number[], count: number, confidence: number): Interval {
  const tail = (1 - confidence) / 2;
  return {
    low: quantile(replicates, tail),
    high: quantile(replicates, 1 - tail),
    confidence,
    method: 'percentile-bootstrap',
    count,
  };
}
