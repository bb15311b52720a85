/**
 * What an experiment is, part by part, as short digests: two runs whose digests of a part agree were laid out alike in
 * it. A run's journal keeps them, so that runs of other methods, holds or conditions are not taken for a baseline, and a
 * run is not resumed by another experiment than it was begun with.
 */
import { createHash } from 'node:crypto';
import type { RunLayout } from './layout.ts';

/** Enough that no two experiments of a store have the same by chance. */
const DIGITS = 12;

/** By the names of the parts: `stopWhen`, and of each arm `main.method`. Seed and trials are no part of it. */
export function digestsOf({ stopWhen, arms }: RunLayout): Readonly<Record<string, string>> {
  const parts = arms.flatMap(({ name, method, rollback, steadyState, expect, fleet }) =>
    Object.entries({ method, rollback, steadyState, expect, fleet }).map(
      ([part, value]) => [`${name}.${part}`, digestOf(value)] as const,
    ),
  );
  return { stopWhen: digestOf(stopWhen), ...Object.fromEntries(parts) };
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, DIGITS);
}
