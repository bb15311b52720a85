/**
 * A blind drill as its journal tells of it. What is shown of one leaves out what claims rest on, and what it is to come
 * to is not its journal's to say: nothing is held against it, sealed or not.
 */
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import type { DrillCause, DrillEvent } from '@fleetfall/protocol/drill.ts';

export interface SeenDrill {
  /** null while it is sealed. */
  readonly cause: DrillCause | null;
}

/** What is known of a drill once something more has happened in it. @param before null where it was the first. */
export function drillAfter(before: SeenDrill | null, happened: DrillEvent): SeenDrill {
  return { cause: happened.event === 'revealed' ? happened.cause : (before?.cause ?? null) };
}

/** null where the run was no drill. */
export function drillIn(records: readonly JournalRecord[]): SeenDrill | null {
  return records.reduce<SeenDrill | null>(
    (seen, record) => (record.kind === 'drill' ? drillAfter(seen, record) : seen),
    null,
  );
}

/** Why nothing is held against it. */
export function drillText({ cause }: SeenDrill): string {
  return `a blind drill is held to nothing: ${cause === null ? 'fleetfall reveal tells what it was' : `its cause was ${cause}`}`;
}
