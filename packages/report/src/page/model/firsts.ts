/**
 * The first refused thread and the first failed request of an arm, as they are seen while it goes on. The judge finds
 * them again from the whole journal, by the rules of evidence, and its findings then take their place.
 */
import type { LoadWindowRecord } from './load-rows.ts';

export interface First {
  /** Monotonic. */
  readonly atMs: number;
  readonly frontEnds: number;
}

export interface Firsts {
  refusal: First | null;
  failure: First | null;
}

export const makeFirsts = (): Firsts => ({ refusal: null, failure: null });

/** Takes in that the kernel refused threads. */
export function heedRefusal(firsts: Firsts, first: First): void {
  firsts.refusal ??= first;
}

/**
 * Takes a load window in.
 * @param sinceMs what failed before says nothing: a fleet is still coming up, or is yet to grow; null while that is so.
 */
export function heedWindow(
  firsts: Firsts,
  endMs: number,
  { windowMs, outcomes }: LoadWindowRecord,
  { sinceMs, frontEnds }: { readonly sinceMs: number | null; readonly frontEnds: number },
): void {
  if (firsts.failure !== null || sinceMs === null || endMs - windowMs < sinceMs) return;
  if (outcomes.some(({ outcome, count }) => outcome !== 'ok' && count > 0))
    firsts.failure = { atMs: endMs - windowMs / 2, frontEnds };
}
