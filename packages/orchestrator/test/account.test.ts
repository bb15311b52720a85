import type { Window } from '@fleetfall/claims/load-evidence.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { startAccount } from '@fleetfall/orchestrator/cli/account.ts';
import { BALANCER_ID } from '@fleetfall/protocol/balancer-stdio.ts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { tellRun } from '../../claims/test/journal-builder.ts';

const told = tellRun();
/** As long as a terminal is left as it is. */
const REFRESH_MS = 200;

const ESCAPE = '\u001b[';

/** A terminal as far as the account uses one, and what is seen on it. */
function terminalOf(size: { columns: number; rows?: number }) {
  let screen = [''];
  let row = 0;
  let column = 0;
  const put = (text: string): void => {
    const line = (screen[row] ?? '').padEnd(column);
    screen[row] = line.slice(0, column) + text + line.slice(column + text.length);
    column += text.length;
  };
  /** Text without control sequences, in which lines end. */
  function type(text: string): void {
    for (const [part] of text.matchAll(/[\r\n]|[^\r\n]+/g)) {
      if (part === '\r') column = 0;
      else if (part === '\n') [row, column] = [row + 1, 0];
      else put(part);
      screen[row] ??= '';
    }
  }
  function control(sequence: string): void {
    const [, count = '', verb = ''] = /^(\d*)([A-Za-z])$/.exec(sequence) ?? [];
    if (verb === 'A') row -= Number(count);
    else if (verb === 'K' || verb === 'J') screen[row] = (screen[row] ?? '').slice(0, column);
    else if (verb !== 'm') throw new Error(`no terminal is asked for '${sequence}'`);
    if (verb === 'J') screen.length = row + 1;
  }
  return Object.assign(size, {
    isTTY: true,
    write(text: string) {
      const [plain = '', ...controlled] = text.split(ESCAPE);
      type(plain);
      for (const each of controlled) {
        const end = each.search(/[A-Za-z]/) + 1;
        control(each.slice(0, end));
        type(each.slice(end));
      }
    },
    /** Makes the window narrower, and breaks lines that do not fit any more, as terminals do. */
    narrow(columns: number) {
      size.columns = columns;
      screen = screen.flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, 'g')) ?? ['']);
      row = screen.length - 1;
      column = screen[row]?.length ?? 0;
    },
    seen: () => screen.map((line) => line.trimEnd()),
  });
}

const phaseIndex = (phase: string, event: 'begin' | 'end'): number =>
  told.findIndex((record) => record.kind === 'phase' && record.phase === phase && record.event === event);

