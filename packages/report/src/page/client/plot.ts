/**
 * One plot on the shared axis: uPlot with the run's phases shaded, its faults and moments marked, a line at the
 * clock's moment, and a key that reads the values there. Zooming one zooms all, through the clock.
 */
import uPlot from 'uplot';
import type { ArmModel } from '../model/arm-model.ts';
import type { Moment } from '../page-data.ts';
import type { Clock } from './clock.ts';
import { drawShades, markMoments, shadePhases, writeCut } from './plot-marks.ts';
import type { PlotLine, PlotSpec } from './plot-spec.ts';
import { colour, faded, font } from './theme.ts';

/** Pixels left of every plot for its figures, and right of it: all plots, lanes and the slider line up. */
export const GUTTER = { left: 66, right: 20 } as const;

/** Pixels after a gap that are left out: else a stepped line falls from what was before the gap. */
const GAP_END_PX = 2;

export interface DrawnPlot {
  show(changed: { readonly view: boolean }): void;
  remove(): void;
}

/** A plot that can go on growing. */
export interface GrowingPlot extends DrawnPlot {
  /** Takes the values of a newer spec. @returns false when it has other lines: then the plot has to be made anew. */
  redraw(next: PlotSpec): boolean;
}

/** Draws a plot into a frame. `clock` is null for one that stands for itself. */
export function drawPlot(
  frame: HTMLElement,
  spec: PlotSpec,
  arm: ArmModel,
  moments: readonly Moment[],
  clock: Clock | null,
): GrowingPlot {
  let shown = spec;
  const secondsOf = (atMs: number): number => (atMs - arm.beginMs) / 1000;
  const zoomOut = (): null => {
    clock?.zoom(null);
    return null;
  };
  const nowLine = document.createElement('div');
  nowLine.className = 'now-line';
  const left = clock === null ? 36 : GUTTER.left;
  const options: uPlot.Options = {
    width: Math.max(120, frame.clientWidth),
    height: spec.height,
    padding: [8, clock === null ? 6 : GUTTER.right, 0, 0],
    legend: { show: false },
    cursor: {
      show: clock !== null,
      x: false,
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false },
      bind: { dblclick: () => zoomOut },
    },
    select: { show: clock !== null, left: 0, top: 0, width: 0, height: 0 },
    scales: {
      x: { time: false, auto: false, range: (_, from, to) => [from, to] },
      y: { ...(spec.log ? { distr: 3 as const } : {}), range: () => [shown.y[0], shown.y[1]] },
    },
    axes: [
      { ...axisStyle(), values: (_, ticks) => ticks.map((tick) => `${tick} s`), size: 26, space: 64 },
      {
        ...axisStyle(),
        size: left,
        values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : spec.unit(tick))),
        space: clock === null ? 26 : 32,
        ...(spec.log ? { splits: () => powersOfTen(shown.y) } : {}),
        ...(spec.ticks === undefined ? {} : { splits: () => [...(spec.ticks ?? [])] }),
      },
    ],
    series: [{}, ...spec.lines.map(seriesOf)],
    hooks: {
      drawClear: [(plot) => shadePhases(plot, arm, secondsOf)],
      drawAxes: [(plot) => drawShades(plot, shown.shades ?? [], secondsOf)],
      draw: [
        (plot) => markMoments(plot, moments, secondsOf, spec.namesMoments === true),
        (plot) => writeCut(plot, shown.cut ?? [], secondsOf),
      ],
      setSelect: [
        (plot) => {
          const { left: fromX, width } = plot.select;
          if (width > 4 && clock !== null) {
            const at = (x: number): number => arm.beginMs + plot.posToVal(x, 'x') * 1000;
            clock.zoom([at(fromX), at(fromX + width)]);
          }
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
  const dataOf = ({ xMs, lines }: PlotSpec): uPlot.AlignedData =>
    [xMs.map(secondsOf), ...lines.map(({ values }) => values)] as uPlot.AlignedData;
  const plot = new uPlot(options, dataOf(spec), frame);
  const span = clock?.viewMs ?? [arm.beginMs, arm.endMs];
  plot.batch(() => plot.setScale('x', { min: secondsOf(span[0]), max: secondsOf(span[1]) }));
  if (clock !== null) {
    plot.over.append(nowLine);
    const momentAt = (event: MouseEvent): number =>
      arm.beginMs + plot.posToVal(event.clientX - plot.over.getBoundingClientRect().left, 'x') * 1000;
    plot.over.addEventListener('pointermove', (event) => clock.hover(momentAt(event)));
    plot.over.addEventListener('pointerleave', () => clock.hover(null));
    plot.over.addEventListener('click', (event) => clock.set(momentAt(event)));
  }
  const resized = new ResizeObserver(() => {
    const width = Math.max(120, frame.clientWidth);
    if (width !== plot.width) plot.setSize({ width, height: spec.height });
    showNow();
  });
  resized.observe(frame);
  function showNow(): void {
    if (clock === null) return;
    const x = plot.valToPos(secondsOf(clock.nowMs), 'x');
    nowLine.hidden = x < 0 || x > plot.over.clientWidth;
    nowLine.style.transform = `translateX(${x}px)`;
  }
  showNow();
  return {
    show({ view }) {
      if (view && clock !== null) {
        const [from, to] = clock.viewMs;
        // A batch is through when it returns: the moment's line is placed on the new scale.
        plot.batch(() => plot.setScale('x', { min: secondsOf(from), max: secondsOf(to) }));
      }
      showNow();
    },
    redraw(next) {
      if (next.lines.length !== shown.lines.length) return false;
      if (next.lines.some((line, index) => line.colour !== shown.lines[index]?.colour)) return false;
      shown = next;
      plot.batch(() => {
        plot.setData(dataOf(next), false);
        if (clock === null) plot.setScale('x', { min: 0, max: secondsOf(arm.endMs) });
        plot.setScale('y', { min: next.y[0], max: next.y[1] });
      });
      return true;
    },
    remove() {
      resized.disconnect();
      plot.destroy();
    },
  };
}

function axisStyle(): uPlot.Axis {
  return {
    stroke: colour('quiet'),
    font: font(12),
    grid: { stroke: colour('rule'), width: 1 },
    ticks: { show: false },
    gap: 6,
  };
}

function seriesOf(line: PlotLine): uPlot.Series {
  const stroke = faded(colour(line.colour), line.alpha ?? 1);
  if (line.dots) {
    return { paths: () => null, points: { show: true, size: 5, stroke, fill: stroke, width: 0 } };
  }
  return {
    stroke,
    width: line.width ?? 1.5,
    ...(line.dash === undefined ? {} : { dash: [...line.dash] }),
    ...(line.filled ? { fill: faded(colour(line.colour), line.alpha ?? 1) } : {}),
    ...(line.stepped === undefined
      ? {}
      : { paths: uPlot.paths.stepped!({ align: line.stepped === 'after' ? 1 : -1 }) }),
    points: { show: false },
    gaps: (_plot, _series, _from, _to, gaps) =>
      gaps.map(([from, to]) => [from, to + GAP_END_PX * devicePixelRatio]),
  };
}

/** Every power of ten within a range. */
function powersOfTen([from, to]: readonly [number, number]): number[] {
  const first = Math.ceil(Math.log10(from));
  return Array.from({ length: Math.floor(Math.log10(to)) - first + 1 }, (_, index) => 10 ** (first + index));
}
