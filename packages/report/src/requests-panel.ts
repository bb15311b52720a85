/**
 * The lower panel: requests a second by how they ended, stacked, against what was offered. What lies between the
 * stack and the offered line was still hanging.
 */
import { percent } from '@fleetfall/claims/figures.ts';
import type { GoodputByStage } from '@fleetfall/claims/goodput.ts';
import type { Phase } from '@fleetfall/journal/records.ts';
import type { FallSeries, RequestWindow } from './fall-series.ts';
import { ERROR_CLASSES, LAYOUT } from './fall-style.ts';
import { element, key, label, roundTicks, scale, tenth } from './svg.ts';
import { drawGridLine } from './threads-panel.ts';

/** Room above the highest rate, as a share of it. */
const ROOM_ABOVE = 0.12;
/**
 * What is drawn at most, in terms of the highest offered rate. A fleet that comes back answers at once all that
 * hung: drawn in full, that one spike would flatten the rest. It is cut, and its height written beside it.
 */
const DRAWN_MAX = 1.4;
/** Windows further apart than this are not joined: the load stood still between them. */
const GAP_MAX_MS = 1_500;
/** The phases whose goodput is written out. */
const STAGES: readonly (readonly [Phase, keyof GoodputByStage])[] = [
  ['steady-state', 'before'],
  ['outage', 'during'],
  ['removal', 'afterRemoval'],
  ['recovery', 'after'],
];

/** Draws the panel. `x` places a moment. */
export function drawRequests(
  series: FallSeries,
  goodput: GoodputByStage,
  x: (atMs: number) => number,
): string {
  const { top, bottom } = LAYOUT.requests;
  const title = label(LAYOUT.left, top - 12, 'requests a second', { class: 'title', dx: 8 });
  const offeredMax = series.requests.reduce((most, { offered: rate }) => Math.max(most, rate), 0);
  const endedMax = series.requests.reduce((most, window) => Math.max(most, ended(window)), 0);
  const cutAt = offeredMax > 0 ? offeredMax * DRAWN_MAX : endedMax;
  const highest = Math.max(offeredMax, Math.min(endedMax, cutAt));
  if (highest === 0)
    return title + label(LAYOUT.left + 8, top + 20, 'no request was made', { class: 'quiet' });

  const y = scale([0, highest * (1 + ROOM_ABOVE)], [bottom, top]);
  const stack = [{ kind: 'ok', drawnAs: 'ok' }, ...errorKeys(series)];
  const amount = (window: RequestWindow, level: number): number =>
    Math.min(cutAt, window.ok + sum(window.errors.slice(0, level)));
  const areas = stack.map(({ drawnAs }, level) => {
    const floor = (window: RequestWindow): number => (level === 0 ? 0 : amount(window, level - 1));
    return element('path', {
      d: runsOf(series.requests)
        .map((run) =>
          area(
            run,
            x,
            (window) => y(amount(window, level)),
            (window) => y(floor(window)),
          ),
        )
        .join(''),
      class: drawnAs,
    });
  });
  const offered = runsOf(series.requests)
    .map((run) => `M${outline(run, x, (window) => y(window.offered))}`)
    .join('');
  return [
    ...roundTicks(0, highest, 4).map((rate) => drawGridLine(y(rate), rate.toLocaleString('en'))),
    ...areas,
    element('path', { d: offered, class: 'offered' }),
    title,
    drawKey(series),
    drawCut(series, cutAt, x, y(cutAt)),
    drawShares(series, goodput, x, y(offeredMax / 2)),
  ].join('');
}

function errorKeys({ errorKinds }: FallSeries): { readonly kind: string; readonly drawnAs: string }[] {
  return errorKinds.map((kind, index) => ({ kind, drawnAs: ERROR_CLASSES[index] ?? 'error-4' }));
}

/** The share served in each stage, in large figures over its phase. */
function drawShares(
  { phases }: FallSeries,
  goodput: GoodputByStage,
  x: (atMs: number) => number,
  middleY: number,
): string {
  return STAGES.map(([phase, stage]) => {
    const span = phases.find((candidate) => candidate.phase === phase);
    const served = goodput[stage];
    if (span === undefined || served === null) return '';
    const centre = (x(span.beginMs) + x(span.endMs)) / 2;
    return (
      label(centre, middleY + 4, percent(served.fraction), { class: 'share middle' }) +
      label(centre, middleY + 22, 'served', { class: 'note middle' })
    );
  }).join('');
}

/** The height of the tallest window that was cut, beside it. */
function drawCut({ requests }: FallSeries, cutAt: number, x: (atMs: number) => number, y: number): string {
  const tallest = requests
    .filter((window) => ended(window) > cutAt)
    .toSorted((left, right) => ended(right) - ended(left))[0];
  if (tallest === undefined) return '';
  const rate = Math.round(ended(tallest)).toLocaleString('en');
  return label(x(tallest.beginMs) - 6, y + 10, `↑ ${rate}`, { class: 'end note' });
}

function drawKey(series: FallSeries): string {
  const kinds = [{ kind: 'served', drawnAs: 'ok' }, ...errorKeys(series)];
  return key(LAYOUT.right - 8, LAYOUT.requests.top - 12, [
    { mark: '—', drawnAs: 'key-offered', text: 'offered' },
    ...kinds.map(({ kind, drawnAs }) => ({ mark: '■', drawnAs, text: kind })),
  ]);
}

/** Windows that follow on one another. */
function runsOf(windows: readonly RequestWindow[]): RequestWindow[][] {
  const runs: RequestWindow[][] = [];
  for (const window of windows) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run === undefined || last === undefined || window.beginMs - last.endMs > GAP_MAX_MS)
      runs.push([window]);
    else run.push(window);
  }
  return runs;
}

/** A step along the tops of windows: the value of a window holds from its begin to its end. */
function outline(
  run: readonly RequestWindow[],
  x: (atMs: number) => number,
  y: (window: RequestWindow) => number,
): string {
  return run
    .map((window, index) => {
      const fromMs = index === 0 ? window.beginMs : (run[index - 1]?.endMs ?? window.beginMs);
      return `${tenth(x(fromMs))} ${tenth(y(window))}H${tenth(x(window.endMs))}`;
    })
    .join('L');
}

function area(
  run: readonly RequestWindow[],
  x: (atMs: number) => number,
  upper: (window: RequestWindow) => number,
  lower: (window: RequestWindow) => number,
): string {
  const back = run
    .map((window, index) => {
      const fromMs = index === 0 ? window.beginMs : (run[index - 1]?.endMs ?? window.beginMs);
      return `${tenth(x(window.endMs))} ${tenth(lower(window))}H${tenth(x(fromMs))}`;
    })
    .toReversed()
    .join('L');
  return `M${outline(run, x, upper)}L${back}Z`;
}

/** All requests a second that ended in a window, however they did. */
function ended({ ok, errors }: RequestWindow): number {
  return ok + sum(errors);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
