/**
 * What a run, a fleet and trials are told as on windows of 40 to 120 columns: nothing is broken within a word, and what
 * there is no room for is left out whole.
 */
import { stripVTControlCharacters } from 'node:util';
import { judge } from '@fleetfall/claims/judge.ts';
import { describe, expect, test } from 'vitest';
import { tellRun } from '../../claims/test/journal-builder.ts';
import type { FleetStatus } from '../src/api/running-fleet.ts';
import { startAccount } from '../src/cli/account.ts';
import { fittedTo } from '../src/cli/fitted-text.ts';
import { foldStatus } from '../src/cli/fleet-status.ts';
import { boardLines } from '../src/cli/live-board.ts';
import { trialsText } from '../src/cli/trials-text.ts';
import { statusText } from '../src/cli/verb-text.ts';

const WIDTHS = [40, 60, 80, 120];
const told = tellRun();
const PATH = 'store/kinesis-2020/latest/journal.ndjson';

/** All that is said of a run, without what is written over. */
function accountOn(columns: number | undefined): string {
  let text = '';
  const window = columns === undefined ? {} : { isTTY: true, columns };
  using account = startAccount({ ...window, write: (more: string) => (text += more) }, false);
  for (const record of told) account.heed(record);
  return stripVTControlCharacters(text);
}
/** Every word in its order, however lines are broken. */
const wordsOf = (text: string): string[] => text.split(/\s+/).filter(Boolean);
const tooLong = (text: string, columns: number): string[] =>
  text.split('\n').filter((line) => line.length > columns && !/^ *(\w+ +)?store\/\S+$/.test(line));

describe.each(WIDTHS)('a window of %i columns', (columns) => {
  const window = { isTTY: true, columns };

  test('is told every word of the account, whole', () => {
    expect(wordsOf(accountOn(columns))).toEqual(wordsOf(accountOn(undefined)));
    expect(tooLong(accountOn(columns), columns)).toEqual([]);
  });

  test('has what goes on below a line set in under its text', () => {
    const lines = accountOn(columns).split('\n');
    const at = lines.findIndex((line) => line.startsWith(' addition'));
    const end = lines.findIndex((line, index) => index > at && line.startsWith(' outage'));
    expect(lines[at]).toMatch(/^ addition {6}\d+ front-ends/);
    for (const line of lines.slice(at + 1, end)) expect(line).toMatch(/^ {15}\S/);
    expect(end - at).toBeGreaterThan(columns < 120 ? 2 : 1);
  });

  test('is told trials in words, and paths in one piece', () => {
    const trial = { number: 1, journalPath: PATH, records: told, verdict: judge(told) };
    const text = fittedTo(window, trialsText([trial, { ...trial, number: 2 }], 'store/kinesis-2020/latest'));
    expect(tooLong(text, columns)).toEqual([]);
    expect(text).toContain(PATH);
  });

  test('shows of the phase that runs what is served and for how long, and no half of a figure', () => {
    const fold = foldStatus();
    for (const record of told) if ('arm' in record) fold.heed(record);
    const parts = [
      { text: '12 front-ends', rank: 1 },
      { text: 'tasks 24/24 ', rank: 3 },
      { text: '   0 ok/s', rank: 0 },
      { text: '300 failed/s, most ServiceUnavailable (map-aged)', short: '300 failed/s', rank: 2 },
      { text: 'threads refused: 12 incumbents, 5 newcomers', rank: 4 },
    ];
    const ahead = ['removal', 'restart', 'recovery'] as const;
    for (const phase of ['outage', 'steady-state'] as const) {
      const running = { phase, runsMs: 7_100, parts, ahead };
      const lines = boardLines(running, fold.cohorts, { columns, rows: 8 }).map(({ text }) => text);
      for (const line of lines) expect(line.length).toBeLessThan(columns);
      expect(lines[0]).toMatch(/^▸[a-z-]+ .*\b0 ok\/s.* 7\.1 s$/);
      expect(lines[0]?.includes('300 failed/s')).toBe(columns >= 60);
    }
  });

  test('shows a fleet in columns that fit', () => {
    const member = {
      ...{ memberId: 'fe-01', role: 'front-end', cohort: 'incumbent', running: true, incarnation: 1 },
      ...{ tasks: 15, limit: 15, refusedThreads: 3, links: { open: 4, wanted: 5 } },
      shardMap: { ageMs: 9_000, aged: true, completeness: 1 },
    };
    const status = {
      ...{ runtime: 'cgroup', phase: 'outage', frontEnds: 6, tasksMost: 15, limit: 15, journal: PATH },
      ...{ refusals: { incumbent: 3, newcomer: 2 }, members: [member], faults: [] },
      load: {
        running: true,
        okPerSecond: 0,
        failedPerSecond: 30,
        mostError: 'ServiceUnavailable (map-aged)',
      },
    } as unknown as FleetStatus;
    const answer = { fleet: 'f', verb: 'status', removed: [], outcomes: [], status, sealed: null } as const;
    const text = fittedTo(window, statusText(answer, columns));
    expect(tooLong(text, columns)).toEqual([]);
    expect(text).toMatch(/\n fe-01 .* 15\/15 +3 .* 100 %, aged\n/);
    expect(text.includes('incumbent ')).toBe(columns >= 60);
  });
});

test('a pipe is told a line for each thing, however long', () => {
  const long = `${'word '.repeat(60)}end`;
  expect(fittedTo({}, long)).toBe(long);
  expect(
    accountOn(undefined)
      .split('\n')
      .some((line) => line.length > 140),
  ).toBe(true);
});
