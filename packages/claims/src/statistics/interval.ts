/**
 * What an interval is, here: over many repetitions of the whole experiment, so many of such intervals as it is
 * confident, mostly 95 %, would hold the figure they are about. How one is made is in the file of each method; every interval names its method.
 */

/** The level of confidence; of intervals that are asked about together, that all of them are right. */
export const CONFIDENCE = 0.95;

export interface Interval {
  readonly low: number;
  readonly high: number;
  /** Of this interval by itself: {@link CONFIDENCE}, or more where it is one of several. */
  readonly confidence: number;
  readonly method: 'wilson' | 'percentile-bootstrap';
  /** How many observations it rests on, of both sides together where it is of a difference. */
  readonly count: number;
}
