/**
 * A run as it is told to a build server: its journal with what was made of it. JUnit and the summary are both
 * functions of these and of nothing else.
 */
import type { Verdict } from '@fleetfall/claims/judge.ts';
import type { JournalRecord, RunRecord } from '@fleetfall/journal/records.ts';

export interface ReportedRun {
  readonly records: readonly JournalRecord[];
  readonly verdict: Verdict;
  /** Where the journal is, for whoever reads on. */
  readonly journalPath: string;
}

/** What ended a command before all its runs were gone through. */
export interface Broken {
  readonly reason: string;
  readonly atMs: number;
}

/** The head of a journal; undefined where it was cut off before that. */
export function headOf(records: readonly JournalRecord[]): (RunRecord & JournalRecord) | undefined {
  return records.find((record): record is RunRecord & JournalRecord => record.kind === 'run');
}

/** `trial 2` of several, `run` of one. Journals of before there were trials are of one. */
export function nameOf({ records }: ReportedRun): string {
  const trial = headOf(records)?.trial;
  return trial === undefined || trial.of === 1 ? 'run' : `trial ${trial.number}`;
}
