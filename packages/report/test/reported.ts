/**
 * Runs as build reports are given them, from journals that were told.
 */
import { judge } from '@fleetfall/claims/judge.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import type { ReportedRun } from '@fleetfall/report/reported-run.ts';

export function reported(
  records: readonly JournalRecord[],
  journalPath = 'store/journal.ndjson',
): ReportedRun {
  return { records, verdict: judge(records), journalPath };
}

/** The same run as the trial of several. */
export function asTrial(records: readonly JournalRecord[], number: number, of: number): JournalRecord[] {
  return records.map(
    (record): JournalRecord => (record.kind === 'run' ? { ...record, trial: { number, of } } : record),
  );
}
