/**
 * What a client that tries again by itself made of requests: so much more was asked of the service than users asked
 * for. Counted from the load's windows. Pure.
 */
import type { Window } from './load-evidence.ts';

export interface Attempts {
  /** Requests that ended. */
  readonly requests: number;
  /** Attempts after the first, of all of them together. */
  readonly retries: number;
  /** Attempts that failed, by outcome, the most frequent first; some of them were tried again. */
  readonly failed: readonly (readonly [outcome: string, count: number])[];
}

/** From here on retries are told: below it a few requests of a phase were tried again. */
const TRIED_AT_LEAST = 1.05;

export function attemptsOf(windows: readonly Window[]): Attempts {
  let requests = 0;
  let retries = 0;
  const failed = new Map<string, number>();
  for (const { outcomes, attemptFailures = {} } of windows) {
    for (const { count, retries: more = 0 } of outcomes) {
      requests += count;
      retries += Math.max(0, more);
    }
    for (const [outcome, count] of Object.entries(attemptFailures))
      failed.set(outcome, (failed.get(outcome) ?? 0) + count);
  }
  return { requests, retries, failed: [...failed].toSorted(([, left], [, right]) => right - left) };
}

/** Attempts made for each request; 1 without any. */
export function amplificationOf({ requests, retries }: Attempts): number {
  return requests === 0 ? 1 : (requests + retries) / requests;
}

/** Only of a client that tries again by itself, and did: `, each tried 2.4 times`. */
export function triedText({ attemptsPerRequest }: { readonly attemptsPerRequest: number }): string {
  return attemptsPerRequest < TRIED_AT_LEAST ? '' : `, each tried ${attemptsPerRequest.toFixed(1)} times`;
}
