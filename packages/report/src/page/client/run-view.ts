/**
 * A run on the page: plots, lanes and mesh of the chosen arm, kept at one clock's moment. The run may go on growing
 * while it is shown.
 */
import { armName } from '../arm-names.ts';
import type { ArmModel } from '../model/arm-model.ts';
import type { RunModel } from '../model/run-model.ts';
import type { Moment, PageData } from '../page-data.ts';
import { alarmsPlot } from './alarm-plot.ts';
import { makeClock } from './clock.ts';
import { drawLanes } from './lanes.ts';
import { failedSharePlot, latencyPlot, requestsPlot } from './load-plots.ts';
import { completenessPlot, mapAgePlot, refusalsPlot, threadsPlot } from './member-plots.ts';
import { CIRCLE_CAPTION, drawMesh, HEAT_CAPTION, isCircle } from './mesh.ts';
import { makeMeshTable } from './mesh-table.ts';
import { showMoments } from './moment-buttons.ts';
import { element } from './page-element.ts';
import type { DrawnPlot, PlotSpec } from './plot.ts';
import { type FramedPlot, framePlot } from './plot-frame.ts';
import { makeScrubber, momentText } from './scrubber.ts';
import { drawSmallPlots, type SmallPlots } from './small-plots.ts';
import { followTheme } from './theme.ts';

/** What the judge found in a run, as far as it has judged. */
export type Findings = Pick<PageData, 'moments' | 'uncounted'>;

export interface RunView {
  /** Shows what the model has taken in since: at the newest moment, where that was shown before. */
  grown(findings: Findings): void;
  /** Shows other findings. */
  found(findings: Findings): void;
  choose(arm: ArmModel): void;
}

/**
 * Puts a run on the page.
 * @param first the arm that is shown at first, one of the model's.
 * @param opensAtMs the moment that an arm is shown at when it is chosen.
 */
export function showRun(
  model: RunModel,
  found: Findings,
  first: ArmModel,
  opensAtMs: (arm: ArmModel) => number,
): RunView {
  let findings = found;
  const clock = makeClock();
  const scrubber = makeScrubber(clock);
  const canvas = element<HTMLCanvasElement>('mesh-canvas');
  const table = element<HTMLTableElement>('mesh-table');
  let arm: ArmModel = first;
  let plotted: { readonly plot: FramedPlot; readonly spec: () => PlotSpec }[] = [];
  let lanes: DrawnPlot | null = null;
  let frontEndsDrawn = 0;
  let small: SmallPlots | null = null;
  let writeTable: (atMs: number) => void = () => undefined;

  const momentsHere = (): Moment[] => findings.moments.filter((moment) => moment.arm === arm.name);
  function drawAll(): void {
    for (const { plot } of plotted) plot.remove();
    small?.remove();
    lanes?.remove();
    const own = momentsHere();
    const plots = element('plots');
    const frame = (spec: () => PlotSpec): (typeof plotted)[number] => ({
      plot: framePlot(plots, spec(), arm, own, clock),
      spec,
    });
    const ofThreads = [
      frame(() => threadsPlot(arm)),
      frame(() => refusalsPlot(arm, findings.uncounted[arm.name] ?? 0)),
      frame(() => alarmsPlot(arm)),
    ];
    lanes = drawLanes(plots, arm, own, clock);
    frontEndsDrawn = arm.frontEnds.length;
    plotted = [
      ...ofThreads,
      frame(() => requestsPlot(arm)),
      frame(() => failedSharePlot(arm)),
      frame(() => latencyPlot(arm)),
      frame(() => mapAgePlot(arm)),
      frame(() => completenessPlot(arm)),
    ];
    small = drawSmallPlots(model.arms, findings.moments);
    showMoments(arm, own, clock);
    scrubber.draw(arm);
    frameMesh();
    showMesh();
  }
  /** The mesh's rows and words, of the members that there are: a run that goes on gets more. */
  function frameMesh(): void {
    writeTable = makeMeshTable(table, arm);
    element('mesh-caption').textContent = isCircle(arm) ? CIRCLE_CAPTION : HEAT_CAPTION;
    canvas.setAttribute(
      'aria-label',
      `Which front-end knows which, in ${armName(arm)}; the table tells the same`,
    );
  }
  /** @returns whether all plots could take the new values in; lines that are new need plots that are new. */
  function redraw(): boolean {
    return (
      frontEndsDrawn === arm.frontEnds.length &&
      plotted.every(({ plot, spec }) => plot.redraw(spec())) &&
      small?.redraw() !== false
    );
  }
  function showMesh(): void {
    drawMesh(canvas, arm, clock.nowMs);
    writeTable(clock.nowMs);
    element('mesh-moment').textContent = momentText(arm, clock.nowMs);
  }
  function choose(next: ArmModel): void {
    arm = next;
    clock.begin([arm.beginMs, Math.max(arm.endMs, arm.beginMs + 1)], opensAtMs(arm));
    drawAll();
  }
  clock.listen((changed) => {
    for (const { plot } of plotted) plot.show(changed);
    lanes?.show(changed);
    scrubber.show();
    showMesh();
  });
  for (const input of document.querySelectorAll<HTMLInputElement>('input[name="arm"]')) {
    input.addEventListener('change', () => {
      const next = model.arms.find(({ name }) => name === input.value);
      if (next !== undefined) choose(next);
    });
  }
  new ResizeObserver(() => drawMesh(canvas, arm, clock.nowMs)).observe(canvas.parentElement as HTMLElement);
  followTheme(element<HTMLButtonElement>('theme'), drawAll);
  choose(arm);
  return {
    choose,
    grown(next) {
      const isMarked = findings.moments.length === next.moments.length;
      findings = next;
      clock.extend(Math.max(arm.endMs, arm.beginMs + 1));
      if (!isMarked || !redraw()) drawAll();
      else {
        showMoments(arm, momentsHere(), clock);
        scrubber.draw(arm);
      }
    },
    found(next) {
      findings = next;
      drawAll();
    },
  };
}
