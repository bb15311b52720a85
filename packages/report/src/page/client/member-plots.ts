/**
 * Plots with a line for each front-end: threads against the kernel's limit and the prediction, refusals, the map's
 * age and completeness. A line is stepped, since a reading stands until the next.
 */
import { counted } from '@fleetfall/claims/figures.ts';
import type { ArmModel } from '../model/arm-model.ts';
import type { Cells } from '../model/columns.ts';
import type { FrontEnd, FrontEndField } from '../model/front-end.ts';
import type { Colour } from './palette.ts';
import type { PlotKey, PlotLine, PlotSpec } from './plot-spec.ts';
import { carried, cellOf, countsThreads, readAt, sizeAt } from './reading.ts';

/** How far lines of one count are spread downwards, in threads: task counts are whole, and members move alike. */
const SPREAD_THREADS = 0.6;

/** What a plot of threads says where no count of them was read. */
const UNREAD =
  'Not known here, nor what the kernel refused: no counts of threads were read, as in what is shown of a blind drill.';
/** High enough for the names of the moments, which stand here. */
const UNREAD_HEIGHT = 64;

const isNewcomer = ({ cohort }: FrontEnd): boolean => cohort === 'newcomer';
const colourOf = (frontEnd: FrontEnd): Colour => (isNewcomer(frontEnd) ? 'newcomer' : 'incumbent');

/** When each cell begins. */
function cellTimes({ grid }: ArmModel): number[] {
  return Array.from({ length: grid.length }, (_, index) => grid.beginMs + index * grid.stepMs);
}

/** A line for each front-end, incumbents first so that newcomers lie above. */
function linesOf(
  arm: ArmModel,
  field: FrontEndField,
  shown: (value: number, row: number) => number = (value) => value,
): PlotLine[] {
  return arm.frontEnds
    .map((frontEnd, row) => ({ frontEnd, row }))
    .toSorted((left, right) => Number(isNewcomer(left.frontEnd)) - Number(isNewcomer(right.frontEnd)))
    .map(({ frontEnd, row }) => ({
      values: carried(arm, frontEnd, field).map((value) => (value === null ? null : shown(value, row))),
      colour: colourOf(frontEnd),
      stepped: 'after',
      width: isNewcomer(frontEnd) ? 1.4 : 1.2,
      alpha: 0.75,
    }));
}

/** A key for each cohort that there is: the range of its values at the moment. */
function cohortKeys(arm: ArmModel, field: FrontEndField, unit: (value: number) => string): PlotKey[] {
  return (['incumbent', 'newcomer'] as const)
    .filter((cohort) => arm.frontEnds.some((frontEnd) => frontEnd.cohort === cohort))
    .map((cohort) => ({
      mark: 'line',
      colour: cohort,
      text: `${cohort}s`,
      valueAt: (atMs) => {
        const values = arm.frontEnds
          .filter((frontEnd) => frontEnd.cohort === cohort)
          .flatMap((frontEnd) => readAt(arm, frontEnd, field, cellOf(arm, atMs)) ?? []);
        if (values.length === 0) return '–';
        const [least, most] = [Math.min(...values), Math.max(...values)];
        return least === most ? unit(most) : `${unit(least)}–${unit(most)}`;
      },
    }));
}

const most = (columns: readonly Cells[]): number =>
  columns.reduce((high, cells) => cells.reduce<number>((max, cell) => Math.max(max, cell ?? 0), high), 0);

export function threadsPlot(arm: ArmModel): PlotSpec {
  const xMs = cellTimes(arm);
  const { prediction } = arm;
  const predictedAt = (atMs: number): number | null => {
    const size = sizeAt(arm, atMs);
    return prediction === null || size === 0 ? null : prediction.a + prediction.k * (size - 1);
  };
  const limitAt = (cell: number): number | null =>
    arm.frontEnds.reduce<number | null>(
      (found, frontEnd) => found ?? readAt(arm, frontEnd, 'limit', cell),
      null,
    ) ??
    // In a drill it may be another than it was set to, under seal.
    (arm.drill === null ? arm.settings?.pidsMax : null) ??
    null;
  const limits = xMs.map((_, cell) => limitAt(cell));
  const predicted = xMs.map((atMs) =>
    prediction === null || atMs < prediction.atMs ? null : predictedAt(atMs),
  );
  const counts = arm.frontEnds.map(({ columns }) => columns.tasks.cells);
  const highest = most([...counts, predicted]);
  const limit = most([limits]);
  // A limit far above all counts would press them flat against the axis.
  const top = limit <= highest * 2 ? Math.max(limit, highest) : highest;
  const least = counts
    .flat()
    .reduce<number>((low, cell) => (cell === null ? low : Math.min(low, cell)), highest);
  const row = SPREAD_THREADS / Math.max(1, arm.frontEnds.length);
  return {
    id: 'threads',
    title: 'Threads of each front-end',
    lede: countsThreads(arm)
      ? 'Counted by the kernel (pids.current). Each front-end holds one or more for every other; at the limit the next is refused.'
      : UNREAD,
    height: countsThreads(arm) ? 250 : UNREAD_HEIGHT,
    xMs,
    lines: [
      ...linesOf(arm, 'tasks', (value, index) => value - row * index),
      { values: predicted, colour: 'ink', dash: [2, 4], width: 2, stepped: 'after' },
      { values: limits, colour: 'failed', dash: [8, 4], width: 1.6, stepped: 'after' },
    ],
    keys: [
      ...cohortKeys(arm, 'tasks', String),
      {
        mark: 'dash',
        colour: 'failed',
        text: 'limit (pids.max)',
        valueAt: (atMs) => String(limitAt(cellOf(arm, atMs)) ?? (countsThreads(arm) ? 'none' : '–')),
      },
      {
        mark: 'dash',
        colour: 'ink',
        text: 'predicted',
        valueAt: (atMs) => {
          const value = prediction === null || atMs < prediction.atMs ? null : predictedAt(atMs);
          return value === null ? '–' : Number(value.toFixed(1)).toString();
        },
      },
    ],
    // Room at the top for the names of the moments.
    y: [Math.max(0, least - 2), top + Math.max(1, (top - least) * 0.16)],
    namesMoments: true,
    unit: (value) => (Number.isInteger(value) && countsThreads(arm) ? String(value) : ''),
  };
}

