/**
 * Failed requests by type, for each cohort apart: old servers and new ones may fail differently, and at different
 * times. Types have the colours that they have among all requests, and all cohorts one scale.
 */
import { OTHER_ERRORS, shownKinds } from '../../error-kinds.ts';
import type { ArmModel } from '../model/arm-model.ts';
import { countIn, mostShown, NO_COHORT, perSecond, totalsByKind } from '../model/load-rows.ts';
import { cutAt, ERROR_COLOURS, perSecondText } from './load-plots.ts';
import { inWindow, windowsOf } from './load-windows.ts';
import type { Colour } from './palette.ts';
import type { PlotKey, PlotLine, PlotSpec } from './plot-spec.ts';

/** Cohorts in the order in which they stand, with where their requests went. */
const PLACES: readonly (readonly [string, string])[] = [
  ['incumbent', 'at incumbents'],
  ['newcomer', 'at newcomers'],
  [NO_COHORT, 'at no known front-end'],
];

interface Layer {
  readonly text: string;
  readonly colour: Colour;
  readonly perSecond: readonly number[];
}

/** A plot for each cohort at which a request failed. */
export function errorPlots(arm: ArmModel): PlotSpec[] {
  const { load } = arm;
  const places = PLACES.filter(([cohort]) =>
    load.outcomes.some((column) => column.cohort === cohort && column.kind !== 'ok'),
  ).map(([cohort, where]) => ({ cohort, where, layers: layersOf(arm, cohort) }));
  const rates = (layers: readonly Layer[]): number[] =>
    load.endMs.map((_, index) => layers.reduce((sum, layer) => sum + (layer.perSecond[index] ?? 0), 0));
  const most = Math.max(1, ...places.flatMap(({ layers }) => rates(layers)));
  const highest = Math.min(most, mostShown(load));
  return places.map(({ cohort, where, layers }) => plotOf(arm, cohort, where, layers, highest));
}

/** The types that all requests are shown by, at one cohort; of those that it never met there is no layer. */
function layersOf({ load }: ArmModel, cohort: string): Layer[] {
  const totals = totalsByKind(load);
  totals.delete('ok');
  const kinds = shownKinds(totals);
  const named = new Set(kinds);
  return kinds
    .map((shown, index): Layer => {
      const isOne = (kind: string): boolean =>
        shown === OTHER_ERRORS ? kind !== 'ok' && !named.has(kind) : kind === shown;
      const rates = load.endMs.map((_, window) =>
        perSecond(
          load,
          window,
          countIn(load, window, (each) => each.cohort === cohort && isOne(each.kind)),
        ),
      );
      return { text: shown, colour: ERROR_COLOURS[index] ?? 'error-4', perSecond: rates };
    })
    .filter(({ perSecond: rates }) => rates.some((rate) => rate > 0));
}

function plotOf(
  arm: ArmModel,
  cohort: string,
  where: string,
  layers: readonly Layer[],
  highest: number,
): PlotSpec {
  const windows = windowsOf(arm);
  const stacked = arm.load.endMs.map(() => 0);
  const areas = layers.map(({ perSecond: rates, colour }): PlotLine => {
    rates.forEach((rate, index) => {
      stacked[index] = (stacked[index] ?? 0) + rate;
    });
    return { values: windows.spread(stacked), colour, filled: true, stepped: 'before', width: 0 };
  });
  return {
    id: `errors-${cohort}`,
    title: `Errors by type, ${where}`,
    lede: `Requests that failed, stacked, in requests a second.${cohort === NO_COHORT ? ' There was no front-end to send them to, or a balancer chose it.' : ''}`,
    height: 110,
    xMs: windows.xMs,
    lines: areas.toReversed(),
    keys: layers.map(
      ({ text, colour, perSecond: rates }): PlotKey => ({
        mark: 'area',
        colour,
        text,
        valueAt: inWindow(arm, rates, perSecondText),
      }),
    ),
    y: [0, highest * 1.06],
    unit: String,
    cut: cutAt(arm.load.endMs, arm.load.windowMs, stacked, highest),
  };
}
