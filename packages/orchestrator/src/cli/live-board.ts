/**
 * What stands below the account on a terminal while an arm goes on: the phase that runs, those ahead of it, and a row
 * for each cohort. What a narrow window has no room for is left out whole: columns from the right, of the phase that
 * runs what matters least. Phases that a low window has no room for are put onto one line. Pure.
 */
import type { Phase } from '@fleetfall/journal/records.ts';
import { COHORTS, type CohortFold, type CohortStatus } from './cohort-status.ts';
import type { BoardLine } from './terminal-board.ts';

/** Something that is told of the fleet. */
export interface Part {
  readonly text: string;
  /** The most of it that a narrow window has room for, before it is left out. */
  readonly short?: string;
  /** What has the highest is shortened, then left out first; 0 stays. */
  readonly rank: number;
}

export interface LivePhase {
  /** null between two. */
  readonly phase: Phase | null;
  /** How long it has run. */
  readonly runsMs: number;
  /** How the fleet stands, in the order in which it is told. */
  readonly parts: readonly Part[];
  readonly ahead: readonly Phase[];
}

export interface Room {
  readonly columns: number;
  readonly rows: number;
}

/** Lines that are left to what was said before. */
const ROWS_ABOVE = 3;
const NAME_WIDTH = 13;

interface TableColumn {
  readonly head: string;
  readonly width: number;
  readonly text: (status: CohortStatus) => string;
}

const COLUMNS: readonly TableColumn[] = [
  { head: 'members', width: 7, text: ({ members }) => String(members) },
  {
    head: 'tasks/limit',
    width: 13,
    text: ({ tasks, limit }) => (tasks === null ? '–' : `${range(tasks)}/${limit ?? '∞'}`),
  },
  {
    head: 'goodput',
    width: 15,
    text: ({ served }) =>
      served?.share == null ? '–' : `${Math.floor(served.share * 100)} % ${Math.round(served.okPerSecond)}/s`,
  },
  { head: 'refused', width: 9, text: ({ refused }) => (refused === null ? '–' : String(refused)) },
  {
    head: 'oldest map',
    width: 12,
    text: ({ mapAgeMs }) => (mapAgeMs === null ? '–' : `${(mapAgeMs / 1_000).toFixed(1)} s`),
  },
];

const range = ([least, most]: readonly [number, number]): string =>
  least === most ? String(most) : `${least}–${most}`;

/** The lines of the board, as many as there is room for: of the phase that runs at the least. */
export function boardLines(
  { phase, runsMs, parts, ahead }: LivePhase,
  cohorts: CohortFold,
  { columns, rows }: Room,
): BoardLine[] {
  const running: BoardLine[] =
    phase === null ? [] : [{ text: runningLine(phase, runsMs, parts, columns), style: 'bold' }];
  const list = ahead.map((name): BoardLine => ({ text: `·${name}`, style: 'dim' }));
  const short: BoardLine[] = ahead.length === 0 ? [] : [{ text: thenLine(ahead, columns), style: 'dim' }];
  const table = tableLines(cohorts, columns);
  const room = rows - ROWS_ABOVE;
  const layouts = [
    [...running, ...list, ...table],
    [...running, ...short, ...table],
    [...running, ...short],
  ];
  return layouts.find((lines) => lines.length <= room) ?? running;
}

/** Of the phase that runs, with as much of how the fleet stands as there is room for. */
function runningLine(phase: Phase, runsMs: number, parts: readonly Part[], columns: number): string {
  const took = `${(runsMs / 1_000).toFixed(1)} s`;
  /** Without the room that keeps figures below one another. */
  const tight = (shown: readonly Part[]): string =>
    [`▸${phase}`, ...shown.map(({ text }) => text.trim()), took].join('  ');
  const ranks = [...new Set(parts.map(({ rank }) => rank))].filter((rank) => rank > 0);
  let shown = parts;
  for (const rank of ranks.toSorted((one, other) => other - one)) {
    if (tight(shown).length < columns) break;
    shown = shown.map((part) => (part.rank === rank ? { ...part, text: part.short ?? part.text } : part));
    if (tight(shown).length < columns) break;
    shown = shown.filter((part) => part.rank !== rank);
  }
  const even = [`▸${phase.padEnd(NAME_WIDTH)} ${shown.map(({ text }) => text).join('  ')}`, took].join('  ');
  return even.length < columns ? even : tight(shown);
}

/** The phases ahead that there is room for. */
function thenLine(ahead: readonly Phase[], columns: number): string {
  const lineOf = (count: number): string =>
    `·then ${ahead.slice(0, count).join(', ')}${count < ahead.length ? ', …' : ''}`;
  let count = ahead.length;
  while (count > 1 && lineOf(count).length >= columns) count -= 1;
  return lineOf(count);
}

function tableLines(cohorts: CohortFold, columns: number): BoardLine[] {
  let width = NAME_WIDTH + 1;
  const fitting = COLUMNS.filter((column) => {
    width += column.width + 1;
    return width < columns;
  });
  const rows = COHORTS.map((cohort) => ({ cohort, status: cohorts.statusOf(cohort) })).filter(
    ({ status }) => status.members > 0,
  );
  if (rows.length === 0 || fitting.length === 0) return [];
  const line = (name: string, textOf: (column: TableColumn) => string): string =>
    ` ${name.padEnd(NAME_WIDTH)}${fitting.map((column) => ` ${textOf(column).padStart(column.width)}`).join('')}`;
  return [
    { text: line('', ({ head }) => head), style: 'dim' },
    ...rows.map(({ cohort, status }) => ({ text: line(`${cohort}s`, ({ text }) => text(status)) })),
  ];
}
