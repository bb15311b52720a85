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

/** The same run with a client that tried each request once more in one phase, and was read back at its end. */
export function triedAndReadBack(records: readonly JournalRecord[], phase: string): JournalRecord[] {
  let current: string | undefined;
  const end = records.findIndex(({ kind }) => kind === 'end');
  const { monoMs, atMs } = records[end] as JournalRecord;
  const stamp = { monoMs, atMs, arm: 'main' } as const;
  const counts = { acknowledged: 900, found: 899, lost: 1, duplicated: 2, outOfOrder: 0 };
  const told = records.map((record): JournalRecord => {
    if (record.kind === 'phase' && record.event === 'begin') current = record.phase;
    if (record.kind === 'arm')
      return { ...record, settings: { ...record.settings, client: 'sdk', verifies: true } };
    if (record.kind !== 'load' || record.record.kind !== 'load' || current !== phase) return record;
    const outcomes = record.record.outcomes.map((outcome) => ({ ...outcome, retries: outcome.count }));
    const attemptFailures = { ServiceUnavailable: 7, 'connection-reset': 1 };
    return { ...record, record: { ...record.record, outcomes, attemptFailures } };
  });
  return [
    ...told.slice(0, end),
    { ...stamp, kind: 'history', stream: 'orders', file: 'main.history' },
    {
      ...stamp,
      kind: 'load',
      record: { kind: 'read-back', ...counts, lostExamples: ['ff-0123abcd-0000000007'] },
    },
    ...told.slice(end),
  ];
}

/** The same run as the trial of several. */
export function asTrial(records: readonly JournalRecord[], number: number, of: number): JournalRecord[] {
  return records.map(
    (record): JournalRecord => (record.kind === 'run' ? { ...record, trial: { number, of } } : record),
  );
}
