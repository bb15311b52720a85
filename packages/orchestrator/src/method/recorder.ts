/**
 * Writes one arm's records into the run's journal.
 */
import { type Journal, JournalWriteError } from '@fleetfall/journal/append.ts';
import type { Arm, ArmRecord } from '@fleetfall/journal/records.ts';

/** A record of an arm before it is told which arm it is of. */
export type ArmEntry = ArmRecord extends infer Each
  ? Each extends ArmRecord
    ? Omit<Each, 'arm'>
    : never
  : never;

export type Recorder = (entry: ArmEntry) => void;

/**
 * Records come from timers and streams, where an error would reach nobody: that the disk refuses is told by
 * `journal.failed`, which ends the run. What a member says of its end after the run's is of no arm any more.
 */
export function recorderFor(journal: Journal, arm: Arm): Recorder {
  return (entry) => {
    if (journal.closed) return;
    try {
      journal.append({ arm, ...entry } as ArmRecord);
    } catch (error) {
      if (!(error instanceof JournalWriteError)) throw error;
    }
  };
}
