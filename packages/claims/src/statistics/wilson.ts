/**
 * The interval of a rate: how often something happens, from how often it happened. Wilson's score interval, since
 * the textbook's one has no width at 0 of n and n of n, where few trials of a good experiment mostly lie.
 */
import { CONFIDENCE, type Interval } from './interval.ts';

/** The standard normal distribution leaves 2.5 % above this. */
const Z = 1.959963984540054;

/**
 * The 95 % interval of a rate by Wilson's score method, without continuity correction.
 *
 * Source: E. B. Wilson, «Probable inference, the law of succession, and statistical inference», JASA 22 (1927);
 * recommended for small samples by Brown, Cai and DasGupta, «Interval estimation for a binomial proportion»,
 * Statistical Science 16 (2001).
 * @throws RangeError unless both are whole, with 0 ≤ successes ≤ trials and at least one trial.
 */
export function wilsonInterval(successes: number, trials: number): Interval {
  if (!Number.isInteger(trials) || trials < 1)
    throw new RangeError(`trials must be a whole number from 1: current value is ${trials}`);
  if (!Number.isInteger(successes) || successes < 0 || successes > trials) {
    throw new RangeError(
      `successes must be a whole number from 0 to ${trials}: current value is ${successes}`,
    );
  }
  const rate = successes / trials;
  const square = Z ** 2 / trials;
  const centre = (rate + square / 2) / (1 + square);
  const reach = (Z * Math.sqrt((rate * (1 - rate)) / trials + square / (4 * trials))) / (1 + square);
  return {
    // The ends are exact where nothing, or everything, succeeded; floats are off in their last bits there.
    low: successes === 0 ? 0 : centre - reach,
    high: successes === trials ? 1 : centre + reach,
    confidence: CONFIDENCE,
    method: 'wilson',
    count: trials,
  };
}