describe('on a terminal', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** What stands on a terminal after so many records, each followed by time to be shown. */
  function after(count: number, size: { columns: number; rows?: number }) {
    const terminal = terminalOf(size);
    const account = startAccount(terminal);
    for (const record of told.slice(0, count)) {
      account.heed(record);
      vi.advanceTimersByTime(REFRESH_MS);
    }
    return { terminal, account };
  }

  test('the phases that are over stand above the one that runs, those ahead and the cohorts below it', () => {
    const { terminal, account } = after(phaseIndex('outage', 'end'), { columns: 100, rows: 40 });
    using _shown = account;
    const lines = terminal.seen();
    const at = (begin: string): number => lines.findIndex((line) => line.startsWith(begin));
    expect(at('✓growth')).toBeLessThan(at('✓addition'));
    expect(at('▸outage')).toBeGreaterThan(at('✓addition'));
    expect(lines.slice(at('▸outage') + 1)).toEqual([
      '·removal',
      '·restart',
      '·recovery',
      expect.stringMatching(/^ +members +tasks\/limit +goodput +refused +oldest map$/),
      expect.stringMatching(/^ incumbents +12 +24\/24 +0 % 0\/s +\d+ +\d+\.\d s$/),
      expect.stringMatching(/^ newcomers +\d +24\/24 +0 % 0\/s +\d+ +(\d+\.\d s|–)$/),
    ]);
  });

  test('a cohort is told no goodput of requests that a balancer sent on, nor of a window of a moment', () => {
    const count = phaseIndex('steady-state', 'end');
    const goodputOf = (changed: (window: Window) => Window): (string | undefined)[] => {
      const terminal = terminalOf({ columns: 100, rows: 40 });
      using account = startAccount(terminal);
      for (const record of told.slice(0, count))
        account.heed(
          record.kind === 'load' && record.record.kind === 'load'
            ? { ...record, record: changed(record.record) }
            : record,
        );
      vi.advanceTimersByTime(REFRESH_MS);
      const row = terminal.seen().find((line) => line.startsWith(' incumbents'));
      return /^ incumbents +\d+ +\S+ +(–|\d+ % \d+\/s)/.exec(row ?? '')?.slice(1) ?? [];
    };
    expect(goodputOf((window) => window)).toEqual([expect.stringMatching(/^100 %/)]);
    const through = (window: Window): Window => ({
      ...window,
      outcomes: window.outcomes.map((ended) => ({ ...ended, memberId: BALANCER_ID })),
    });
    expect(goodputOf(through)).toEqual(['–']);
    expect(goodputOf((window) => ({ ...window, windowMs: 1 }))).toEqual(['–']);
  });

  test('nothing but what was said is left at its end', () => {
    const { terminal, account } = after(told.length, { columns: 100 });
    account[Symbol.dispose]();
    const lines = terminal.seen();
    expect(lines.filter((line) => /^[▸·]/.test(line) || line.includes('oldest map'))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('✓'))).toHaveLength(8);
  });

  test.each([
    [12, 40],
    [30, 40],
    [60, 10],
    [100, 7],
    [100, 3],
  ])('%i columns and %i rows are never too few', (columns, rows) => {
    const { terminal, account } = after(phaseIndex('outage', 'end'), { columns, rows });
    const board = terminal.seen().slice(terminal.seen().findIndex((line) => line.startsWith('▸')));
    expect(board[0]?.startsWith('▸outage')).toBe(true);
    expect(board.length).toBeLessThanOrEqual(Math.max(1, rows - 3));
    for (const line of board) expect(line.length).toBeLessThan(columns);
    account[Symbol.dispose]();
  });

  test('a window that is made narrower while it runs loses no line that was said, and gets no board twice', () => {
    const { terminal, account } = after(phaseIndex('outage', 'end'), { columns: 100, rows: 40 });
    account.say('said before');
    terminal.narrow(50);
    vi.advanceTimersByTime(REFRESH_MS);
    account.say('said after');
    const lines = terminal.seen();
    expect(lines.indexOf('said after')).toBe(lines.indexOf('said before') + 1);
    expect(lines.filter((line) => line.startsWith('▸outage'))).toHaveLength(1);
    account[Symbol.dispose]();
  });
});

test('into a pipe there is a line for each thing that happened, and no control character', () => {
  let text = '';
  using account = startAccount({ write: (more) => (text += more) });
  for (const record of told as readonly JournalRecord[]) account.heed(record);
  expect(text).not.toContain('\u001b');
  expect(
    text.split('\n').filter((line) => /^ (growth|addition|outage|removal|restart|recovery) /.test(line)),
  ).toHaveLength(6);
  expect(text).not.toContain('oldest map');
});

test('a hold that goes on for want of evidence is said, with the reason', () => {
  let text = '';
  using account = startAccount({ write: (more) => (text += more) });
  const holding = phaseIndex('outage', 'begin') + 1;
  for (const record of told.slice(0, holding)) account.heed(record);
  account.heed({
    monoMs: 0,
    atMs: 0,
    arm: 'main',
    kind: 'held-again',
    reason: 'the load told of no window',
  });
  expect(text).toMatch(/\n held again: the load told of no window\n$/);
});
