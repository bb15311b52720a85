/**
 * An arm in small, to the scale of the others beside it: its fullest front-end against the limit, and what
 * users got.
 */
import type { ArmModel } from '../model/arm-model.ts';
import type { Moment } from '../page-data.ts';
import { requestsPlot } from './load-plots.ts';
import { drawPlot, type GrowingPlot } from './plot.ts';
import type { PlotSpec } from './plot-spec.ts';
import { carried } from './reading.ts';

export interface SmallPlots {
  /** Takes in what the arms have come to since; false when it takes new plots. */
  redraw(): boolean;
  remove(): void;
}

/** Draws every arm into the frame that is meant for it; an arm without a frame is left out. */
export function drawSmallPlots(arms: readonly ArmModel[], moments: readonly Moment[]): SmallPlots {
  const drawn = specsOf(arms).flatMap(({ arm, specs }) => {
    const frame = document.querySelector<HTMLElement>(`.small-plots[data-arm="${CSS.escape(arm.name)}"]`);
    if (frame === null) return [];
    frame.replaceChildren();
    const own = moments.filter((moment) => moment.arm === arm.name);
    const plots = specs.map(({ title, ...spec }) => titled(frame, title, { title: '', ...spec }, arm, own));
    return [{ arm, plots }];
  });
  return {
    redraw() {
      const all = specsOf(arms);
      return drawn.every(({ arm, plots }) => {
        const specs = all.find((each) => each.arm === arm)?.specs ?? [];
        return plots.every((plot, index) => plot.redraw(specs[index] as PlotSpec));
      });
    },
    remove() {
      for (const { plots } of drawn) for (const plot of plots) plot.remove();
    },
  };
}

/** Both plots of each arm, to the scale of the others. */
function specsOf(arms: readonly ArmModel[]): { readonly arm: ArmModel; readonly specs: PlotSpec[] }[] {
  const drawn = arms.map((arm) => ({
    arm,
    threads: { ...fullestPlot(arm), title: 'most threads of a front-end' },
    requests: { ...requestsPlot(arm), height: 96, keys: [], title: 'requests a second' },
  }));
  const top = (of: (each: (typeof drawn)[number]) => PlotSpec): number =>
    Math.max(...drawn.map((each) => of(each).y[1]));
  const threadsTop = top(({ threads }) => threads);
  const requestsTop = top(({ requests }) => requests);
  return drawn.map(({ arm, threads, requests }) => ({
    arm,
    specs: [
      { ...threads, y: [0, threadsTop] },
      { ...requests, y: [0, requestsTop] },
    ],
  }));
}

function titled(
  frame: HTMLElement,
  text: string,
  spec: PlotSpec,
  arm: ArmModel,
  moments: readonly Moment[],
): GrowingPlot {
  const title = document.createElement('p');
  title.className = 'quiet';
  title.textContent = text;
  const body = document.createElement('div');
  body.setAttribute('role', 'img');
  body.setAttribute('aria-label', text);
  frame.append(title, body);
  return drawPlot(body, spec, arm, moments, null);
}

function fullestPlot(arm: ArmModel): PlotSpec {
  const { stepMs, length, beginMs } = arm.grid;
  const columns = arm.frontEnds.map((frontEnd) => carried(arm, frontEnd, 'tasks'));
  const fullest = Array.from({ length }, (_, cell) =>
    columns.reduce<number | null>((most, cells) => {
      const tasks = cells[cell] ?? null;
      return tasks === null ? most : Math.max(most ?? 0, tasks);
    }, null),
  );
  const limit = arm.settings?.pidsMax ?? null;
  const highest = fullest.reduce<number>((most, tasks) => Math.max(most, tasks ?? 0), 1);
  return {
    id: `small-${arm.name}`,
    title: '',
    lede: '',
    height: 96,
    xMs: fullest.map((_, cell) => beginMs + cell * stepMs),
    lines: [
      { values: fullest, colour: 'ink', width: 1.8, stepped: 'after' },
      ...(limit === null
        ? []
        : [{ values: fullest.map(() => limit), colour: 'failed', dash: [6, 4], width: 1.4 } as const]),
    ],
    keys: [],
    y: [0, Math.max(highest, limit !== null && limit < highest * 2 ? limit : 0) * 1.12],
    unit: String,
  };
}
