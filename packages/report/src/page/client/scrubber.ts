/**
 * The slider over a small map of the run: phases by name, requests served and failed, faults. It moves the clock
 * and follows it, by pointer and by keys.
 */
import { counted } from '@fleetfall/claims/figures.ts';
import { phaseName } from '../arm-names.ts';
import type { ArmModel } from '../model/arm-model.ts';
import { countIn, mostShown } from '../model/load-rows.ts';
import { penOf } from './canvas.ts';
import type { Clock } from './clock.ts';
import { element } from './page-element.ts';
import { GUTTER } from './plot.ts';
import { cellOf, phaseAt, ratesAt, readAt, refusedUpTo, sizeAt } from './reading.ts';
import { colour, faded, font } from './theme.ts';

const HEIGHT_PX = 50;
const NAMES_PX = 18;
/** Of fewer cells there is nothing to be seen. */
const VIEW_CELLS_MIN = 8;

export interface Scrubber {
  show(): void;
  /** Draws the map anew, of another arm or in other colours. */
  draw(arm: ArmModel): void;
}

export function makeScrubber(clock: Clock): Scrubber {
  const slider = element<HTMLInputElement>('time');
  const play = element<HTMLButtonElement>('play');
  const readout = element('readout');
  const map = element<HTMLCanvasElement>('minimap');
  let shown: ArmModel | null = null;

  slider.addEventListener('input', () => clock.set(clock.spanMs[0] + Number(slider.value)));
  slider.addEventListener('keydown', (event) => {
    if (event.key === ' ') clock.toggle();
    else if (event.key === 'PageDown') clock.set(nextPhase(1));
    else if (event.key === 'PageUp') clock.set(nextPhase(-1));
    else if (event.key === '+') clock.zoom(viewTimes(0.5));
    else if (event.key === '-') clock.zoom(viewTimes(2));
    else return;
    event.preventDefault();
  });
  play.addEventListener('click', () => clock.toggle());

  function nextPhase(way: 1 | -1): number {
    const begins = shown?.phases.map(({ beginMs }) => beginMs) ?? [];
    return way === 1
      ? (begins.find((atMs) => atMs > clock.setMs + 1) ?? clock.spanMs[1])
      : (begins.findLast((atMs) => atMs < clock.setMs - 1) ?? clock.spanMs[0]);
  }
  /** The view as many times as long, about the clock's moment; null where that is all of the run. */
  function viewTimes(factor: number): readonly [number, number] | null {
    const [begin, end] = clock.spanMs;
    const [from, to] = clock.viewMs;
    const wide = Math.max((to - from) * factor, VIEW_CELLS_MIN * (shown?.grid.stepMs ?? 1));
    if (wide >= end - begin) return null;
    const left = Math.min(end - wide, Math.max(begin, clock.setMs - wide / 2));
    return [left, left + wide];
  }
  function show(): void {
    if (shown === null) return;
    const [from, to] = clock.spanMs;
    slider.max = String(Math.round(to - from));
    slider.step = String(Math.max(1, Math.round(shown.grid.stepMs)));
    slider.value = String(Math.round(clock.setMs - from));
    const text = momentText(shown, clock.nowMs);
    slider.setAttribute('aria-valuetext', text);
    if (readout.textContent !== text) readout.textContent = text;
    const label = clock.playing ? '❚❚ Pause' : '▶ Replay';
    if (play.textContent !== label) play.textContent = label;
    play.setAttribute('aria-pressed', String(clock.playing));
  }
  function draw(arm: ArmModel): void {
    shown = arm;
    const frame = map.parentElement;
    if (frame !== null) drawMap(map, arm, frame.clientWidth, clock.spanMs);
    show();
  }
  new ResizeObserver(() => {
    if (shown !== null) draw(shown);
  }).observe(map.parentElement as HTMLElement);
  return { show, draw };
}

