/** Runs as they are compared, told and altered. */
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { comparedRun } from '../src/compare/compared-run.ts';
import { type StoryOptions, tellRun } from './journal-builder.ts';

export const told = (options: StoryOptions = {}, alter = (records: JournalRecord[]) => records) =>
  comparedRun(alter(tellRun(options)));

/** The journal as it would have been told of another host, version or configuration. */
export const withHead =
  (change: (run: Extract<JournalRecord, { kind: 'run' }>) => object) =>
  (records: JournalRecord[]): JournalRecord[] =>
    records.map((record) =>
      record.kind === 'run' ? ({ ...record, ...change(record) } as JournalRecord) : record,
    );

export const withPidsMax = (pidsMax: number) => (records: JournalRecord[]) =>
  records.map((record) =>
    record.kind === 'arm' ? { ...record, settings: { ...record.settings, pidsMax } } : record,
  );
