/**
 * Plots of what users got: requests by how they ended, the share that failed by cohort, and latencies, on a log
 * axis, with each direct probe of a back-end as a dot.
 */
import uPlot from 'uplot';
import { OTHER_ERRORS, shownKinds } from '../../error-kinds.ts';
import type { ArmModel } from '../model/arm-model.ts';
import { countIn, mostShown, perSecond, totalsByKind } from '../model/load-rows.ts';
import { decadesOf, inWindow, took, tookTick, windowsOf } from './load-windows.ts';
import type { Colour } from './palette.ts';
import type { PlotKey, PlotLine, PlotSpec } from './plot-spec.ts';

/** Of error types, the most frequent first. */
export const ERROR_COLOURS: readonly Colour[] = ['failed', 'error-2', 'error-3', 'error-4'];
export const perSecondText = (value: number | null): string =>
  value === null ? '–' : `${Math.round(value)}/s`;

export function requestsPlot(arm: ArmModel): PlotSpec {
  const { load } = arm;
  const totals = totalsByKind(load);
  totals.delete('ok');
  const kinds = shownKinds(totals);
  const named = new Set(kinds);
  const rates = (isOne: (kind: string) => boolean): number[] =>
    load.endMs.map((_, index) =>
      perSecond(
        load,
        index,
        countIn(load, index, ({ kind }) => isOne(kind)),
      ),
    );
  const layers: readonly { readonly text: string; readonly colour: Colour; readonly values: number[] }[] = [
    { text: 'served', colour: 'ok', values: rates((kind) => kind === 'ok') },
    ...kinds.map((shown, index) => ({
      text: shown,
      colour: ERROR_COLOURS[index] ?? 'error-4',
      values: rates((kind) => (shown === OTHER_ERRORS ? kind !== 'ok' && !named.has(kind) : kind === shown)),
    })),
  ];
  const offered = load.endMs.map((_, index) => perSecond(load, index, load.offered[index] ?? 0));
  const windows = windowsOf(arm);
  const stacked = load.endMs.map(() => 0);
  const areas = layers.map(({ values, colour }): PlotLine => {
    values.forEach((value, index) => {
      stacked[index] = (stacked[index] ?? 0) + value;
    });
    return { values: windows.spread(stacked), colour, filled: true, stepped: 'before', width: 0 };
  });
  const highest = mostShown(load);
  return {
    id: 'requests',
    title: 'Requests by how they ended',
    lede: 'Sent on an open schedule, whatever the service does. Stacked, in requests a second; the line is what was offered.',
    height: 210,
    xMs: windows.xMs,
    lines: [
      ...areas.toReversed(),
      { values: windows.spread(offered), colour: 'ink', width: 1.3, stepped: 'before' },
    ],
    keys: [
      ...layers.map(
        ({ text, colour, values }): PlotKey => ({
          mark: 'area',
          colour,
          text,
          valueAt: inWindow(arm, values, perSecondText),
        }),
      ),
      { mark: 'line', colour: 'ink', text: 'offered', valueAt: inWindow(arm, offered, perSecondText) },
    ],
    y: [0, highest * 1.06],
    unit: (value) => String(value),
    cut: cutAt(load.endMs, load.windowMs, stacked, highest),
  };
}

/** The highest of each row of windows that do not fit, where it is. */
export function cutAt(
  endMs: readonly number[],
  windowMs: readonly (number | null)[],
  values: readonly number[],
  highest: number,
): { atMs: number; text: string }[] {
  const cut: { atMs: number; text: string }[] = [];
  const isCut = (index: number): boolean => (values[index] ?? 0) > highest * 1.06;
  for (let from = 0; from < values.length; from += 1) {
    if (!isCut(from)) continue;
    let to = from;
    while (isCut(to + 1)) to += 1;
    const most = Math.round(Math.max(...values.slice(from, to + 1)));
    cut.push({ atMs: (endMs[from] ?? 0) - (windowMs[from] ?? 0), text: `${most}/s` });
    from = to;
  }
  return cut;
}

