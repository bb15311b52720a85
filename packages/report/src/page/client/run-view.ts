/**
 * A run on the page: plots, lanes and mesh of the chosen arm, kept at one clock's moment. The run may go on growing
 * while it is shown.
 */
import { armName } from '../arm-names.ts';
import type { ArmModel } from '../model/arm-model.ts';
import type { RunModel } from '../model/run-model.ts';
import type { Moment, PageData } from '../page-data.ts';
import { alarmsPlot } from './alarm-plot.ts';
import { appendsPlot } from './back-end-plot.ts';
import { makeBackEndTable } from './back-end-table.ts';
import { makeClock } from './clock.ts';
import { errorPlots } from './error-plots.ts';
import { drawLanes } from './lanes.ts';
import { latencyDensityPlot } from './latency-density.ts';
import { failedSharePlot, latencyPlot, requestsPlot } from './load-plots.ts';
import { completenessPlot, mapAgePlot, refusalsPlot, threadsPlot } from './member-plots.ts';
import { CIRCLE_CAPTION, drawMesh, HEAT_CAPTION, isCircle } from './mesh.ts';
import { makeMeshTable } from './mesh-table.ts';
import { showMoments } from './moment-buttons.ts';
import { element } from './page-element.ts';
import type { DrawnPlot } from './plot.ts';
import { type FramedPlot, framePlot } from './plot-frame.ts';
import type { PlotSpec } from './plot-spec.ts';
import { makeScrubber, momentText } from './scrubber.ts';
import { drawSmallPlots, type SmallPlots } from './small-plots.ts';
import { followTheme } from './theme.ts';

/** What the judge found in a run, as far as it has judged. */
export type Findings = Pick<PageData, 'moments' | 'uncounted'>;

/** Some plots of an arm, in their order. There may be more of them, or others, as a run goes on. */
type PlotsOf = (arm: ArmModel, findings: Findings) => readonly (PlotSpec | null)[];

/** What stands above the lanes, and what below them. A plot more is a line more here. */
const ABOVE_LANES: readonly PlotsOf[] = [
  (arm) => [threadsPlot(arm)],
  (arm, { uncounted }) => [refusalsPlot(arm, uncounted[arm.name] ?? 0)],
  (arm) => [alarmsPlot(arm)],
];
const BELOW_LANES: readonly PlotsOf[] = [
  (arm) => [requestsPlot(arm)],
  (arm) => [failedSharePlot(arm)],
  errorPlots,
  (arm) => [latencyPlot(arm)],
  (arm) => [latencyDensityPlot(arm)],
  (arm) => [mapAgePlot(arm)],
  (arm) => [completenessPlot(arm)],
  (arm) => [appendsPlot(arm)],
];

const membersOf = ({ frontEnds, backEnds }: ArmModel): number => frontEnds.length + backEnds.length;

const specsOf = (plots: readonly PlotsOf[], arm: ArmModel, findings: Findings): PlotSpec[] =>
  plots.flatMap((of) => of(arm, findings)).filter((spec) => spec !== null);

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
  let arm: ArmModel = first;
  let plotted: { readonly id: string; readonly plot: FramedPlot }[] = [];
  let lanes: DrawnPlot | null = null;
  let membersDrawn = 0;
  let small: SmallPlots | null = null;
  let writeTable: (atMs: number) => void = () => undefined;

  const momentsHere = (): Moment[] => findings.moments.filter((moment) => moment.arm === arm.name);
  function drawAll(): void {
    for (const { plot } of plotted) plot.remove();
    small?.remove();
    lanes?.remove();
    const own = momentsHere();
    const plots = element('plots');
    const framed = (of: readonly PlotsOf[]): typeof plotted =>
      specsOf(of, arm, findings).map((spec) => ({
        id: spec.id,
        plot: framePlot(plots, spec, arm, own, clock),
      }));
    plotted = framed(ABOVE_LANES);
    lanes = drawLanes(plots, arm, own, clock);
    membersDrawn = membersOf(arm);
    plotted = [...plotted, ...framed(BELOW_LANES)];
    small = drawSmallPlots(model.arms, findings.moments);
    showMoments(arm, own, clock);
    scrubber.draw(arm);
    frameMesh();
    showMesh();
  }
  /** The mesh's rows and words, of the members that there are: a run that goes on gets more. */
  function frameMesh(): void {
    const ofFrontEnds = makeMeshTable(element<HTMLTableElement>('mesh-table'), arm);
    const ofBackEnds = makeBackEndTable(element<HTMLTableElement>('back-end-table'), arm);
    writeTable = (atMs) => {
      ofFrontEnds(atMs);
      ofBackEnds(atMs);
    };
    element('mesh-caption').textContent = isCircle(arm) ? CIRCLE_CAPTION : HEAT_CAPTION;
    canvas.setAttribute(
      'aria-label',
      `Which front-end knows which, in ${armName(arm)}; the table tells the same`,
    );
  }
  /** @returns whether all plots could take the new values in; lines that are new need plots that are new. */
  function redraw(): boolean {
    const specs = specsOf([...ABOVE_LANES, ...BELOW_LANES], arm, findings);
    return (
      membersDrawn === membersOf(arm) &&
      specs.length === plotted.length &&
      plotted.every(({ id, plot }, index) => {
        const spec = specs[index];
        return spec !== undefined && spec.id === id && plot.redraw(spec);
      }) &&
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
