/**
 * The upper panel: threads of every front-end, a line each, climbing to `pids.max`, and above it a mark wherever
 * the kernel refused one. Task counts are whole and members move alike, so lines are set apart by a hair
 * downwards; none is drawn above what it was.
 */
import { OUTAGE_BELOW } from '@fleetfall/claims/arm-outcome.ts';
import { counted } from '@fleetfall/claims/figures.ts';
import type { GoodputByStage } from '@fleetfall/claims/goodput.ts';
import type { FallSeries, ThreadLine } from './fall-series.ts';
import { LAYOUT } from './fall-style.ts';
import { element, key, label, roundTicks, scale, tenth } from './svg.ts';

/** How far all lines of one count are spread, in threads. */
const SPREAD_THREADS = 0.6;
/** Threads below the lowest line. */
const ROOM_BELOW_THREADS = 2;
/** The rows of refusals above the limit: all of them, one at most, and how much of one its mark fills, in pixels. */
const ROWS_HEIGHT = 42;
const ROW_PITCH_MAX = 5;
const MARK_SHARE = 0.8;

/** Draws the panel. `x` places a moment. */
export function drawThreads(
  series: FallSeries,
  goodput: GoodputByStage,
  x: (atMs: number) => number,
): string {
  const { top, bottom } = LAYOUT.threads;
  const title = label(LAYOUT.left + 8, top + 10, 'threads of each front-end', { class: 'title' });
  const counts = series.threads.flatMap(({ points }) => points.map(({ tasks }) => tasks));
  if (counts.length === 0) {
    return title + label(LAYOUT.left + 8, top + 30, 'no task count was read', { class: 'quiet' });
  }
  const highest = series.limit ?? counts.reduce((most, count) => Math.max(most, count));
  const lowest = Math.max(0, counts.reduce((least, count) => Math.min(least, count)) - ROOM_BELOW_THREADS);
  const y = scale([lowest, highest], [bottom, top + LAYOUT.aboveLimit]);
  const rowOf = new Map(
    [...new Set(series.threads.map(({ memberId }) => memberId))].map((id, row) => [id, row]),
  );
  const hair = SPREAD_THREADS / rowOf.size;
  const lines = (cohort: ThreadLine['cohort']): string =>
    series.threads
      .filter((line) => line.cohort === cohort)
      .map((line) => drawLine(line, x, (tasks) => y(tasks - (rowOf.get(line.memberId) ?? 0) * hair)))
      .join('');
  return [
    ...roundTicks(lowest, highest, 8).map((tasks) => drawGridLine(y(tasks), String(tasks))),
    lines('incumbent'),
    lines('newcomer'),
    series.limit === null ? '' : drawLimit(series.limit, y(series.limit)),
    drawRefusals(series, rowOf, x, y(highest)),
    drawRelief(series, goodput, x, y),
    title,
    drawKey(series),
  ].join('');
}

/** A rule across a panel with its value at the left. */
export function drawGridLine(y: number, text: string): string {
  return (
    element('line', { x1: LAYOUT.left, x2: LAYOUT.right, y1: y, y2: y, class: 'rule' }) +
    label(LAYOUT.left - 8, y + 4, text, { class: 'end quiet' })
  );
}

function drawLine(
  { points, cohort }: ThreadLine,
  x: (atMs: number) => number,
  y: (tasks: number) => number,
): string {
  let path = '';
  let drawnTasks: number | undefined;
  for (const [index, { atMs, tasks }] of points.entries()) {
    const isLast = index === points.length - 1;
    if (tasks === drawnTasks && !isLast) continue;
    path +=
      drawnTasks === undefined
        ? `M${tenth(x(atMs))} ${tenth(y(tasks))}`
        : `H${tenth(x(atMs))}${tasks === drawnTasks ? '' : `V${tenth(y(tasks))}`}`;
    drawnTasks = tasks;
  }
  return element('path', { d: path, class: `line ${cohort}` });
}

function drawLimit(limit: number, y: number): string {
  return (
    element('line', { x1: LAYOUT.left, x2: LAYOUT.right, y1: y, y2: y, class: 'limit' }) +
    label(LAYOUT.left + 8, y - 6, `pids.max ${limit}`, { class: 'note' })
  );
}

/** A row above the limit for each front-end, a mark in it for each reading that found threads refused. */
function drawRefusals(
  { firstRefusal, refusals }: FallSeries,
  rowOf: ReadonlyMap<string, number>,
  x: (atMs: number) => number,
  limitY: number,
): string {
  if (firstRefusal === null) return '';
  const pitch = Math.min(ROW_PITCH_MAX, ROWS_HEIGHT / Math.max(1, rowOf.size));
  const rowY = (memberId: string): number => limitY - 6 - pitch * (rowOf.get(memberId) ?? 0);
  const marks = refusals.map(
    ({ memberId, atMs }) =>
      `M${tenth(x(atMs))} ${tenth(rowY(memberId))}v${tenth(-Math.max(1, pitch * MARK_SHARE))}`,
  );
  const firstX = x(firstRefusal.atMs);
  const line = { x1: firstX, x2: firstX, y1: limitY - ROWS_HEIGHT - 6, y2: LAYOUT.requests.bottom };
  const words = `first thread refused: ${firstRefusal.frontEnds} front-ends`;
  return (
    element('line', { ...line, class: 'moment' }) +
    element('path', { d: marks.join(''), class: 'line refused' }) +
    label(firstX - 8, limitY - ROWS_HEIGHT + 4, words, { class: 'end note refused-text' })
  );
}

/** Says what the removal shows where it shows it: threads are to be had again, and service is not back. */
function drawRelief(
  { limit, phases, threads }: FallSeries,
  goodput: GoodputByStage,
  x: (atMs: number) => number,
  y: (tasks: number) => number,
): string {
  const removal = phases.find(({ phase }) => phase === 'removal');
  if (removal === undefined || limit === null || goodput.afterRemoval === null) return '';
  const atItsEnd = threads.flatMap(({ points }) => {
    const last = points.findLast(({ atMs }) => atMs <= removal.endMs);
    return last !== undefined && last.atMs >= (removal.beginMs + removal.endMs) / 2 ? [last.tasks] : [];
  });
  const most = Math.max(0, ...atItsEnd);
  if (most === 0 || most >= limit || goodput.afterRemoval.fraction >= OUTAGE_BELOW) return '';
  const centre = (x(removal.beginMs) + x(removal.endMs)) / 2;
  return (
    label(centre, y(most) + 26, 'below the limit again,', { class: 'note middle' }) +
    label(centre, y(most) + 42, 'still not serving', { class: 'note middle' })
  );
}

function drawKey({ threads, refusals }: FallSeries): string {
  const membersOf = (cohort: ThreadLine['cohort']): number =>
    new Set(threads.filter((line) => line.cohort === cohort).map(({ memberId }) => memberId)).size;
  const refused = refusals.reduce((sum, { hits }) => sum + hits, 0);
  return key(LAYOUT.right - 8, LAYOUT.threads.top + 10, [
    { mark: '■', drawnAs: 'key-incumbent', text: counted(membersOf('incumbent'), 'incumbent') },
    { mark: '■', drawnAs: 'key-newcomer', text: counted(membersOf('newcomer'), 'newcomer') },
    { mark: '■', drawnAs: 'key-refused', text: `${counted(refused, 'thread')} refused by the kernel` },
  ]);
}
