/**
 * The mesh at the clock's moment: who knows whom, so who keeps threads for whom. On a circle while lines can be
 * told apart, as a map of rows and columns beyond.
 */
import { knownAt } from '../model/acquaintance.ts';
import type { ArmModel } from '../model/arm-model.ts';
import { penOf } from './canvas.ts';
import { standingFill } from './lanes.ts';
import { cellOf, listed, readAt, standingAt } from './reading.ts';
import { colour, faded } from './theme.ts';

/** More than this on a circle is a ball of wool. */
const CIRCLE_MAX = 30;

export const CIRCLE_CAPTION =
  'A line joins two front-ends that know one another (dashed: only one knows the other). It is orange red when an end has not got all the links that it wants. The ring around a front-end is its threads against its limit; a burst is threads being refused.';
export const HEAT_CAPTION =
  'Each row is a front-end, each column one that it may know. Blue: known, and the row has all its links. Orange red: known, and the row lacks links. Empty: not known. The strip at the left is how the row stands, in the colours of the rows above.';

export const isCircle = (arm: ArmModel): boolean => arm.frontEnds.length <= CIRCLE_MAX;

export function drawMesh(canvas: HTMLCanvasElement, arm: ArmModel, atMs: number): void {
  const widthPx = Math.min(canvas.parentElement?.clientWidth ?? 0, 560);
  const pen = penOf(canvas, widthPx, widthPx);
  if (pen === null) return;
  canvas.style.width = `${widthPx}px`;
  if (isCircle(arm)) drawCircle(pen, arm, atMs, widthPx);
  else drawHeatMap(pen, arm, atMs, widthPx);
}

/** Whether a front-end has fewer links than it wants. */
function lacksLinks(arm: ArmModel, row: number, cell: number): boolean {
  const frontEnd = arm.frontEnds[row];
  if (frontEnd === undefined) return false;
  const open = readAt(arm, frontEnd, 'linksOpen', cell);
  const wanted = readAt(arm, frontEnd, 'linksWanted', cell);
  return open !== null && wanted !== null && open < wanted;
}

function drawCircle(pen: CanvasRenderingContext2D, arm: ArmModel, atMs: number, size: number): void {
  const count = arm.frontEnds.length;
  const cell = cellOf(arm, atMs);
  const known = knownAt(arm.mesh, count, atMs);
  const standings = arm.frontEnds.map((frontEnd) => standingAt(arm, frontEnd, cell));
  const nodePx = Math.max(7, Math.min(17, (size * 0.9) / Math.max(6, count) / 1.3));
  const radius = size / 2 - nodePx - 40;
  const order = listed(arm).map((frontEnd) => arm.frontEnds.indexOf(frontEnd));
  const place = (row: number): readonly [number, number] => {
    const angle = (order.indexOf(row) / Math.max(1, count)) * 2 * Math.PI - Math.PI / 2;
    return [size / 2 + radius * Math.cos(angle), size / 2 + radius * Math.sin(angle)];
  };
  for (let left = 0; left < count; left += 1) {
    for (let right = left + 1; right < count; right += 1) {
      const forth = known.has(left * count + right);
      const back = known.has(right * count + left);
      if (!forth && !back) continue;
      if (standings[left] === null || standings[right] === null) continue;
      const lacking = lacksLinks(arm, left, cell) || lacksLinks(arm, right, cell);
      pen.strokeStyle = lacking ? faded(colour('failed'), 0.55) : faded(colour('incumbent'), 0.4);
      pen.lineWidth = lacking ? 1.2 : 1;
      pen.setLineDash(forth && back ? [] : [3, 4]);
      pen.beginPath();
      pen.moveTo(...place(left));
      pen.lineTo(...place(right));
      pen.stroke();
    }
  }
  pen.setLineDash([]);
  arm.frontEnds.forEach((frontEnd, row) => {
    const [x, y] = place(row);
    const standing = standings[row] ?? null;
    const ring = (from: number, to: number, px: number, wide: number, stroke: string): void => {
      pen.strokeStyle = stroke;
      pen.lineWidth = wide;
      pen.beginPath();
      pen.arc(x, y, px, from * 2 * Math.PI - Math.PI / 2, to * 2 * Math.PI - Math.PI / 2);
      pen.stroke();
    };
    if (standing === null) {
      pen.setLineDash([2, 3]);
      ring(0, 1, nodePx - 3, 1, colour('rule'));
      pen.setLineDash([]);
      return;
    }
    pen.fillStyle = colour('ground');
    disc(pen, x, y, nodePx + 4);
    pen.fillStyle = standingFill(pen, standing);
    disc(pen, x, y, nodePx - 2);
    const tasks = readAt(arm, frontEnd, 'tasks', cell) ?? 0;
    const limit = readAt(arm, frontEnd, 'limit', cell);
    ring(0, 1, nodePx + 1.5, 3, colour('rule'));
    if (limit !== null && limit > 0) {
      const full = Math.min(1, tasks / limit);
      ring(0, full, nodePx + 1.5, 3, colour(frontEnd.cohort === 'newcomer' ? 'newcomer' : 'incumbent'));
    }
    if ((frontEnd.columns.refused.cells[cell] ?? 0) > 0) burst(pen, x, y, nodePx + 5);
    label(pen, frontEnd.id, [x, y], [size / 2, size / 2], nodePx);
  });
}

