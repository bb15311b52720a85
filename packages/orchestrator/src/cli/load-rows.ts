/** What a verdict tells of the load beside its goodput: how often it tried, and what it read back. */
import type { Goodput } from '@fleetfall/claims/goodput.ts';
import type { Verdict } from '@fleetfall/claims/judge.ts';
import { readBackText } from '@fleetfall/claims/read-back.ts';

/** From here on retries are told: below it a few requests of a phase were tried again. */
const TRIED_AT_LEAST = 1.05;

/** Only of a client that tries again by itself, and did: `, each tried 2.4 times`. */
export function triedText({ attemptsPerRequest }: Goodput): string {
  return attemptsPerRequest < TRIED_AT_LEAST ? '' : `, each tried ${attemptsPerRequest.toFixed(1)} times`;
}

/** A row, with its name, for each arm that was read back. */
export function readBackRows({ arms }: Pick<Verdict, 'arms'>): (readonly [name: string, text: string])[] {
  return arms.flatMap(({ arm, readBack }) => {
    if (readBack === null) return [];
    const seen = readBackText(readBack);
    return [['read back', arm === 'main' ? seen : `${arm}: ${seen}`] as const];
  });
}
