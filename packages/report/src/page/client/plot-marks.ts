/**
 * What is drawn onto a plot besides its lines: phases and faults behind them, rectangles of a density, values that are
 * cut, marked moments.
 */
import type uPlot from 'uplot';
import type { ArmModel } from '../model/arm-model.ts';
import type { Moment } from '../page-data.ts';
import type { PlotCut, PlotShade } from './plot-spec.ts';
import { isDown } from './reading.ts';
import { colour, faded, font } from './theme.ts';

/** A narrower plot has no room to name moments. */
const NAMED_FROM_PX = 700;
/** How strongly a phase is tinted in which most requests failed. */
export const DOWN_TINT = 0.09;

/** Shades the phases, and over them the faults. */
export function shadePhases(plot: uPlot, arm: ArmModel, secondsOf: (atMs: number) => number): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  const band = (beginMs: number, endMs: number, fill: string): void => {
    const from = plot.valToPos(secondsOf(beginMs), 'x', true);
    const to = plot.valToPos(secondsOf(endMs), 'x', true);
    ctx.fillStyle = fill;
    ctx.fillRect(from, bbox.top, Math.max(1, to - from), bbox.height);
  };
  arm.phases.forEach((phase, index) => {
    const { beginMs, endMs } = phase;
    if (isDown(arm, phase)) band(beginMs, endMs ?? arm.endMs, faded(colour('failed'), DOWN_TINT));
    else if (index % 2 === 0) band(beginMs, endMs ?? arm.endMs, colour('shade'));
  });
  for (const { beginMs, endMs } of arm.faults) {
    band(beginMs, endMs ?? arm.endMs, faded(colour('missing'), 0.16));
  }
  ctx.restore();
}

/** Fills the rectangles that lie in view, one by one to whole pixels, so that neighbours meet without a seam. */
export function drawShades(
  plot: uPlot,
  shades: readonly PlotShade[],
  secondsOf: (atMs: number) => number,
): void {
  const { ctx, bbox } = plot;
  const inks = new Map(shades.map(({ colour: name }) => [name, colour(name)]));
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const { xMs, y, colour: name, strength } of shades) {
    const left = Math.round(plot.valToPos(secondsOf(xMs[0]), 'x', true));
    const right = Math.round(plot.valToPos(secondsOf(xMs[1]), 'x', true));
    if (right < bbox.left || left > bbox.left + bbox.width) continue;
    const top = Math.round(plot.valToPos(y[1], 'y', true));
    const bottom = Math.round(plot.valToPos(y[0], 'y', true));
    ctx.globalAlpha = strength;
    ctx.fillStyle = inks.get(name) ?? '';
    ctx.fillRect(left, top, Math.max(1, right - left), Math.max(1, bottom - top));
  }
  ctx.restore();
}

/** Writes what is cut at the top. */
export function writeCut(plot: uPlot, cut: readonly PlotCut[], secondsOf: (atMs: number) => number): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.font = font(12, 600, devicePixelRatio);
  ctx.textAlign = 'right';
  ctx.textBaseline = 'top';
  ctx.fillStyle = colour('ink');
  for (const { atMs, text } of cut) {
    const x = plot.valToPos(secondsOf(atMs), 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.fillText(`${text} \u2191`, x - 4 * devicePixelRatio, bbox.top + 3 * devicePixelRatio);
  }
  ctx.restore();
}

/** Marks moments, with their names where there is room. */
export function markMoments(
  plot: uPlot,
  moments: readonly Moment[],
  secondsOf: (atMs: number) => number,
  named: boolean,
): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = colour('failed');
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.fillStyle = colour('ink');
  ctx.font = font(12, 600, devicePixelRatio);
  ctx.textBaseline = 'middle';
  for (const { atMs, text } of moments) {
    const x = Math.round(plot.valToPos(secondsOf(atMs), 'x', true)) + 0.5;
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    if (!named || bbox.width < NAMED_FROM_PX * devicePixelRatio) continue;
    const isFirst = atMs === Math.min(...moments.map((moment) => moment.atMs));
    ctx.textAlign = isFirst ? 'right' : 'left';
    ctx.fillText(text, x + (isFirst ? -6 : 6) * devicePixelRatio, bbox.top + 9 * devicePixelRatio);
  }
  ctx.restore();
}
