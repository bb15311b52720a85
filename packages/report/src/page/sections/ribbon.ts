/**
 * The whole run in one strip: requests served and failed over time, phases named below. Still, so that it is there
 * without a script and on paper.
 */
import { element } from '../../svg.ts';
import { phaseName } from '../arm-names.ts';
import { html, type Markup, raw } from '../html.ts';
import type { ArmModel } from '../model/arm-model.ts';
import { countIn, mostShown, perSecond } from '../model/load-rows.ts';

const WIDTH = 1200;
const HEIGHT = 72;
/** A phase narrower than this share of the run has no room for its name. */
const NAMED_FROM = 0.055;

export function drawRibbon(arm: ArmModel | null): Markup | null {
  if (arm === null || arm.load.endMs.length === 0) return null;
  const { load, beginMs, endMs, phases } = arm;
  const spanMs = Math.max(1, endMs - beginMs);
  const x = (atMs: number): number => ((atMs - beginMs) / spanMs) * WIDTH;
  const windows = load.endMs.map((windowEndMs, index) => {
    const ok = perSecond(
      load,
      index,
      countIn(load, index, ({ kind }) => kind === 'ok'),
    );
    const failed = perSecond(
      load,
      index,
      countIn(load, index, ({ kind }) => kind !== 'ok'),
    );
    return { fromMs: windowEndMs - (load.windowMs[index] ?? 0), toMs: windowEndMs, ok, failed };
  });
  const most = mostShown(load);
  const bar = (fromMs: number, toMs: number, low: number, high: number, drawnAs: string): string =>
    element('rect', {
      x: x(fromMs),
      width: Math.max(0.5, x(toMs) - x(fromMs) + 0.3),
      y: HEIGHT * (1 - Math.min(high, most) / most),
      height: (HEIGHT * (Math.min(high, most) - Math.min(low, most))) / most,
      class: drawnAs,
    });
  const bars = windows.map(
    ({ fromMs, toMs, ok, failed }) =>
      bar(fromMs, toMs, 0, ok, 'ok') + (failed > 0 ? bar(fromMs, toMs, ok, ok + failed, 'failed') : ''),
  );
  const borders = phases
    .slice(1)
    .map((phase) =>
      element('line', { x1: x(phase.beginMs), x2: x(phase.beginMs), y1: 0, y2: HEIGHT, class: 'border' }),
    );
  const svg = element(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    ...bars,
    ...borders,
  );
  const names = phases.flatMap((phase) => {
    const share = ((phase.endMs ?? endMs) - phase.beginMs) / spanMs;
    const text = share >= NAMED_FROM ? phaseName(phase.name) : '';
    return [html`<span style="flex:${share.toFixed(4)}">${text}</span>`];
  });
  const lead = ((phases[0]?.beginMs ?? beginMs) - beginMs) / spanMs;
  return html`<div class="ribbon" role="img" aria-label="Requests over the whole run: served in green, failed in orange red">
${raw(svg)}<div class="names" aria-hidden="true"><span style="flex:${lead.toFixed(4)}"></span>${names}</div></div>`;
}
