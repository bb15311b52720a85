/**
 * A run's trials, summed up arm by arm: every claim with its rate and verdict, every figure with its median and
 * interval. Takes what each trial came to and nothing else, so that it can be asked at any time of any journals.
 */
import type { ClaimVerdict } from '../claim.ts';
import { median } from '../quantiles.ts';
import { bootstrapInterval } from './bootstrap.ts';
import { type ClaimOverTrials, claimOverTrials } from './claim-over-trials.ts';
import type { Interval } from './interval.ts';

/** What one trial of one arm came to. Figures are null where the trial did not come to them. */
export interface TrialResult {
  readonly trial: number;
  readonly arm: string;
  readonly seed: string;
  readonly claims: readonly { readonly id: string; readonly verdict: ClaimVerdict }[];
  readonly predictedSize: number | null;
  readonly observedSize: number | null;
  /** Shares of requests served, 0 to 1. */
  readonly goodput: Readonly<Record<'before' | 'during' | 'after', number | null>>;
}

/** A figure over trials. */
export interface FigureOverTrials {
  readonly name: string;
  /** Trials that came to it. */
  readonly count: number;
  readonly median: number | null;
  /** Of the median; null with fewer than three trials. */
  readonly interval: Interval | null;
}

export interface ArmOverTrials {
  readonly arm: string;
  readonly trials: number;
  readonly claims: readonly ClaimOverTrials[];
  readonly figures: readonly FigureOverTrials[];
}

/** How each figure is read of a trial. */
const FIGURES: Readonly<Record<string, (trial: TrialResult) => number | null>> = {
  predictedSize: ({ predictedSize }) => predictedSize,
  observedSize: ({ observedSize }) => observedSize,
  predictionError: ({ predictedSize, observedSize }) =>
    predictedSize === null || observedSize === null ? null : observedSize - predictedSize,
  goodputBefore: ({ goodput }) => goodput.before,
  goodputDuring: ({ goodput }) => goodput.during,
  goodputAfter: ({ goodput }) => goodput.after,
};

/**
 * Sums trials up, arms in the order in which they first appear.
 * @param seed of the resampling: the run's.
 */
export function overTrials(trials: readonly TrialResult[], seed: string): ArmOverTrials[] {
  const arms = [...new Set(trials.map(({ arm }) => arm))];
  return arms.map((arm) => {
    const own = trials.filter((trial) => trial.arm === arm);
    const ids = [...new Set(own.flatMap(({ claims }) => claims.map(({ id }) => id)))];
    return {
      arm,
      trials: own.length,
      claims: ids.map((id) => claimOverTrials(id, verdictsOn(own, id))),
      figures: Object.entries(FIGURES).map(([name, read]) => {
        const values = own.map(read).filter((value) => value !== null);
        return {
          name,
          count: values.length,
          median: values.length === 0 ? null : median(values),
          interval: bootstrapInterval(values, median, `${seed}/${arm}/${name}`),
        };
      }),
    };
  });
}

/** One verdict a trial: a trial that did not judge the claim does not know. */
function verdictsOn(trials: readonly TrialResult[], id: string): ClaimVerdict[] {
  return trials.map(({ claims }) => claims.find((claim) => claim.id === id)?.verdict ?? 'unknown');
}
