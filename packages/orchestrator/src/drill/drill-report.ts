/**
 * What a blind drill came to, as it is told to whoever asks its keeper.
 */
import type { DrillCause } from '@fleetfall/protocol/drill.ts';

/** Something that was done or guessed in a drill, and when. */
export interface DrillMoment {
  readonly what: string;
  readonly atMs: number;
}

/** What a drill came to. Times are of the wall clock. */
export interface DrillReport {
  readonly cause: DrillCause;
  readonly sealedSeed: string;
  readonly commitment: string;
  readonly among: readonly DrillCause[];
  /** When the first users were failed; null when none was. */
  readonly alarmAtMs: number | null;
  readonly actions: readonly DrillMoment[];
  readonly guesses: readonly (DrillMoment & { readonly right: boolean })[];
  /** From the alarm to the right guess; null when there was none. */
  readonly diagnosisMs: number | null;
  /** The whole journal. */
  readonly journal: string;
}

/** What `reveal` answers. */
export interface RevealAnswer {
  readonly fleet: string;
  readonly verb: 'reveal';
  readonly guess: { readonly cause: DrillCause; readonly right: boolean } | null;
  /** null while the seal stays: the guess was wrong. */
  readonly report: DrillReport | null;
}
