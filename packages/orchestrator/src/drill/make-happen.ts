/**
 * Makes a drawn cause happen, by what an experiment would do it with: front-ends are added, and the fleet is hurt where
 * more than that is needed. What cannot be shown to be in force is not a drill.
 */
import type { DrillCause } from '@fleetfall/protocol/drill.ts';
import type { Fault, FaultOutcome } from '@fleetfall/protocol/faults.ts';
import type { ArmSession } from '../method/arm-session.ts';
import { UntriedError } from '../method/endings.ts';
import type { DrillPlan } from './drill-layout.ts';

const FRONT_ENDS = { role: 'front-end' } as const;
/** A front-end under load has it used up within seconds, each in its own. */
const MEMORY_ROOM_BYTES = 1024 * 1024;
/** A front-end of an idle fleet takes about as much: it never catches up. */
const CPU_CORES = 0.03;

/** Of threads there is none: growth past the limit is the whole of it. */
const FAULTS: Readonly<Record<Exclude<DrillCause, 'threads'>, Fault>> = {
  memory: { kind: 'limit-memory', targets: FRONT_ENDS, roomBytes: MEMORY_ROOM_BYTES },
  cpu: { kind: 'limit-cpu', targets: FRONT_ENDS, cores: CPU_CORES },
  partition: { kind: 'partition', targets: { role: 'back-end' }, from: FRONT_ENDS },
};

/** @throws UntriedError when it cannot be shown to be in force. */
export async function makeHappen(
  cause: DrillCause,
  { pidsMax, added }: DrillPlan,
  arm: ArmSession,
): Promise<void> {
  await arm.inPhase('addition', async () => {
    if (cause === 'threads') assertInForce(await arm.fleet.setLimit(pidsMax));
    await arm.runSteps([
      { verb: 'grow', args: { by: added } },
      { verb: 'settle', args: 'ageing' },
    ]);
  });
  await arm.inPhase('outage', async () => {
    if (cause !== 'threads') assertInForce(await arm.fleet.inject(FAULTS[cause]));
    await arm.runSteps([{ verb: 'settle', args: 'consequences' }]);
  });
}

function assertInForce({ faultId, outcome, reason }: FaultOutcome): void {
  if (outcome === 'installed') return;
  throw new UntriedError(`the drill cannot be had: ${faultId} was not installed: ${outcome}: ${reason}`);
}
