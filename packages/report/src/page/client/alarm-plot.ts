/**
 * The alarms of an arm as bars on the shared axis, and in words how long before the fall they would have told.
 */
import type { ArmModel } from '../model/arm-model.ts';
import { type Alarm, type AlarmName, alarmsOf } from './alarms.ts';
import type { Colour } from './palette.ts';
import type { PlotSpec } from './plot-spec.ts';
import { cellOf, countsThreads } from './reading.ts';

const LOOKS: Readonly<Record<AlarmName, { readonly short: string; readonly text: string; colour: Colour }>> =
  {
    ThreadExhaustionPredicted: { short: 'predicted', text: 'exhaustion predicted', colour: 'ink' },
    ThreadHeadroomLow: { short: 'headroom', text: 'thread headroom low', colour: 'limit' },
    ThreadsRefused: { short: 'refused', text: 'threads refused', colour: 'failed' },
    ShardMapStale: { short: 'stale map', text: 'shard-map out of date', colour: 'missing' },
  };
const BAR_PX = 9;

export function alarmsPlot(arm: ArmModel): PlotSpec {
  const { beginMs, stepMs, length } = arm.grid;
  const alarms = alarmsOf(arm);
  const rowOf = (index: number): number => alarms.length - 1 - index;
  return {
    id: 'alarms',
    title: 'Alarms',
    lede: `When the rules for Prometheus would have told of any front-end, a second of the run for a minute of theirs. ${leadText(arm, alarms)}`,
    height: 150,
    xMs: Array.from({ length }, (_, cell) => beginMs + cell * stepMs),
    lines: alarms.map(({ name, firing }, index) => ({
      // A bar goes on to the end of its last cell.
      values: firing.map((count, cell) => (count > 0 || (firing[cell - 1] ?? 0) > 0 ? rowOf(index) : null)),
      colour: LOOKS[name].colour,
      width: BAR_PX,
      stepped: 'after',
    })),
    keys: alarms.map(({ name, firing }) => ({
      mark: 'area',
      colour: LOOKS[name].colour,
      text: LOOKS[name].text,
      valueAt: (atMs) => `${firing[cellOf(arm, atMs)] ?? 0}`,
    })),
    y: [-0.6, alarms.length - 0.4],
    ticks: alarms.map((_, index) => rowOf(index)),
    unit: (row) => LOOKS[alarms[rowOf(row)]?.name ?? 'ThreadsRefused'].short,
  };
}

/** How long before the first refused thread, or in vain, the two warnings came. */
function leadText(arm: ArmModel, alarms: readonly Alarm[]): string {
  const { refusal } = arm.firsts;
  if (!countsThreads(arm)) return 'Of threads they could not have told: no counts of them were read.';
  const warnings = alarms.filter(
    ({ name, firstMs }) =>
      (name === 'ThreadExhaustionPredicted' || name === 'ThreadHeadroomLow') && firstMs !== null,
  );
  if (refusal === null)
    return warnings.length === 0 ? 'None warned, and no thread was refused.' : 'No thread was refused.';
  const leads = warnings.map(({ name, firstMs }) => {
    const leadMs = refusal.atMs - (firstMs ?? 0);
    const when = leadMs >= 0 ? 'before' : 'after';
    return `${LOOKS[name].text} ${(Math.abs(leadMs) / 1000).toFixed(1)} s ${when} the first refused thread`;
  });
  const told = `${leads.join('; ')}.`;
  return leads.length === 0
    ? 'Nothing warned of the first refused thread.'
    : `${told.charAt(0).toUpperCase()}${told.slice(1)}`;
}
