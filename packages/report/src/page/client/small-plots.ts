/**
 * An arm in small, to the scale of the others beside it: its fullest front-end against the limit, and what
 * users got.
 */
import type { ArmModel } from '../model/arm-model.ts';
import type { Moment } from '../page-data.ts';
import { requestsPlot } from './load-plots.ts';
import { type DrawnPlot, drawPlot, type PlotSpec } from './plot.ts';
import { carried } from './reading.ts';

/** Draws every arm into the frame that is meant for it. */
export function drawSmallPlots(arms: readonly ArmModel[], moments: readonly Moment[]): readonly DrawnPlot[] {
  const threads = arms.map(fullestPlot);
  const requests = arms.map((arm) => ({ ...requestsPlot(arm), height: 96, keys: [] }));
  const top = (specs: readonly PlotSpec[]): number => Math.max(...specs.map(({ y }) => y[1]));
  const threadsTop = top(threads);
  const requestsTop = top(requests);
  return arms.flatMap((arm, index) => {
    const frame = document.querySelector<HTMLElement>(`.small-plots[data-arm="${CSS.escape(arm.name)}"]`);
    const [thread, request] = [threads[index], requests[index]];
    if (frame === null || thread === undefined || request === undefined) return [];
    frame.replaceChildren();
    const own = moments.filter((moment) => moment.arm === arm.name);
    return [
      titled(frame, 'most threads of a front-end', { ...thread, y: [0, threadsTop] }, arm, own),
      titled(frame, 'requests a second', { ...request, y: [0, requestsTop] }, arm, own),
    ];
  });
}

function titled(
  frame: HTMLElement,
  text: string,
  spec: PlotSpec,
  arm: ArmModel,
  moments: readonly Moment[],
): DrawnPlot {
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
      { values: fullest, colour: 'incumbent', width: 1.8, stepped: 'after' },
      ...(limit === null
        ? []
        : [{ values: fullest.map(() => limit), colour: 'failed', dash: [6, 4], width: 1.4 } as const]),
    ],
    keys: [],
    y: [0, Math.max(highest, limit !== null && limit < highest * 2 ? limit : 0) * 1.12],
    unit: String,
  };
}
