import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { expect, it } from 'vitest';
import { armsIn, observationsOf, recordsOf } from '../src/arm-timeline.ts';
import { tellRun } from './journal-builder.ts';

const told = tellRun();

it('finds of each arm, kind and observation what looking through all records finds', () => {
  for (const arm of armsIn(told)) {
    const own = told.filter((record) => 'arm' in record && record.arm === arm);
    for (const kind of ['member', 'phase', 'load', 'witness', 'observer'] as const)
      expect(recordsOf(told, arm, kind)).toEqual(own.filter((record) => record.kind === kind));
    const samples = own.filter((record) => record.kind === 'observer' && record.record.kind === 'sample');
    expect(observationsOf(told, arm, 'sample')).toEqual(samples);
    expect(samples.length).toBeGreaterThan(0);
  }
});

it('knows what a list has got since, and of one that was cut what is left', () => {
  const records: JournalRecord[] = [];
  const sizes = told.map((record) => {
    records.push(record);
    return recordsOf(records, 'main', 'member').length;
  });
  expect(sizes.at(-1)).toBe(recordsOf(told, 'main', 'member').length);
  records.length = Math.floor(told.length / 2);
  expect(recordsOf(records, 'main', 'member').length).toBe(sizes[records.length - 1]);
});