/**
 * None where no counts were read: that nothing was refused would be no finding.
 * @param uncounted front-ends of which it cannot be told whose limit refused them.
 */
export function refusalsPlot(arm: ArmModel, uncounted: number): PlotSpec | null {
  if (!countsThreads(arm)) return null;
  const sums = (cohort: string | null): number[] =>
    Array.from({ length: arm.grid.length }, (_, cell) =>
      arm.frontEnds.reduce(
        (sum, frontEnd) =>
          cohort === null || frontEnd.cohort === cohort
            ? sum + (frontEnd.columns.refused.cells[cell] ?? 0)
            : sum,
        0,
      ),
    );
  const all = sums(null);
  const incumbents = sums('incumbent');
  const newcomers = sums('newcomer');
  const doubt =
    uncounted === 0
      ? ''
      : ` Of ${counted(uncounted, 'front-end')} it cannot be told whose limit it was: the verdict does not count them.`;
  const soFar =
    (cells: readonly number[]) =>
    (atMs: number): string =>
      `${cells.slice(0, cellOf(arm, atMs) + 1).reduce((sum, cell) => sum + cell, 0)} so far`;
  return {
    id: 'refusals',
    title: 'Threads that the kernel refused',
    lede: `How often clone() failed at the limit (pids.events max), in each ${arm.grid.stepMs / 1000} s.${doubt}`,
    height: 120,
    xMs: cellTimes(arm),
    lines: [
      { values: all, colour: 'newcomer', filled: true, stepped: 'after', width: 0 },
      { values: incumbents, colour: 'incumbent', filled: true, stepped: 'after', width: 0 },
    ],
    keys: [
      { mark: 'area', colour: 'incumbent', text: 'to incumbents', valueAt: soFar(incumbents) },
      { mark: 'area', colour: 'newcomer', text: 'to newcomers', valueAt: soFar(newcomers) },
    ],
    y: [0, Math.max(1, most([all])) * 1.1],
    unit: (value) => (Number.isInteger(value) ? String(value) : ''),
  };
}

export function mapAgePlot(arm: ArmModel): PlotSpec {
  const maxAgeMs = arm.settings?.frontEnd.shardMapMaxAgeMs ?? null;
  const highest = Math.max(most(arm.frontEnds.map(({ columns }) => columns.mapAgeMs.cells)), maxAgeMs ?? 0);
  const xMs = cellTimes(arm);
  const refuses = arm.settings?.frontEnd.agedMap !== 'serve';
  const seconds = (value: number): string => `${Number((value / 1000).toFixed(value < 9_950 ? 1 : 0))} s`;
  return {
    id: 'map-age',
    title: 'Age of each shard-map',
    lede: `A map that cannot be built again grows old. Past the line ${refuses ? 'it is no longer routed by' : 'it is served, stale'}.`,
    height: 170,
    xMs,
    lines: [
      ...linesOf(arm, 'mapAgeMs'),
      ...(maxAgeMs === null
        ? []
        : [{ values: xMs.map(() => maxAgeMs), colour: 'failed', dash: [8, 4], width: 1.6 } as const]),
    ],
    keys: [
      ...cohortKeys(arm, 'mapAgeMs', seconds),
      ...(maxAgeMs === null
        ? []
        : [
            {
              mark: 'dash',
              colour: 'failed',
              text: 'too old from',
              valueAt: () => seconds(maxAgeMs),
            } as const,
          ]),
    ],
    y: [0, Math.max(1, highest) * 1.06],
    unit: seconds,
  };
}

export function completenessPlot(arm: ArmModel): PlotSpec {
  const percents = (value: number): string => `${Number((value * 100).toFixed(1))} %`;
  return {
    id: 'completeness',
    title: 'How complete each shard-map is',
    lede: 'The share of all shards whose owner the map knows.',
    height: 120,
    xMs: cellTimes(arm),
    lines: linesOf(arm, 'complete'),
    keys: cohortKeys(arm, 'complete', percents),
    y: [-0.03, 1.06],
    unit: (value) => (value < 0 || value > 1 ? '' : percents(value)),
  };
}
