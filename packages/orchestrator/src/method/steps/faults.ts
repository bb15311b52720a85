/**
 * The verbs that hurt a fleet, and `heal`. A fault is credited only with evidence: where there is none, what would
 * follow in the method would be about something else, and the run ends there, inconclusive.
 */
import type { StepArgs } from '@fleetfall/experiment/steps.ts';
import type { FaultOutcome } from '@fleetfall/protocol/faults.ts';
import { UntriedError } from '../endings.ts';
import type { StepContext } from './step.ts';

export const limit = async ({ fleet }: StepContext, { pidsMax, targets }: StepArgs<'limit'>): Promise<void> =>
  inForce(await fleet.setLimit(pidsMax, targets));

export const kill = async ({ fleet }: StepContext, targets: StepArgs<'kill'>): Promise<void> =>
  inForce(await fleet.kill(targets));

export const pause = async ({ fleet }: StepContext, targets: StepArgs<'pause'>): Promise<void> =>
  inForce(await fleet.pause(targets));

export const partition = async (
  { fleet }: StepContext,
  { targets, from }: StepArgs<'partition'>,
): Promise<void> => inForce(await fleet.partition(targets, from));

export const slow = async (
  { fleet }: StepContext,
  { targets, from, delay, lossPercent }: StepArgs<'slow'>,
): Promise<void> =>
  inForce(
    await fleet.slow(targets, {
      ...(from === undefined ? {} : { from }),
      ...(delay === undefined ? {} : { delayMs: delay }),
      ...(lossPercent === undefined ? {} : { lossPercent }),
    }),
  );

export const limitMemory = async (
  { fleet }: StepContext,
  { targets, room }: StepArgs<'limit-memory'>,
): Promise<void> => inForce(await fleet.inject({ kind: 'limit-memory', targets, roomBytes: room }));

export const limitCpu = async (
  { fleet }: StepContext,
  { targets, cores }: StepArgs<'limit-cpu'>,
): Promise<void> => inForce(await fleet.inject({ kind: 'limit-cpu', targets, cores }));

/** @throws UntriedError when one of them cannot be shown to be lifted. */
export async function heal({ fleet }: StepContext): Promise<void> {
  for (const outcome of await fleet.heal('all')) inForce(outcome);
}

function inForce({ faultId, event, outcome, reason }: FaultOutcome): void {
  if (outcome === 'installed' || outcome === 'healed') return;
  throw new UntriedError(
    `${faultId} was not ${event === 'heal' ? 'healed' : 'installed'}: ${outcome}: ${reason}`,
  );
}