/** None where it is not known of any request which front-end it went to. */
export function failedSharePlot(arm: ArmModel): PlotSpec | null {
  const { load } = arm;
  const share = (cohort: string): (number | null)[] =>
    load.endMs.map((_, index) => {
      const ended = countIn(load, index, (column) => column.cohort === cohort);
      const failed = countIn(load, index, (column) => column.cohort === cohort && column.kind !== 'ok');
      return ended === 0 ? null : failed / ended;
    });
  const percents = (value: number | null): string =>
    value === null ? '–' : `${Number((value * 100).toFixed(1))} %`;
  const cohorts = (['incumbent', 'newcomer'] as const).filter((cohort) =>
    load.outcomes.some((column) => column.cohort === cohort),
  );
  if (cohorts.length === 0) return null;
  const windows = windowsOf(arm);
  const shares = cohorts.map((cohort) => ({ cohort, values: share(cohort) }));
  return {
    id: 'failed-share',
    title: 'Requests that failed, at old and at new front-ends',
    lede: 'The share of those sent to each cohort. Servers that were there before fail too.',
    height: 130,
    xMs: windows.xMs,
    lines: shares.map(({ cohort, values }) => ({
      values: windows.spread(values),
      colour: cohort,
      width: 2,
      stepped: 'before',
    })),
    keys: shares.map(({ cohort, values }) => ({
      mark: 'line',
      colour: cohort,
      text: `at ${cohort}s`,
      valueAt: inWindow(arm, values, percents),
    })),
    y: [-0.03, 1.06],
    unit: (value) => (value < 0 || value > 1 ? '' : percents(value)),
  };
}

export function latencyPlot(arm: ArmModel): PlotSpec {
  const { load, probes } = arm;
  const windows = windowsOf(arm);
  const at = (ok: number): [number[], number[]] => {
    const chosen = probes.atMs.map((_, index) => index).filter((index) => probes.ok[index] === ok);
    return [
      chosen.map((index) => probes.atMs[index] ?? 0),
      chosen.map((index) => Math.max(0.01, probes.tookMs[index] ?? 0)),
    ];
  };
  // Windows with nothing served have no latency: their gap must be seen, while a probe's moment is no gap.
  const joined = uPlot.join(
    [
      [windows.xMs, windows.spread(load.p50Ms), windows.spread(load.p99Ms), windows.spread(load.maxMs)],
      at(1),
      at(0),
    ],
    [
      [0, 2, 2, 2],
      [0, 0],
      [0, 0],
    ],
  ) as unknown as [number[], ...(number | null | undefined)[][]];
  const [xMs, p50 = [], p99 = [], max = [], probed = [], unanswered = []] = joined;
  const all = [...load.p50Ms, ...load.maxMs, ...probes.tookMs].filter(
    (value): value is number => value !== null && value > 0,
  );
  const least = all.reduce((low, value) => Math.min(low, value), 10);
  const highest = all.reduce((high, value) => Math.max(high, value), 10);
  const lastProbe = (atMs: number): string => {
    const index = probes.atMs.findLastIndex((probedMs) => probedMs <= atMs);
    return index < 0
      ? '–'
      : `${took(probes.tookMs[index] ?? null)}${probes.ok[index] === 0 ? ', failed' : ''}`;
  };
  const failedProbes = (atMs: number): string =>
    `${probes.atMs.filter((probedMs, index) => probedMs <= atMs && probes.ok[index] === 0).length} so far`;
  return {
    id: 'latency',
    title: 'How long it took',
    lede: 'Requests that were served, from when they were due, by load window; and each direct probe of a back-end, past every front-end. Log axis.',
    height: 210,
    xMs,
    lines: [
      { values: max, colour: 'quiet', width: 1, alpha: 0.8 },
      { values: p99, colour: 'ok', dash: [5, 3], width: 1.6 },
      { values: p50, colour: 'ok', width: 2 },
      { values: probed, colour: 'error-2', dots: true, alpha: 0.65 },
      ...(probes.ok.includes(0) ? [{ values: unanswered, colour: 'failed', dots: true } as const] : []),
    ],
    keys: [
      { mark: 'line', colour: 'ok', text: 'half within', valueAt: inWindow(arm, load.p50Ms, took) },
      { mark: 'dash', colour: 'ok', text: '99 % within', valueAt: inWindow(arm, load.p99Ms, took) },
      { mark: 'line', colour: 'quiet', text: 'slowest', valueAt: inWindow(arm, load.maxMs, took) },
      { mark: 'dot', colour: 'error-2', text: 'back-end probe', valueAt: lastProbe },
      ...(probes.ok.includes(0)
        ? [{ mark: 'dot', colour: 'failed', text: 'probes that failed', valueAt: failedProbes } as const]
        : []),
    ],
    y: decadesOf(least, highest),
    log: true,
    unit: tookTick,
  };
}
