/**
 * Middles and quantiles of small lists of measurements. Runs are short: the lists are sorted whole.
 */

/** The middle of a list of numbers, the mean of the two middle ones when it is even; NaN of none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * The quantile `q` (0 to 1) by linear interpolation between the two neighbours (type 7 of Hyndman and Fan,
 * 1996); NaN of none.
 */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}
