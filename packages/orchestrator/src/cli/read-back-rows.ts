/** What a verdict tells of the load beside its goodput: what it read back. */
import type { Verdict } from '@fleetfall/claims/judge.ts';
import { readBackText } from '@fleetfall/claims/read-back.ts';

/** A row, with its name, for each arm that was read back. */
export function readBackRows({ arms }: Pick<Verdict, 'arms'>): (readonly [name: string, text: string])[] {
  return arms.flatMap(({ arm, readBack }) => {
    if (readBack === null) return [];
    const seen = readBackText(readBack);
    return [['read back', arm === 'main' ? seen : `${arm}: ${seen}`] as const];
  });
}
