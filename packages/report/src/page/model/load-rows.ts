/**
 * What users got, window by window of the load: requests by how they ended and where, and how long they took. When
 * there are too many windows, neighbours become one: counts are added up, and of quantiles the worse one stands,
 * since they cannot be added.
 */
import { wentToKnown } from '@fleetfall/claims/load-evidence.ts';
import type { LoadRecord } from '@fleetfall/protocol/load-stdio.ts';
import { kindOf, NOT_SENT } from '../../error-kinds.ts';
import { type Cells, decodeCells, encodeCells } from './columns.ts';
import { CELLS_MAX } from './grid.ts';
import {
  addLatencies,
  decodeLatencies,
  encodeLatencies,
  type LatencyColumn,
  type LatencyColumnText,
} from './latencies.ts';

/** Bars are cut at so many times what was offered: a backlog that is answered at once would flatten the rest. */
const CUT_AT = 1.6;

export type LoadWindowRecord = Extract<LoadRecord, { kind: 'load' }>;

const SUMS = ['windowMs', 'offered', 'sent', 'dropped'] as const;
const WORST = ['inFlight', 'p50Ms', 'p99Ms', 'maxMs'] as const;
type Field = (typeof SUMS)[number] | (typeof WORST)[number];
const DIGITS: Partial<Record<Field, number>> = { windowMs: 1, p50Ms: 2, p99Ms: 2, maxMs: 2 };

/** Of which front-end a request was is not known: none had it, or a balancer chose. */
export const NO_COHORT = 'none';

/** Requests that ended alike at one cohort. */
export interface OutcomeColumn {
  /** Or {@link NO_COHORT}. */
  readonly cohort: string;
  /** `ok`, or a kind of error. */
  readonly kind: string;
  cells: Cells;
}

export interface LoadRows extends Record<Field, Cells> {
  /** When each window ended, monotonic. */
  endMs: number[];
  readonly outcomes: OutcomeColumn[];
  latencies: LatencyColumn[];
}

/** {@link LoadRows} as it is written into a report. */
export interface LoadRowsText {
  readonly length: number;
  readonly endMs: string;
  readonly fields: Readonly<Record<Field, string>>;
  readonly outcomes: readonly { readonly cohort: string; readonly kind: string; readonly cells: string }[];
  readonly latencies: readonly LatencyColumnText[];
}

export function makeLoadRows(): LoadRows {
  const empty = Object.fromEntries([...SUMS, ...WORST].map((field) => [field, []])) as unknown as Record<
    Field,
    Cells
  >;
  return { ...empty, endMs: [], outcomes: [], latencies: [] };
}

/** Appends a window. */
export function addWindow(rows: LoadRows, endMs: number, window: LoadWindowRecord): void {
  if (rows.endMs.length >= 2 * CELLS_MAX) halve(rows);
  const index = rows.endMs.length;
  rows.endMs.push(endMs);
  const { windowMs, offered, sent, dropped, inFlight, latencyMs } = window;
  rows.windowMs.push(windowMs);
  rows.offered.push(offered);
  rows.sent.push(sent);
  rows.dropped.push(dropped);
  rows.inFlight.push(inFlight);
  rows.p50Ms.push(latencyMs?.p50 ?? null);
  rows.p99Ms.push(latencyMs?.p99 ?? null);
  rows.maxMs.push(latencyMs?.max ?? null);
  for (const ended of window.outcomes) {
    const { cohort, outcome, reason, count } = ended;
    tally(rows, index, wentToKnown(ended) ? cohort : NO_COHORT, kindOf(outcome, reason), count);
  }
  if (dropped > 0) tally(rows, index, NO_COHORT, NOT_SENT, dropped);
  addLatencies(rows.latencies, index, window.histograms);
}

/** Requests a second of one column's cell. */
export function perSecond(rows: LoadRows, index: number, count: number): number {
  const windowMs = rows.windowMs[index] ?? 0;
  return windowMs === 0 ? 0 : (count * 1000) / windowMs;
}

