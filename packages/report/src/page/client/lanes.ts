/**
 * Every front-end in a row of its own over time: whether it could route, when the kernel refused it threads, when
 * it was started, restarted, taken out or died. Rows of old servers and of new ones show the same fall.
 */
import type { ArmModel } from '../model/arm-model.ts';
import type { Moment } from '../page-data.ts';
import { hatch, penOf } from './canvas.ts';
import type { Clock } from './clock.ts';
import type { Colour } from './palette.ts';
import { type DrawnPlot, GUTTER } from './plot.ts';
import { makeFrame, makeKey } from './plot-frame.ts';
import { DOWN_TINT } from './plot-marks.ts';
import type { PlotKey } from './plot-spec.ts';
import { cellOf, countsThreads, isDown, listed, type Standing, standingAt } from './reading.ts';
import { colour, faded } from './theme.ts';

const ROW_PX = { few: 17, many: 9 } as const;
/** From so many front-ends on rows are thin and only some are named. */
const MANY = 24;
const AXIS_PX = 24;

export const STANDING_COLOUR: Readonly<Record<Standing, Colour>> = {
  routing: 'fresh',
  'at-limit': 'limit',
  aged: 'failed',
  missing: 'missing',
};

/** The fill of a standing: what cannot route is hatched too. */
export function standingFill(pen: CanvasRenderingContext2D, standing: Standing): CanvasPattern | string {
  const plain = colour(STANDING_COLOUR[standing]);
  return standing === 'aged' ? hatch(pen, plain, faded(colour('ground'), 0.45)) : plain;
}

