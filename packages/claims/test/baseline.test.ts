/** Runs that are no baseline for one another, and what says so. */
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { describe, expect, it } from 'vitest';
import { compareRuns } from '../src/compare/compare.ts';
import { withRecords } from './alter-journal.ts';
import { told, withHead, withPidsMax } from './told-runs.ts';

describe('there is no baseline', () => {
  const base = told();
  it.each<[string, (records: JournalRecord[]) => JournalRecord[], string, string]>([
    [
      'on another kernel',
      withHead(({ host }) => ({ host: { ...host, kernel: '6.6' } })),
      'machine',
      'host.kernel',
    ],
    ['with fewer cores', withHead(({ host }) => ({ host: { ...host, cores: 1 } })), 'machine', 'host.cores'],
    [
      'with another memory',
      withHead(({ host }) => ({ host: { ...host, memoryBytes: 1 } })),
      'machine',
      'host.memoryBytes',
    ],
    [
      'on another Node',
      withHead(({ host }) => ({ host: { ...host, node: '27.0.0' } })),
      'version',
      'host.node',
    ],
    [
      'on another cgroup version',
      withHead(({ host }) => ({ host: { ...host, cgroupVersion: 2 } })),
      'machine',
      'host.cgroupVersion',
    ],
    [
      'on another engine',
      withHead(({ host }) => ({ host: { ...host, engine: 'Docker 29' } })),
      'machine',
      'host.engine',
    ],
    ['of another fleetfall', withHead(() => ({ fleetfall: '0.2.0' })), 'version', 'fleetfall'],
    ['on another runtime', withHead(() => ({ runtime: 'docker' })), 'configuration', 'runtime'],
    ['under another limit', withPidsMax(40), 'configuration', 'pidsMax'],
    [
      'with a run that was cut short',
      (records) => withRecords(records, ({ kind }) => kind !== 'end'),
      'completeness',
      'end',
    ],
  ])('%s', (_, alter, of, field) => {
    const comparison = compareRuns([base], [told({}, alter)]);
    expect(comparison).toMatchObject({ result: 'no-baseline', exitCode: 2 });
    expect(comparison.baseline).toMatchObject([{ of, field }]);
    expect(comparison.stillReadable).toHaveLength(1);
  });

  it('when the trials of one side differ among themselves', () => {
    const comparison = compareRuns([base, base, told({}, withPidsMax(40))], [base]);
    expect(comparison.baseline).toEqual([
      { of: 'configuration', field: 'pidsMax', before: '24 (2 of 3), 40 (1 of 3)', after: '24' },
    ]);
  });

  it('but a seed, and what an older journal could not say, are no difference', () => {
    const older = (records: JournalRecord[]): JournalRecord[] =>
      withHead(() => ({ seed: 'another', runId: 'run-2' }))(records).map((record) => {
        if (record.kind !== 'arm') return record;
        const { uvThreads, ...frontEnd } = record.settings.frontEnd;
        expect(uvThreads).toBe(4);
        return { ...record, settings: { ...record.settings, frontEnd } } as JournalRecord;
      });
    expect(compareRuns([base], [told({}, older)]).baseline).toEqual([]);
  });
});
