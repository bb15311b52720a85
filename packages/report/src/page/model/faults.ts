/**
 * The faults of an arm: those that are known to have been in force, and apart from them those of which that cannot be
 * said. Only the former may be drawn over what a fleet did.
 */
import type { LooseArmRecord } from './loose-records.ts';

/** Something that was done to the fleet on purpose, and is known to have been in force. */
export interface FaultMark {
  readonly id: string;
  readonly name: string;
  readonly beginMs: number;
  /** null where it was never healed. */
  endMs: number | null;
  readonly outcome: string | null;
}

/** A fault that was to be put into force, or lifted, and is not known to have been. */
export interface FaultDoubt {
  readonly atMs: number;
  readonly id: string;
  readonly name: string;
  readonly event: string;
  readonly outcome: string;
  readonly reason: string | null;
}

/** Outcomes that credit nothing. One that is not known here is another version's, and shown as it is. */
const DOUBTFUL: ReadonlySet<string> = new Set(['skipped', 'indeterminate']);

/** Takes in what became of a fault that was to be put into force, or lifted. */
export function heedFault(
  arm: { readonly faults: FaultMark[]; readonly doubts: FaultDoubt[] },
  record: Extract<LooseArmRecord, { kind: 'fault' }>,
): void {
  const { faultId: id, fault, event, monoMs } = record;
  const name = fault?.kind ?? id;
  const outcome = record.outcome === undefined || record.outcome === null ? null : String(record.outcome);
  const open = arm.faults.findLast((known) => known.id === id && known.endMs === null);
  if (outcome !== null && DOUBTFUL.has(outcome)) {
    const reason = typeof record.reason === 'string' ? record.reason : null;
    arm.doubts.push({ atMs: monoMs, id, name, event, outcome, reason });
  } else if (event === 'heal' && open !== undefined) open.endMs = monoMs;
  // One that was lifted without having been credited was in force at no moment that is known.
  else if (event !== 'heal') arm.faults.push({ id, name, beginMs: monoMs, endMs: null, outcome });
}
