/**
 * The band above the panels: the phases' names and the fleet's size over time, and the shading behind it all. A
 * name that has no room beside its neighbour goes one row up; a count that has none is left out.
 */
import { RESTORED_AT_LEAST } from '@fleetfall/claims/arm-outcome.ts';
import type { Goodput, GoodputByStage } from '@fleetfall/claims/goodput.ts';
import type { Phase } from '@fleetfall/journal/records.ts';
import type { FallSeries } from './fall-series.ts';
import { LAYOUT } from './fall-style.ts';
import { element, label, textWidth } from './svg.ts';

/** Pixels between two names in one row, and between two counts. */
const NAME_GAP = 8;
const COUNT_GAP = 7;

/** Shades every second phase, tints the holds in which service was not there, and rules their borders. */
export function drawShading(
  { phases }: FallSeries,
  { during, afterRemoval }: GoodputByStage,
  x: (atMs: number) => number,
): string {
  const served: Partial<Record<Phase, Goodput | null>> = { outage: during, removal: afterRemoval };
  const isDown = (phase: Phase): boolean => (served[phase]?.fraction ?? 1) < RESTORED_AT_LEAST;
  const top = LAYOUT.phaseY + 6;
  const height = LAYOUT.requests.bottom - top;
  return phases
    .map(({ phase, beginMs, endMs }, index) => {
      const place = { x: x(beginMs), y: top, width: Math.max(0, x(endMs) - x(beginMs)), height };
      const classes = isDown(phase) ? 'down' : index % 2 === 0 ? 'shade' : undefined;
      const ground = classes === undefined ? '' : element('rect', { ...place, class: classes });
      const border = { x1: place.x, x2: place.x, y1: top, y2: top + height, class: 'rule' };
      return ground + (index === 0 ? '' : element('line', border));
    })
    .join('');
}

/** The phases' names, centred over their spans. */
export function drawPhaseNames({ phases }: FallSeries, x: (atMs: number) => number): string {
  const takenTo = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return phases
    .map(({ phase, beginMs, endMs }) => {
      const name = phase.replace('-', ' ');
      const half = textWidth(name, 12) / 2;
      const wanted = (x(beginMs) + x(endMs)) / 2;
      const centre = Math.min(LAYOUT.right - half, Math.max(LAYOUT.left + half, wanted));
      const row = takenTo.findIndex((taken) => centre - half >= taken + NAME_GAP);
      if (row < 0) return '';
      takenTo[row] = centre + half;
      const y = LAYOUT.phaseY - row * LAYOUT.phaseRowHeight;
      const stem = { x1: wanted, x2: wanted, y1: y + 3, y2: LAYOUT.phaseY + 6, class: 'rule' };
      return label(centre, y, name, { class: 'phase middle' }) + (row === 0 ? '' : element('line', stem));
    })
    .join('');
}

/** How many front-ends there are, each time it changes, with the size that was predicted to break in a box. */
export function drawFleetSizes(
  { frontEnds, endMs }: FallSeries,
  x: (atMs: number) => number,
  predicted: number | null,
): string {
  const y = LAYOUT.fleetY;
  const spans = frontEnds
    .map(({ atMs, count }, index) => ({ count, fromX: x(atMs), toX: x(frontEnds[index + 1]?.atMs ?? endMs) }))
    .reduce<{ count: number; fromX: number; toX: number }[]>((merged, span) => {
      const last = merged.at(-1);
      if (last?.count === span.count) last.toX = span.toX;
      else merged.push(span);
      return merged;
    }, []);
  const counts = spans.flatMap(({ count, fromX, toX }) => {
    const width = textWidth(String(count), 12);
    if (toX - fromX < width + COUNT_GAP) return [];
    const centre = (fromX + toX) / 2;
    const boxed = count === predicted && centre < LAYOUT.right;
    const box = { x: centre - width / 2 - 5, y: y - 12, width: width + 10, height: 17, rx: 4, class: 'box' };
    const text = label(centre, y + 1, String(count), {
      class: `middle count${boxed ? ' count-predicted' : ''}`,
    });
    return [boxed ? element('rect', box) + text : text];
  });
  return label(LAYOUT.left - 8, y + 1, 'front-ends', { class: 'end quiet' }) + counts.join('');
}