/** Requests in a window that a choice of columns counts. */
export function countIn(rows: LoadRows, index: number, chosen: (column: OutcomeColumn) => boolean): number {
  return rows.outcomes.reduce((sum, column) => (chosen(column) ? sum + (column.cells[index] ?? 0) : sum), 0);
}

/** The most that a picture of requests a second has to show. */
export function mostShown(load: LoadRows): number {
  const offered = load.endMs.map((_, index) => perSecond(load, index, load.offered[index] ?? 0));
  const ended = load.endMs.map((_, index) =>
    perSecond(
      load,
      index,
      countIn(load, index, () => true),
    ),
  );
  const highest = ended.reduce((most, rate) => Math.max(most, rate), 1);
  return Math.min(highest, CUT_AT * offered.reduce((most, rate) => Math.max(most, rate), 1));
}

/** How often each kind was met, `ok` among them. */
export function totalsByKind(rows: LoadRows): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { kind, cells } of rows.outcomes) {
    totals.set(
      kind,
      cells.reduce<number>((sum, cell) => sum + (cell ?? 0), totals.get(kind) ?? 0),
    );
  }
  return totals;
}

export function encodeLoadRows(rows: LoadRows): LoadRowsText {
  const { length } = rows.endMs;
  const fields = Object.fromEntries(
    [...SUMS, ...WORST].map((field) => [field, encodeCells(rows[field], DIGITS[field])]),
  ) as Record<Field, string>;
  const outcomes = rows.outcomes.map(({ cohort, kind, cells }) => ({
    cohort,
    kind,
    cells: encodeCells(padded(cells, length)),
  }));
  for (const column of rows.latencies) padded(column.cells, length);
  const latencies = encodeLatencies(rows.latencies);
  return { length, endMs: encodeCells(rows.endMs, 1), fields, outcomes, latencies };
}

export function decodeLoadRows({ length, endMs, fields, outcomes, latencies }: LoadRowsText): LoadRows {
  const rows = makeLoadRows();
  rows.endMs = decodeCells(endMs, length).map(Number);
  for (const field of [...SUMS, ...WORST]) rows[field] = decodeCells(fields[field], length);
  for (const { cohort, kind, cells } of outcomes) {
    rows.outcomes.push({ cohort, kind, cells: decodeCells(cells, length) });
  }
  rows.latencies = decodeLatencies(latencies, length);
  return rows;
}

function tally(rows: LoadRows, index: number, cohort: string, kind: string, count: number): void {
  let column = rows.outcomes.find((known) => known.cohort === cohort && known.kind === kind);
  if (column === undefined) {
    column = { cohort, kind, cells: [] };
    rows.outcomes.push(column);
  }
  column.cells = padded(column.cells, index);
  column.cells[index] = (column.cells[index] ?? 0) + count;
}

function padded(cells: Cells, length: number): Cells {
  while (cells.length < length) cells.push(null);
  return cells;
}

function halve(rows: LoadRows): void {
  const count = rows.endMs.length;
  rows.endMs = rows.endMs.filter((_, index) => index % 2 === 1 || index === count - 1);
  for (const field of SUMS) rows[field] = pairs(padded(rows[field], count), (a, b) => a + b);
  for (const field of WORST) rows[field] = pairs(padded(rows[field], count), Math.max);
  for (const column of [...rows.outcomes, ...rows.latencies])
    column.cells = pairs(padded(column.cells, count), (a, b) => a + b);
}

function pairs(cells: Cells, together: (first: number, second: number) => number): Cells {
  const half: Cells = [];
  for (let index = 0; index < cells.length; index += 2) {
    const [first, second] = [cells[index] ?? null, cells[index + 1] ?? null];
    half.push(first === null || second === null ? (first ?? second) : together(first, second));
  }
  return half;
}
