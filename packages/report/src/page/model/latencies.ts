/**
 * How long requests took, as a density: how many of each load window fell into each bin of a log scale, those that ended
 * well and those that did not apart. Made from the histograms that the load keeps of every window, which lose nothing:
 * requests of windows and of bins are added up.
 */
import { bucketsIn } from '@fleetfall/journal/histogram.ts';
import {
  CLIENT_ERROR_OUTCOME,
  type HistogramCounts,
  type LoadHistograms,
  UNANSWERED_OUTCOMES,
} from '@fleetfall/protocol/load-stdio.ts';
import { type Cells, decodeCells, encodeCells } from './columns.ts';

/** A bin is a tenth of a decade: some five pixels of a plot, and far wider than a histogram's bucket. */
const BINS_PER_DECADE = 10;
/** What took less than 10 µs lies in the first bin. */
const BIN_FIRST = -2 * BINS_PER_DECADE;

/** `failed` is what was answered by an error; what nobody answered took as long as the load waited for it. */
export const ENDINGS = ['served', 'failed', 'unanswered'] as const;
export type Ending = (typeof ENDINGS)[number];

/** Requests of one bin that ended alike, by load window. */
export interface LatencyColumn {
  readonly ending: Ending;
  /** Which one: see {@link binSpanMs}. */
  readonly bin: number;
  cells: Cells;
}

/** {@link LatencyColumn} as it is written into a report. */
export interface LatencyColumnText {
  readonly ending: Ending;
  readonly bin: number;
  readonly cells: string;
}

/** What a bin spans, in milliseconds. */
export function binSpanMs(bin: number): readonly [number, number] {
  return [10 ** (bin / BINS_PER_DECADE), 10 ** ((bin + 1) / BINS_PER_DECADE)];
}

/** Lays the requests of a window into its row. A window of a journal of before histograms were kept has none. */
export function addLatencies(
  columns: LatencyColumn[],
  row: number,
  histograms: LoadHistograms | undefined,
): void {
  if (histograms === undefined) return;
  lay(columns, row, 'served', histograms.latency);
  for (const { outcome, latency } of histograms.series ?? []) {
    if (outcome === 'ok') continue;
    const wasAnswered = outcome !== CLIENT_ERROR_OUTCOME && !UNANSWERED_OUTCOMES.has(outcome);
    lay(columns, row, wasAnswered ? 'failed' : 'unanswered', latency);
  }
}

export function encodeLatencies(columns: readonly LatencyColumn[]): LatencyColumnText[] {
  return columns.map(({ ending, bin, cells }) => ({ ending, bin, cells: encodeCells(cells) }));
}

/** @param length how many windows there are. */
export function decodeLatencies(columns: readonly LatencyColumnText[], length: number): LatencyColumn[] {
  return columns.map(({ ending, bin, cells }) => ({ ending, bin, cells: decodeCells(cells, length) }));
}

function lay(columns: LatencyColumn[], row: number, ending: Ending, counts: HistogramCounts): void {
  for (const { middleMs, count } of bucketsIn(counts)) {
    const bin = Math.max(BIN_FIRST, Math.floor(Math.log10(middleMs) * BINS_PER_DECADE));
    let column = columns.find((known) => known.ending === ending && known.bin === bin);
    if (column === undefined) {
      column = { ending, bin, cells: [] };
      columns.push(column);
    }
    while (column.cells.length < row) column.cells.push(null);
    column.cells[row] = (column.cells[row] ?? 0) + count;
  }
}