function label(
  pen: CanvasRenderingContext2D,
  text: string,
  [x, y]: readonly [number, number],
  [centreX, centreY]: readonly [number, number],
  nodePx: number,
): void {
  const away = Math.hypot(x - centreX, y - centreY) || 1;
  pen.fillStyle = colour('ink');
  pen.textAlign = 'center';
  pen.fillText(text, x + ((x - centreX) / away) * (nodePx + 22), y + ((y - centreY) / away) * (nodePx + 14));
}

function disc(pen: CanvasRenderingContext2D, x: number, y: number, px: number): void {
  pen.beginPath();
  pen.arc(x, y, px, 0, 2 * Math.PI);
  pen.fill();
}

function burst(pen: CanvasRenderingContext2D, x: number, y: number, px: number): void {
  pen.strokeStyle = colour('failed');
  pen.lineWidth = 2;
  for (let ray = 0; ray < 12; ray += 1) {
    const angle = (ray / 12) * 2 * Math.PI;
    pen.beginPath();
    pen.moveTo(x + px * Math.cos(angle), y + px * Math.sin(angle));
    pen.lineTo(x + (px + 5) * Math.cos(angle), y + (px + 5) * Math.sin(angle));
    pen.stroke();
  }
}

function drawHeatMap(pen: CanvasRenderingContext2D, arm: ArmModel, atMs: number, size: number): void {
  const count = arm.frontEnds.length;
  const cell = cellOf(arm, atMs);
  const known = knownAt(arm.mesh, count, atMs);
  const left = 44;
  const px = (size - left) / count;
  const order = listed(arm);
  const indexes = order.map((frontEnd) => arm.frontEnds.indexOf(frontEnd));
  pen.textAlign = 'right';
  order.forEach((frontEnd, place) => {
    const row = indexes[place] ?? 0;
    const y = left + place * px;
    const there = standingAt(arm, frontEnd, cell) !== null;
    const lacking = lacksLinks(arm, row, cell);
    indexes.forEach((other, column) => {
      const isKnown = there && known.has(row * count + other);
      pen.fillStyle = isKnown
        ? colour(lacking ? 'failed' : 'incumbent')
        : faded(colour('rule'), there && row !== other ? 0.6 : 0.25);
      pen.fillRect(left + column * px, y, px - 0.6, px - 0.6);
    });
    const standing = standingAt(arm, frontEnd, cell);
    if (standing !== null) {
      pen.fillStyle = standingFill(pen, standing);
      pen.fillRect(left - 6, y, 4, px - 0.6);
    }
    if (place % 5 !== 0) return;
    pen.fillStyle = colour('quiet');
    pen.fillText(frontEnd.id, left - 9, y + px / 2);
    pen.save();
    pen.translate(left + (place + 0.5) * px, left - 5);
    pen.rotate(-Math.PI / 2);
    pen.textAlign = 'left';
    pen.fillText(frontEnd.id, 0, 0);
    pen.restore();
  });
}
