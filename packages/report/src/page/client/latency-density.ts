/**
 * Every request by how long it took: a cell for each load window and each tenth of a decade, the stronger the more
 * requests lie in it. What quantiles cannot show is seen here: two kinds of answer at once, a few that hang, a gap.
 */
import type { ArmModel } from '../model/arm-model.ts';
import { binSpanMs, ENDINGS, type Ending, type LatencyColumn } from '../model/latencies.ts';
import { decadesOf, inWindow, took, tookTick, windowsOf } from './load-windows.ts';
import type { Colour } from './palette.ts';
import type { PlotKey, PlotShade, PlotSpec } from './plot-spec.ts';
import { windowAt } from './reading.ts';

/**
 * How each ending looks: served is green as on every plot, and none has a cohort's colour. Whoever sees red and green
 * alike sees a grey, a yellow and a blue.
 */
const LOOKS: Readonly<Record<Ending, { readonly colour: Colour; readonly text: string }>> = {
  served: { colour: 'ok', text: 'served' },
  failed: { colour: 'failed', text: 'answered by an error' },
  unanswered: { colour: 'unanswered', text: 'not answered' },
};
/** The strength of a single request: it has to be seen. */
const STRENGTH_MIN = 0.22;

/** None for a journal of before histograms were kept. */
export function latencyDensityPlot(arm: ArmModel): PlotSpec | null {
  const { load } = arm;
  if (load.latencies.length === 0) return null;
  const spans = load.latencies.map(({ bin }) => binSpanMs(bin));
  const most = load.latencies.reduce(
    (high, { cells }) => cells.reduce<number>((max, count) => Math.max(max, count ?? 0), high),
    1,
  );
  const endings = ENDINGS.filter((ending) => load.latencies.some((column) => column.ending === ending));
  const windows = windowsOf(arm);
  return {
    id: 'latency-density',
    title: 'Every request by how long it took',
    lede: `From when it was due. A cell for each load window and a tenth of a decade: the stronger, the more requests, from 1 to ${most}. Where requests of one cell ended differently, they share it side by side. Log axis.`,
    height: 230,
    xMs: windows.xMs,
    shades: shadesOf(arm, most),
    lines: [{ values: windows.spread(load.p50Ms), colour: 'ink', width: 1.4 }],
    keys: [
      ...endings.map((ending): PlotKey => {
        const columns = load.latencies.filter((column) => column.ending === ending);
        const { colour, text } = LOOKS[ending];
        return { mark: 'area', colour, text, valueAt: (atMs) => rangeText(columns, windowAt(arm, atMs)) };
      }),
      {
        mark: 'line',
        colour: 'ink',
        text: 'half of those served within',
        valueAt: inWindow(arm, load.p50Ms, took),
      },
    ],
    y: decadesOf(
      spans.reduce((low, [from]) => Math.min(low, from), 10),
      spans.reduce((high, [, to]) => Math.max(high, to), 10),
    ),
    log: true,
    unit: tookTick,
  };
}

/** How many there were in a window, and between which durations. */
function rangeText(columns: readonly LatencyColumn[], window: number | null): string {
  if (window === null) return '–';
  const filled = columns.filter(({ cells }) => (cells[window] ?? 0) > 0);
  if (filled.length === 0) return 'none';
  const count = filled.reduce((sum, { cells }) => sum + (cells[window] ?? 0), 0);
  const spans = filled.map(({ bin }) => binSpanMs(bin));
  return `${count}, ${took(Math.min(...spans.map(([from]) => from)))} to ${took(Math.max(...spans.map(([, to]) => to)))}`;
}

function shadesOf({ load }: ArmModel, most: number): PlotShade[] {
  const shades: PlotShade[] = [];
  for (const bin of new Set(load.latencies.map((column) => column.bin))) {
    const columns = load.latencies.filter((column) => column.bin === bin);
    const yMs = binSpanMs(bin);
    load.endMs.forEach((endMs, window) => {
      const filled = columns.filter(({ cells }) => (cells[window] ?? 0) > 0);
      const windowMs = load.windowMs[window] ?? 0;
      const shareMs = windowMs / filled.length;
      filled.forEach(({ ending, cells }, index) => {
        const beginMs = endMs - windowMs + index * shareMs;
        const strength = strengthOf(cells[window] ?? 0, most);
        shades.push({ xMs: [beginMs, beginMs + shareMs], y: yMs, colour: LOOKS[ending].colour, strength });
      });
    });
  }
  return shades;
}

/** By the logarithm of the count: a few that hang are seen beside thousands that do not. */
function strengthOf(count: number, most: number): number {
  return most <= 1 ? 1 : STRENGTH_MIN + ((1 - STRENGTH_MIN) * Math.log(count)) / Math.log(most);
}
