/**
 * `settle`: waits until a change has shown, and says so in the journal, or until the fleet is linked.
 */
import { settlingMs } from '@fleetfall/experiment/settling.ts';
import type { Settling } from '@fleetfall/experiment/steps.ts';
import { comesOrNot } from '../../fleet/fleet-view.ts';
import { lookForChange } from '../change-shown.ts';
import { hold } from '../hold.ts';
import { meshed } from '../service.ts';
import type { StepContext } from './step.ts';

/** @throws StepTimeoutError when the fleet does not come to be linked. */
export async function settle(context: StepContext, until: Settling): Promise<void> {
  const { fleet, layout, record } = context;
  if (until === 'linked') return meshed(fleet, layout.fleet.frontEnd);
  await shown(context, settlingMs(until, layout.fleet.frontEnd));
  record({ kind: 'settled', frontEnds: fleet.frontEnds().length });
}

/**
 * At the latest when the change has had its time; sooner where it has shown at every front-end, as long as nothing but
 * front-ends was changed: what a fault does to a fleet is not to be seen by that.
 */
async function shown({ fleet, layout, soFar, signal }: StepContext, withinMs: number): Promise<void> {
  if (!soFar.isUndisturbed) return hold(withinMs, signal);
  const hasShown = lookForChange(fleet, layout.fleet.shards);
  await comesOrNot(fleet.view.until('a change to show at every front-end', hasShown, withinMs, signal));
}