export function drawLanes(
  parent: HTMLElement,
  arm: ArmModel,
  moments: readonly Moment[],
  clock: Clock,
): DrawnPlot {
  const { figure, body } = makeFrame(
    parent,
    'lanes',
    'Every front-end',
    'A row each. Ticks are threads that the kernel refused it; a triangle is a start, a bar a restart, a cross its end.',
  );
  const key = makeKey(figure, standingKeys(arm), () => clock.nowMs);
  const canvas = document.createElement('canvas');
  canvas.setAttribute('role', 'img');
  canvas.setAttribute(
    'aria-label',
    'Every front-end over time. The table below the mesh tells the same for one moment.',
  );
  const nowLine = document.createElement('div');
  nowLine.className = 'now-line in-lanes';
  body.append(canvas, nowLine);
  body.classList.add('lanes');

  const rows = listed(arm);
  const rowPx = arm.frontEnds.length > MANY ? ROW_PX.many : ROW_PX.few;
  const rowsPx = arm.frontEnds.length * rowPx;
  const widthPx = (): number => body.clientWidth - GUTTER.left - GUTTER.right;
  const x = (atMs: number): number => {
    const [from, to] = clock.viewMs;
    return GUTTER.left + ((atMs - from) / (to - from)) * widthPx();
  };
  const momentAt = (event: MouseEvent): number => {
    const [from, to] = clock.viewMs;
    const across = event.clientX - body.getBoundingClientRect().left - GUTTER.left;
    return Math.min(to, Math.max(from, from + (across / widthPx()) * (to - from)));
  };
  body.addEventListener('pointermove', (event) => clock.hover(momentAt(event)));
  body.addEventListener('pointerleave', () => clock.hover(null));
  body.addEventListener('click', (event) => clock.set(momentAt(event)));

  function draw(): void {
    const pen = penOf(canvas, body.clientWidth, rowsPx + AXIS_PX);
    if (pen === null) return;
    pen.save();
    pen.beginPath();
    pen.rect(GUTTER.left, 0, widthPx(), rowsPx + AXIS_PX);
    pen.clip();
    arm.phases.forEach((phase, index) => {
      const { beginMs, endMs } = phase;
      if (isDown(arm, phase)) pen.fillStyle = faded(colour('failed'), DOWN_TINT);
      else if (index % 2 === 0) pen.fillStyle = colour('shade');
      else return;
      pen.fillRect(x(beginMs), 0, x(endMs ?? arm.endMs) - x(beginMs), rowsPx);
    });
    for (const { beginMs, endMs } of arm.faults) {
      pen.fillStyle = faded(colour('missing'), 0.16);
      pen.fillRect(x(beginMs), 0, Math.max(1, x(endMs ?? arm.endMs) - x(beginMs)), rowsPx);
    }
    for (const row of rows.keys()) drawRow(pen, row);
    drawEvents(pen);
    pen.strokeStyle = colour('failed');
    pen.setLineDash([4, 3]);
    for (const { atMs } of moments) stroke(pen, x(atMs), 0, x(atMs), rowsPx);
    pen.setLineDash([]);
    pen.restore();
    drawNames(pen);
    showNow();
  }

  function drawRow(pen: CanvasRenderingContext2D, row: number): void {
    const frontEnd = rows[row];
    if (frontEnd === undefined) return;
    const { stepMs, beginMs, length } = arm.grid;
    const top = row * rowPx + 1;
    let from = 0;
    let standing: Standing | null = null;
    for (let cell = 0; cell <= length; cell += 1) {
      const now = cell === length ? null : standingAt(arm, frontEnd, cell);
      if (now === standing) continue;
      if (standing !== null) {
        pen.fillStyle = standingFill(pen, standing);
        const left = x(beginMs + from * stepMs);
        pen.fillRect(left, top, x(beginMs + cell * stepMs) - left, rowPx - 2);
      }
      [from, standing] = [cell, now];
    }
    pen.fillStyle = colour('ink');
    frontEnd.columns.refused.cells.forEach((hits, cell) => {
      if ((hits ?? 0) > 0)
        pen.fillRect(x(beginMs + (cell + 0.5) * stepMs) - 0.75, top, 1.5, (rowPx - 2) * 0.6);
    });
  }

  function drawEvents(pen: CanvasRenderingContext2D): void {
    for (const { atMs, event, memberId, role, incarnation } of arm.events) {
      const row = rows.findIndex(({ id }) => id === memberId);
      if (role !== 'front-end' || row < 0) continue;
      const middle = row * rowPx + rowPx / 2;
      const half = Math.min(4, rowPx / 2 - 1);
      const at = x(atMs);
      pen.strokeStyle = pen.fillStyle = colour('ink');
      pen.lineWidth = 1.6;
      if (event === 'started' && incarnation > 1) pen.fillRect(at - 1, middle - rowPx / 2 + 1, 2, rowPx - 2);
      else if (event === 'started') {
        pen.beginPath();
        pen.moveTo(at - 1, middle - half);
        pen.lineTo(at + half, middle);
        pen.lineTo(at - 1, middle + half);
        pen.fill();
      } else {
        stroke(pen, at - half, middle - half, at + half, middle + half);
        stroke(pen, at - half, middle + half, at + half, middle - half);
      }
    }
    pen.lineWidth = 1;
  }

  function drawNames(pen: CanvasRenderingContext2D): void {
    pen.textAlign = 'right';
    const every = rowPx < 12 ? 2 : 1;
    rows.forEach(({ id, cohort }, row) => {
      pen.fillStyle = colour(cohort === 'newcomer' ? 'newcomer' : 'incumbent');
      pen.fillRect(GUTTER.left - 5, row * rowPx + 1, 3, rowPx - 2);
      if (row % every !== 0) return;
      pen.fillStyle = colour('quiet');
      pen.fillText(id, GUTTER.left - 9, row * rowPx + rowPx / 2);
    });
    pen.textAlign = 'center';
    pen.fillStyle = colour('quiet');
    const [from, to] = clock.viewMs;
    const step = niceStep((to - from) / Math.max(2, widthPx() / 90));
    for (let atMs = Math.ceil((from - arm.beginMs) / step) * step; atMs <= to - arm.beginMs; atMs += step) {
      pen.fillText(`${atMs / 1000} s`, x(arm.beginMs + atMs), rowsPx + AXIS_PX / 2);
    }
  }

  function showNow(): void {
    const at = x(clock.nowMs);
    nowLine.hidden = at < GUTTER.left || at > GUTTER.left + widthPx();
    nowLine.style.transform = `translateX(${at}px)`;
    nowLine.style.height = `${rowsPx}px`;
  }
  const resized = new ResizeObserver(draw);
  resized.observe(body);
  draw();
  return {
    show({ view }) {
      if (view) draw();
      else showNow();
      key();
    },
    remove() {
      resized.disconnect();
      figure.remove();
    },
  };
}

/** How many stand how, at the moment. */
function standingKeys(arm: ArmModel): PlotKey[] {
  const texts: readonly (readonly [Standing, string])[] = [
    ['routing', 'can route'],
    ['at-limit', 'at its limit'],
    ['aged', 'map out of date'],
    ['missing', 'no map yet'],
  ];
  return texts.map(([standing, text]) => ({
    mark: 'area',
    colour: STANDING_COLOUR[standing],
    text,
    valueAt: (atMs) => {
      if (standing === 'at-limit' && !countsThreads(arm)) return '–';
      const cell = cellOf(arm, atMs);
      return String(arm.frontEnds.filter((each) => standingAt(arm, each, cell) === standing).length);
    },
  }));
}

function stroke(pen: CanvasRenderingContext2D, fromX: number, fromY: number, toX: number, toY: number): void {
  pen.beginPath();
  pen.moveTo(fromX, fromY);
  pen.lineTo(toX, toY);
  pen.stroke();
}

function niceStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= raw) ?? raw;
}
