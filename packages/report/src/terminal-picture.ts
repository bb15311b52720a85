/**
 * The fall in a few lines of characters, for the end of a run's account: threads against the limit, refusals and
 * goodput in columns of time. Eighth blocks give a row eight levels; no colour, so that it can be piped and pasted.
 */
import { median } from '@fleetfall/claims/quantiles.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { type Cohort, type FallSeries, fallSeries } from './fall-series.ts';

/** In fewer columns nothing can be told apart. */
export const PICTURE_COLUMNS_MIN = 40;
const NAME_WIDTH = 11;
const FIGURE_WIDTH = 9;
const EIGHTHS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/** Marks for few, some and many refused threads in a column, as shares of the fullest column. */
const REFUSAL_MARKS = ['·', '▪', '█'];

/** A column of the picture: a stretch of time. */
interface Column {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Draws the main arm of a run in at most 12 lines of at most `width` characters, each ended by a newline.
 * @param width in characters, 40 or more.
 * @returns one line that says so when the journal has no phases.
 * @throws RangeError when `width` is less than 40.
 */
export function drawFallText(records: readonly JournalRecord[], width: number): string {
  if (!Number.isInteger(width) || width < PICTURE_COLUMNS_MIN) {
    throw new RangeError(
      `Cannot draw into width '${width}': it must be a whole number of ${PICTURE_COLUMNS_MIN} or more characters`,
    );
  }
  const series = fallSeries(records);
  if (series.endMs <= series.beginMs) return 'nothing to draw: the journal has no phases\n';
  const columns = columnsOf(series, width - NAME_WIDTH - FIGURE_WIDTH);
  const offered = series.requests.length === 0 ? 1 : median(series.requests.map((window) => window.offered));
  const limit =
    series.limit ?? Math.max(1, ...series.threads.flatMap(({ points }) => points.map((p) => p.tasks)));
  const threads = (cohort: Cohort, rows: number): string[] => {
    const tasks = columns.map((column) => threadsIn(series, cohort, column));
    const highest = Math.max(0, ...tasks);
    return bars(
      rows,
      tasks.map((count) => count / limit),
    ).map((bar, row) =>
      line(
        row === 0 ? `${cohort}s` : row === 1 ? ' threads' : '',
        bar,
        row === 0 ? `${highest} of ${limit}` : '',
      ),
    );
  };
  const ok = columns.map((column) => okIn(series, column) / offered);
  const served = bars(2, ok).map((bar, row) =>
    line(['served', ' requests'][row] ?? '', bar, row === 0 ? `${Math.round(offered)}/s` : '0/s'),
  );
  const lines = [
    line('', phaseRow(series, columns), ''),
    line('front-ends', sizeRow(series, columns), ''),
    // Where no count was read, what is told beside the picture says so.
    ...(series.threads.length === 0
      ? []
      : [
          ...threads('incumbent', 3),
          ...threads('newcomer', 2),
          line('refused', refusalRow(series, columns), 'threads'),
        ]),
    ...served,
    line('', timeRow(series, columns.length), ''),
  ];
  return lines.map((text) => `${text.trimEnd()}\n`).join('');
}

function line(name: string, plot: string, figure: string): string {
  return `${name.padEnd(NAME_WIDTH)}${plot} ${figure}`;
}

function columnsOf({ beginMs, endMs }: FallSeries, count: number): Column[] {
  const widthMs = (endMs - beginMs) / count;
  return Array.from({ length: count }, (_, index) => ({
    fromMs: beginMs + index * widthMs,
    toMs: beginMs + (index + 1) * widthMs,
  }));
}

/** Rows of eighth blocks, the top one first, for shares of the whole height. Anything above nothing is seen. */
function bars(rows: number, shares: readonly number[]): string[] {
  const levels = shares.map((share) => {
    const level = Math.round(Math.min(1, share) * rows * 8);
    return share > 0 ? Math.max(1, level) : 0;
  });
  return Array.from({ length: rows }, (_, row) => {
    const below = (rows - 1 - row) * 8;
    return levels.map((level) => EIGHTHS[Math.max(0, Math.min(8, level - below))] ?? ' ').join('');
  });
}

/** The most threads that a front-end of a cohort was read at in a column, or last before it while it lived. */
function threadsIn({ threads }: FallSeries, cohort: Cohort, { fromMs, toMs }: Column): number {
  return threads.reduce((most, line) => {
    if (line.cohort !== cohort || (line.points.at(-1)?.atMs ?? 0) < fromMs) return most;
    const within = line.points.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
    const known = within.length > 0 ? within : [line.points.findLast(({ atMs }) => atMs < fromMs)];
    return known.reduce((highest, point) => Math.max(highest, point?.tasks ?? 0), most);
  }, 0);
}

/** Requests served a second in a column: the window that covers its middle. */
function okIn({ requests }: FallSeries, { fromMs, toMs }: Column): number {
  const middleMs = (fromMs + toMs) / 2;
  return requests.find(({ beginMs, endMs }) => beginMs <= middleMs && middleMs < endMs)?.ok ?? 0;
}

function refusalRow({ refusals }: FallSeries, columns: readonly Column[]): string {
  const hits = columns.map(({ fromMs, toMs }) =>
    refusals.reduce((sum, tick) => (tick.atMs >= fromMs && tick.atMs < toMs ? sum + tick.hits : sum), 0),
  );
  const most = Math.max(1, ...hits);
  return hits
    .map((count) => {
      if (count === 0) return ' ';
      const place = Math.min(REFUSAL_MARKS.length - 1, Math.floor((count / most) * REFUSAL_MARKS.length));
      return REFUSAL_MARKS[place];
    })
    .join('');
}

/** The phases' names, each from its begin on, cut where the next begins. */
function phaseRow({ phases }: FallSeries, columns: readonly Column[]): string {
  const row = columns.map(() => ' ');
  for (const [index, { phase, beginMs }] of phases.entries()) {
    const from = columnAt(columns, beginMs);
    const nextMs = phases[index + 1]?.beginMs;
    const to = nextMs === undefined ? row.length : columnAt(columns, nextMs);
    const name = phase === 'steady-state' ? 'steady' : phase;
    write(row, from, `│${name.slice(0, Math.max(0, to - from - 1))}`);
  }
  return row.join('');
}

/** The fleet's size each time it is news and there is room for it. */
function sizeRow({ frontEnds, endMs }: FallSeries, columns: readonly Column[]): string {
  const row = columns.map(() => ' ');
  for (const [index, { atMs, count }] of frontEnds.entries()) {
    const from = columnAt(columns, atMs);
    const to = columnAt(columns, frontEnds[index + 1]?.atMs ?? endMs);
    if (to - from > String(count).length && frontEnds[index - 1]?.count !== count)
      write(row, from, String(count));
  }
  return row.join('');
}

function timeRow({ beginMs, endMs }: FallSeries, width: number): string {
  const end = `${Math.round((endMs - beginMs) / 1000)} s`;
  return `0 s${end.padStart(width - 3)}`;
}

function columnAt(columns: readonly Column[], atMs: number): number {
  const index = columns.findIndex(({ toMs }) => atMs < toMs);
  return index < 0 ? columns.length : index;
}

function write(row: string[], from: number, text: string): void {
  for (const [index, character] of [...text].entries()) {
    if (from + index < row.length) row[from + index] = character;
  }
}
