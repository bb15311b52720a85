/**
 * One claim over many trials. A single run answers for itself; over trials the question is whether the claim holds
 * in most of them, and how sure that is. A trial that could not tell is never left out in the claim's favour: the
 * claim must stand with all of those counted against it.
 */
import type { ClaimVerdict } from '../claim.ts';
import type { Interval } from './interval.ts';
import { wilsonInterval } from './wilson.ts';

/** A claim that holds in fewer trials than this is no description of what happens. */
const MOST = 0.5;

export const TRIALS_RULE =
  "held when the 95 % Wilson interval of the rate lies above one half with every unknown trial counted against it, refuted when it lies below one half with every unknown trial counted for it, else unknown; four trials that agree are the fewest that can tell. 'consistent' and 'inconsistent' are the same of claims that rest on an assumption";

export interface ClaimOverTrials {
  readonly id: string;
  /** `consistent` and `inconsistent` in place of `held` and `refuted` where the trials said so. */
  readonly verdict: ClaimVerdict;
  /** Trials that said held or consistent, refuted or inconsistent, and unknown. */
  readonly held: number;
  readonly refuted: number;
  readonly unknown: number;
  /** held ÷ (held + refuted); null when no trial could tell. */
  readonly rate: number | null;
  /** Of the rate, over the trials that could tell; null without any. */
  readonly interval: Interval | null;
  readonly rule: typeof TRIALS_RULE;
}

/** Judges one claim by its verdicts, one a trial. */
export function claimOverTrials(id: string, verdicts: readonly ClaimVerdict[]): ClaimOverTrials {
  const count = (...words: ClaimVerdict[]): number =>
    verdicts.filter((verdict) => words.includes(verdict)).length;
  const held = count('held', 'consistent');
  const refuted = count('refuted', 'inconsistent');
  const unknown = count('unknown');
  const told = held + refuted;
  return {
    id,
    verdict: verdictOf(held, refuted, unknown, count('consistent', 'inconsistent') > 0),
    held,
    refuted,
    unknown,
    rate: told === 0 ? null : held / told,
    interval: told === 0 ? null : wilsonInterval(held, told),
    rule: TRIALS_RULE,
  };
}

function verdictOf(held: number, refuted: number, unknown: number, assumed: boolean): ClaimVerdict {
  const trials = held + refuted + unknown;
  if (trials === 0) return 'unknown';
  if (wilsonInterval(held, trials).low > MOST) return assumed ? 'consistent' : 'held';
  if (wilsonInterval(held + unknown, trials).high < MOST) return assumed ? 'inconsistent' : 'refuted';
  return 'unknown';
}
