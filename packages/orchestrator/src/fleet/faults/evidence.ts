/**
 * What evidence is worth: a fault is credited when there is some and all of it shows what was wanted. Pure.
 */
import type { FaultEvidence, FaultVerdict } from '@fleetfall/protocol/faults.ts';

/** @param credited the verdict that the evidence is to carry. */
export function judgeEvidence(
  evidence: readonly FaultEvidence[],
  credited: 'installed' | 'healed',
): { readonly outcome: FaultVerdict; readonly reason: string | null } {
  if (evidence.length === 0) return { outcome: 'indeterminate', reason: 'there is nothing that shows it' };
  const missing = evidence.filter(({ holds }) => holds !== true);
  if (missing.length === 0) return { outcome: credited, reason: null };
  const told = missing.map(({ of, reading, after, holds }) =>
    holds === null ? `${of}: ${reading} could not be looked at` : `${of}: ${reading} is ${after}`,
  );
  return { outcome: 'indeterminate', reason: told.join('; ') };
}
