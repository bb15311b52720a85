/**
 * `settle`: waits until a change has had its time to show, and says so in the journal, or until the fleet is linked.
 */
import { settlingMs } from '@fleetfall/experiment/settling.ts';
import type { Settling } from '@fleetfall/experiment/steps.ts';
import { hold } from '../hold.ts';
import { meshed } from '../service.ts';
import type { StepContext } from './step.ts';

/** @throws StepTimeoutError when the fleet does not come to be linked. */
export async function settle({ fleet, layout, record, signal }: StepContext, until: Settling): Promise<void> {
  if (until === 'linked') return meshed(fleet, layout.fleet.frontEnd);
  await hold(settlingMs(until, layout.fleet.frontEnd), signal);
  record({ kind: 'settled', frontEnds: fleet.frontEnds().length });
}