/** A moment in words and figures. */
export function momentText(arm: ArmModel, atMs: number): string {
  const cell = cellOf(arm, atMs);
  const fullest = fullestAt(arm, cell);
  const refused = arm.frontEnds.reduce((sum, frontEnd) => sum + refusedUpTo(frontEnd, cell), 0);
  const rates = ratesAt(arm, atMs);
  return [
    `${((atMs - arm.beginMs) / 1000).toFixed(1)} s`,
    phaseName(phaseAt(arm, atMs)) || 'between phases',
    counted(sizeAt(arm, atMs), 'front-end'),
    ...(fullest === null
      ? []
      : [`up to ${fullest.tasks}${fullest.limit === null ? '' : ` of ${fullest.limit}`} threads`]),
    ...(rates === null
      ? ['no load']
      : [
          `${Math.round(rates.ok)} served/s`,
          ...(rates.failed > 0 ? [`${Math.round(rates.failed)} failed/s`] : []),
        ]),
    ...(refused > 0 ? [`${counted(refused, 'thread')} refused so far`] : []),
  ].join(' · ');
}

/** The front-end with the most threads, and its limit as the kernel says it: a run may set another. */
function fullestAt(arm: ArmModel, cell: number): { tasks: number; limit: number | null } | null {
  return arm.frontEnds.reduce<{ tasks: number; limit: number | null } | null>((fullest, frontEnd) => {
    const tasks = readAt(arm, frontEnd, 'tasks', cell);
    if (tasks === null || tasks <= (fullest?.tasks ?? -1)) return fullest;
    return { tasks, limit: readAt(arm, frontEnd, 'limit', cell) ?? arm.settings?.pidsMax ?? null };
  }, null);
}

function drawMap(
  canvas: HTMLCanvasElement,
  arm: ArmModel,
  width: number,
  [from, to]: readonly [number, number],
): void {
  const pen = penOf(canvas, width, HEIGHT_PX);
  if (pen === null) return;
  const plotPx = width - GUTTER.left - GUTTER.right;
  const x = (atMs: number): number => GUTTER.left + ((atMs - from) / Math.max(1, to - from)) * plotPx;
  const { load } = arm;
  const bars = load.endMs.map((endMs, index) => {
    const ok = countIn(load, index, ({ kind }) => kind === 'ok');
    const all = countIn(load, index, () => true);
    return { endMs, windowMs: load.windowMs[index] ?? 0, ok, all };
  });
  const most = mostShown(load) / 1000;
  arm.phases.forEach(({ beginMs, endMs, name }, index) => {
    const left = x(beginMs);
    const wide = x(endMs ?? arm.endMs) - left;
    pen.fillStyle = colour(index % 2 === 0 ? 'shade' : 'ground');
    pen.fillRect(left, NAMES_PX, wide, HEIGHT_PX - NAMES_PX);
    pen.fillStyle = colour('quiet');
    pen.font = font(11.5, 600);
    const text = phaseName(name);
    if (pen.measureText(text).width + 6 < wide) pen.fillText(text, left + 3, NAMES_PX / 2);
    pen.fillRect(left, 2, 1, HEIGHT_PX - 2);
  });
  for (const { endMs, windowMs, ok, all } of bars) {
    const left = x(endMs - windowMs);
    const wide = x(endMs) - left + 0.4;
    const tall = (count: number): number =>
      (HEIGHT_PX - NAMES_PX) * Math.min(1, count / Math.max(1, windowMs) / most);
    pen.fillStyle = colour('failed');
    pen.fillRect(left, HEIGHT_PX - tall(all), wide, tall(all) - tall(ok));
    pen.fillStyle = colour('ok');
    pen.fillRect(left, HEIGHT_PX - tall(ok), wide, tall(ok));
  }
  for (const { beginMs, endMs, name } of arm.faults) {
    pen.fillStyle = faded(colour('missing'), 0.5);
    pen.fillRect(x(beginMs), NAMES_PX, Math.max(2, x(endMs ?? arm.endMs) - x(beginMs)), 4);
    pen.fillText(name, x(beginMs) + 2, NAMES_PX + 10);
  }
}
