/**
 * `settle`: waits until a change has shown, and says so in the journal, or until the fleet is linked.
 */
import { settlingMs } from '@fleetfall/experiment/settling.ts';
import type { Settling } from '@fleetfall/experiment/steps.ts';
import { comesOrNot } from '../../fleet/fleet-view.ts';
import { changeHasShown, linksAreTried } from '../change-shown.ts';
import { MESH_TIMEOUT_MS, meshed } from '../service.ts';
import type { StepContext } from './step.ts';

/** @throws StepTimeoutError when the fleet does not come to be linked. */
export async function settle(context: StepContext, until: Settling): Promise<void> {
  const { fleet, layout, record } = context;
  if (until === 'linked') return meshed(fleet, layout.fleet.frontEnd);
  const seen = await isSeenWithin(context, settlingMs(until, layout.fleet.frontEnd));
  record({ kind: 'settled', frontEnds: fleet.frontEnds().length, seen });
}

/**
 * Waits until a change has shown at every front-end, or has had its time; the whole time where anything but front-ends was
 * changed: what a fault does to a fleet is not to be seen by that. Where threads take longer than the experiment's times
 * reckon with, front-ends that still open their links are waited for besides, as any mesh is.
 * @returns whether it was seen.
 */
async function isSeenWithin({ fleet, layout, soFar, signal }: StepContext, timeMs: number): Promise<boolean> {
  const isSeen = (): boolean => soFar.isUndisturbed && changeHasShown(fleet, layout.fleet.shards);
  const { view } = fleet;
  if (await comesOrNot(view.until('a change to show at every front-end', isSeen, timeMs, signal)))
    return true;
  const isTried = (): boolean => !soFar.isUndisturbed || linksAreTried(fleet);
  await comesOrNot(view.until('every front-end to have tried its links', isTried, MESH_TIMEOUT_MS, signal));
  return isSeen();
}
