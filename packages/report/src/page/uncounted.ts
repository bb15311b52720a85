/**
 * Front-ends whose refusals the rule of evidence does not let count, by arm: a page says how many it leaves out.
 */
import type { Verdict } from '@fleetfall/claims/judge.ts';

export function uncountedOf({ arms }: Verdict): Record<string, number> {
  return Object.fromEntries(
    arms.map(({ arm, refusals: { incumbent, newcomer } }) => [arm, incumbent.unknown + newcomer.unknown]),
  );
}
