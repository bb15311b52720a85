/**
 * One back-end of an arm over time: what its kernel counted, what it appended, what it answered when asked directly.
 * Columns share the arm's grid, and a back-end keeps its row through restarts, as front-ends do.
 */
import type { BackEndState } from '@fleetfall/protocol/member-state.ts';
import { addColumns, type Columns, decodeColumns, encodeColumns, type Grid, put, type Rule } from './grid.ts';

const COLUMNS = {
  /** `pids.current`. */
  tasks: 'most',
  /** `pids.max`. */
  limit: 'last',
  /** Records appended, and appends that failed, since the reading before. */
  appended: 'sum',
  failedAppends: 'sum',
  /** How long a direct probe took, and whether it was acknowledged: 1 or 0. */
  probeMs: 'most',
  probeOk: 'least',
} as const satisfies Record<string, Rule>;
export type BackEndField = keyof typeof COLUMNS;

export interface BackEnd {
  readonly id: string;
  readonly columns: Columns<BackEndField>;
  /** What its counters stood at when last read, and in which life: another one counts from zero. */
  read: { readonly life: string; readonly appended: number; readonly failedAppends: number } | null;
  /** When its lives ended, monotonic. */
  readonly endedMs: number[];
}

/** {@link BackEnd} as it is written into a report. */
export type BackEndText = Omit<BackEnd, 'columns'> & {
  readonly columns: Readonly<Record<BackEndField, string>>;
};

export function makeBackEnd(grid: Grid, id: string): BackEnd {
  return { id, columns: addColumns(grid, COLUMNS), read: null, endedMs: [] };
}

/** What it told of itself. */
export function heedBackEnd(backEnd: BackEnd, cell: number, state: BackEndState): void {
  const { columns, read } = backEnd;
  const { kernel, appended, failedAppends, incarnation: life } = state;
  if (kernel !== null) {
    put(columns.tasks, cell, kernel.tasks);
    if (kernel.limit !== null) put(columns.limit, cell, kernel.limit);
  }
  const before = read?.life === life ? read : { appended: 0, failedAppends: 0 };
  put(columns.appended, cell, appended - before.appended);
  put(columns.failedAppends, cell, failedAppends - before.failedAppends);
  backEnd.read = { life, appended, failedAppends };
}

/** What a direct probe came to. */
export function heedProbe({ columns }: BackEnd, cell: number, tookMs: number, ok: boolean): void {
  put(columns.probeMs, cell, tookMs);
  put(columns.probeOk, cell, ok ? 1 : 0);
}

export function encodeBackEnd(grid: Grid, backEnd: BackEnd): BackEndText {
  return { ...backEnd, columns: encodeColumns(grid, backEnd.columns) };
}

export function decodeBackEnd(grid: Grid, text: BackEndText): BackEnd {
  const backEnd = { ...makeBackEnd(grid, text.id), read: text.read, endedMs: [...text.endedMs] };
  decodeColumns(grid, backEnd.columns, text.columns);
  return backEnd;
}
