/**
 * What a run came to, on terminals of every width: it is told after the whole run, and must never be lost to one.
 */
import { stripVTControlCharacters } from 'node:util';
import { judge } from '@fleetfall/claims/judge.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { expect, test } from 'vitest';
import { tellRun } from '../../claims/test/journal-builder.ts';
import { startAccount } from '../src/cli/account.ts';
import { plain } from '../src/cli/fitted-text.ts';
import { verdictText } from '../src/cli/verdict-text.ts';

const outage = tellRun();
const verdict = judge(outage);
const pipe = { write: () => true };
const linesAt = (columns: number | undefined): string[] =>
  stripVTControlCharacters(
    verdictText(verdict, outage, 'journal.ndjson', columns === undefined ? pipe : { ...pipe, columns }),
  ).split('\n');
const longest = (lines: readonly string[]): number => Math.max(...lines.map((line) => [...line].length));

test.each([1, 20, 39])('is told in full, without the picture, in %i columns', (columns) => {
  const lines = linesAt(columns);
  expect(lines.join('\n')).not.toContain('█');
  expect(lines).toContain(' verdict  as expected');
  for (const { id } of verdict.claims) expect(lines.join('\n')).toContain(id);
  expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toContain('predicted 14, observed 14');
});

test.each([40, 60, 80, 100, 140])('keeps within %i columns, with the picture', (columns) => {
  const lines = linesAt(columns);
  expect(lines.join('\n')).toContain('█');
  expect(longest(lines)).toBeLessThanOrEqual(columns);
});

test.each([0, undefined])('reads well where the width is not known: %s', (columns) => {
  expect(linesAt(columns)).toEqual(linesAt(120));
});

test.each([0, 1, 39])('the account of a run goes on in a terminal of %i columns', (columns) => {
  let told = '';
  const stream = { isTTY: true, columns, write: (text: string) => (told += text) };
  using account = startAccount(stream);
  for (const record of outage) account.heed(record);
  expect(told).toContain('prediction');
});

test('nothing that a journal says steers the terminal or breaks a line', () => {
  const arms = verdict.arms.map((arm) => ({
    ...arm,
    outcomeReason: '\u001b[2Jwiped\nover \u001b]0;title\u0007',
  }));
  const text = verdictText({ ...verdict, arms }, outage, 'journal.ndjson', { ...pipe, columns: 100 });
  expect(text).not.toContain('\u001b');
  expect(text).toContain(' wiped over');
});

test.each([
  ['a backspace and a bell', 'ok\b\bno\u0007', 'okno'],
  ['an escape that begins nothing', 'a\u001b b\u001b', 'a b'],
  ['a string for the device', '\u001bPq#0\u001b\\after', 'q#0\\after'],
  ['an introducer of one character', '\u009b2Jgone', 'gone'],
  ['a change of direction', 'exe.\u202egpj', 'exe.gpj'],
  ['a control between words', 'a\u0000 \u0007 b\r\nc\td', 'a b c d'],
])('of a journal nothing is left of %s', (_, text, left) => {
  expect(plain(text)).toBe(left);
});

test('the account of a trial has nothing of the trial before', () => {
  const told: string[] = [];
  using account = startAccount({ write: (text: string) => told.push(text) });
  const trial = (): string => {
    told.length = 0;
    for (const record of outage) account.heed(record);
    return told.join('');
  };
  const first = trial();
  expect(first).toContain('threads refused');
  expect(trial()).toBe(first);
});

test('the account tells no rate of a moment', () => {
  const rates = (records: readonly JournalRecord[]): string[] => {
    let told = '';
    using account = startAccount({ write: (text: string) => (told += text) });
    for (const record of records) account.heed(record);
    return told.match(/\d+ ok\/s/g) ?? [];
  };
  const cutShort = outage.flatMap((record) =>
    record.kind === 'load' && record.record.kind === 'load'
      ? [record, { ...record, record: { ...record.record, windowMs: 0.8 } }]
      : [record],
  );
  expect(cutShort.length).toBeGreaterThan(outage.length);
  expect(rates(cutShort)).toEqual(rates(outage));
});
