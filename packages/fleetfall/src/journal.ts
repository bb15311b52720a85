/**
 * Journals as scripts ask for them: by path.
 */
import { judge as judgeRecords, type Verdict } from '@fleetfall/claims/judge.ts';
import { journalFile, type ReadJournal, readJournal as readJournalFile } from '@fleetfall/journal/read.ts';

/**
 * Reads a journal back.
 * @param path a `journal.ndjson`, or the folder that holds it, such as `store/kinesis-2020/latest`.
 * @returns its records in their order; `torn` tells whether the last line was cut short and left out.
 * @throws Error when it cannot be read, is of another version, or has a broken line inside.
 */
export function readJournal(path: string): ReadJournal {
  return readJournalFile(journalFile(path));
}

/**
 * Gives the verdict of a run again from its journal alone. A run that was cut off is `inconclusive`.
 * @param path as {@link readJournal} takes it.
 * @throws Error as {@link readJournal} does.
 */
export function judge(path: string): Verdict {
  return judgeRecords(readJournal(path).records);
}
