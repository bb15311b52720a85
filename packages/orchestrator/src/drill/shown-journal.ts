/**
 * The journal of a drill as it is shown: the file that a run's journal is otherwise, so that `fleetfall watch` and
 * `fleetfall report` find it. It is a copy of less; a disk that
 * refuses it refuses the journal of the run as well, and ends the run.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { journalOf } from '../cli/store.ts';

export interface ShownJournal extends Disposable {
  readonly path: string;
  /** @throws what the disk said. */
  append(record: JournalRecord): void;
}

/** @throws when the file exists or cannot be made. */
export function openShownJournal(folder: string): ShownJournal {
  const path = journalOf(folder, 1, 1);
  const file = openSync(path, 'ax');
  let open = true;
  return {
    path,
    append(record) {
      const line = Buffer.from(`${JSON.stringify(record)}\n`, 'utf8');
      for (let written = 0; open && written < line.length; ) written += writeSync(file, line, written);
    },
    [Symbol.dispose]() {
      if (open) closeSync(file);
      open = false;
    },
  };
}
