/**
 * What the back-ends appended: that they are well and idle while front-ends cannot route is seen here.
 */
import type { ArmModel } from '../model/arm-model.ts';
import type { PlotSpec } from './plot-spec.ts';
import { appendedPerSecond, cellOf } from './reading.ts';

/** None for a run whose journal has no word of a back-end. */
export function appendsPlot(arm: ArmModel): PlotSpec | null {
  const { backEnds, grid } = arm;
  if (backEnds.every(({ columns }) => columns.appended.cells.length === 0)) return null;
  const rates = backEnds.map((backEnd) =>
    Array.from({ length: grid.length }, (_, cell) => appendedPerSecond(arm, backEnd, cell)),
  );
  const highest = rates.flat().reduce<number>((most, rate) => Math.max(most, rate ?? 0), 1);
  return {
    id: 'appends',
    title: 'Records that each back-end appended',
    lede: 'A second, as each counts them itself, the direct probes among them. A line each.',
    height: 120,
    xMs: Array.from({ length: grid.length }, (_, cell) => grid.beginMs + cell * grid.stepMs),
    lines: rates.map((values) => ({ values, colour: 'ok', stepped: 'after', width: 1.4, alpha: 0.8 })),
    keys: backEnds.map(({ id }, row) => ({
      mark: 'line',
      colour: 'ok',
      text: id,
      valueAt: (atMs) => {
        const rate = rates[row]?.[cellOf(arm, atMs)] ?? null;
        return rate === null ? '–' : `${Math.round(rate)}/s`;
      },
    })),
    y: [0, highest * 1.06],
    unit: String,
  };
}
