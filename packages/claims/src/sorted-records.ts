/**
 * A journal's records sorted by arm and kind, once for each list of them: every claim asks for some of them, and a long
 * run has a hundred thousand. A list that has grown since it was asked for has its new records sorted in; one that is
 * shorter is sorted anew.
 */
import type { Arm, ArmRecord, JournalRecord, Stamp } from '@fleetfall/journal/records.ts';

/** A record of an arm, stamped. */
export type StampedArmRecord = ArmRecord & Stamp;

export interface ArmRecords {
  /** All of them, in the journal's order. */
  readonly all: StampedArmRecord[];
  /** By kind; those that the observer made by what they are too: `observer sample`. */
  readonly byKind: Map<string, StampedArmRecord[]>;
}

interface Sorted {
  /** How many records were sorted in. */
  count: number;
  /** In the order in which arms appear. */
  readonly arms: Map<Arm, ArmRecords>;
}

const sorted = new WeakMap<readonly JournalRecord[], Sorted>();

/** The records of every arm. What it holds grows with the list when it is asked for again. */
export function sortedByArm(records: readonly JournalRecord[]): ReadonlyMap<Arm, ArmRecords> {
  let known = sorted.get(records);
  if (known === undefined || known.count > records.length) {
    known = { count: 0, arms: new Map() };
    sorted.set(records, known);
  }
  for (; known.count < records.length; known.count += 1) {
    const record = records[known.count] as JournalRecord;
    if ('arm' in record) sortIn(known.arms, record);
  }
  return known.arms;
}

function sortIn(arms: Map<Arm, ArmRecords>, record: StampedArmRecord): void {
  let own = arms.get(record.arm);
  if (own === undefined) {
    own = { all: [], byKind: new Map() };
    arms.set(record.arm, own);
  }
  own.all.push(record);
  put(own.byKind, record.kind, record);
  if (record.kind === 'observer') put(own.byKind, `observer ${record.record.kind}`, record);
}

function put(byKind: Map<string, StampedArmRecord[]>, kind: string, record: StampedArmRecord): void {
  const known = byKind.get(kind);
  if (known === undefined) byKind.set(kind, [record]);
  else known.push(record);
}
