/**
 * What a claim is: a statement about the incident, with an id from the list of claims, answered from the records
 * of one arm. Pure: no claim reads a file, a clock or a fleet. A claim that throws is answered `unknown` by
 * {@link evaluate}, never held.
 */
import type { Arm, JournalRecord, RunRecord } from '@fleetfall/journal/records.ts';

/**
 * `held` and `refuted` need evidence for or against; `unknown` says why there is none. Claims that rest on an
 * authored assumption are never held: they are `consistent` or `inconsistent` with it.
 */
export type ClaimVerdict = 'held' | 'refuted' | 'unknown' | 'consistent' | 'inconsistent';

/** Figures by name; the names carry their unit. */
export type Evidence = Readonly<
  Record<string, number | string | boolean | null | readonly number[] | readonly string[]>
>;

export interface ClaimResult {
  readonly id: string;
  readonly verdict: ClaimVerdict;
  /** One sentence with the figures in it: what was seen. */
  readonly account: string;
  readonly evidence: Evidence;
}

/** The records of one arm, with the run's head. */
export interface ArmJournal {
  readonly run: RunRecord;
  readonly arm: Arm;
  readonly records: readonly JournalRecord[];
}

export interface Claim {
  readonly id: string;
  /** The claim as a sentence. */
  readonly statement: string;
  /** Where it comes from: reported by AWS, anticipated by AWS, a retelling, or our inference. */
  readonly from: 'A' | 'Aa' | 'R' | 'I' | 'A/I';
  readonly measure: (journal: ArmJournal) => Omit<ClaimResult, 'id'>;
}

/** Answers a claim. What it throws makes it unknown, with the error as its account. */
export function evaluate(claim: Claim, journal: ArmJournal): ClaimResult {
  try {
    return { id: claim.id, ...claim.measure(journal) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { id: claim.id, verdict: 'unknown', account: `could not be judged: ${reason}`, evidence: {} };
  }
}

/** The answer of a claim that has no evidence to go by: `why` is its account. */
export function unknownSince(why: string): Omit<ClaimResult, 'id'> {
  return { verdict: 'unknown', account: why, evidence: {} };
}
