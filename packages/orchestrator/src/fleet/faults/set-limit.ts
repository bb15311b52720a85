/**
 * Sets `pids.max` of running members, and of what they are started as again. It is read back on the host, where the
 * host's cgroup files are there, and as the member itself reads it.
 */
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import type { FaultEvidence } from '@fleetfall/protocol/faults.ts';
import { BOOT_TASKS } from '@fleetfall/protocol/settings.ts';
import { UNLIMITED_TASKS } from '../../runtime/runtime.ts';
import { StepTimeoutError } from '../fleet-view.ts';
import type { FaultContext, FaultMaker } from './fault-maker.ts';

/** Several of the observer's intervals. */
const SEEN_DEADLINE_MS = 5_000;

export const setLimit: FaultMaker<'set-limit'> = {
  endsWithFleet: true,
  async install({ pidsMax }, members, wayBack, context) {
    const { crew } = context;
    if (!Number.isInteger(pidsMax) || pidsMax < BOOT_TASKS) {
      throw new SettingsError(
        `set-limit: pidsMax must be a whole number from ${BOOT_TASKS}, the tasks of Node itself: current value is ${pidsMax}`,
      );
    }
    const before = new Map(
      members.map(({ memberId, member }) => [memberId, member.spec.pidsMax ?? UNLIMITED_TASKS]),
    );
    for (const [memberId, limit] of before) {
      wayBack.defer(() => crew.setLimit(memberId, limit));
      await crew.setLimit(memberId, pidsMax);
      context.signal.throwIfAborted();
    }
    const stillIn = (): [string, number][] => [...before].filter(([id]) => crew.get(id)?.running === true);
    return {
      readBack: async (inForce) =>
        stillIn().flatMap(([id, limit]) => {
          const [was, wanted] = inForce ? [limit, pidsMax] : [pidsMax, limit];
          const reading = crew.get(id)?.member.witness() ?? null;
          if (reading === null) return [];
          const { limit: found } = reading.kernel;
          return [
            { of: id, reading: 'pids.max on the host', before: was, after: found, holds: found === wanted },
          ];
        }),
      seeEffect: (inForce) =>
        Promise.all(
          stillIn().map(([id, limit]) =>
            inForce ? seeLimit(id, limit, pidsMax, context) : seeLimit(id, pidsMax, limit, context),
          ),
        ),
    };
  },
};

/** Waits until a member itself tells of its limit. */
async function seeLimit(
  memberId: string,
  before: number,
  wanted: number,
  { view, signal }: FaultContext,
): Promise<FaultEvidence> {
  const found = (): number | null => view.seen(memberId)?.state.kernel?.limit ?? null;
  const what = `${memberId} to read a pids.max of ${wanted}`;
  try {
    await view.until(what, () => found() === wanted, SEEN_DEADLINE_MS, signal);
  } catch (error) {
    // That it did not come about is what there is to tell.
    if (!(error instanceof StepTimeoutError)) throw error;
  }
  return {
    of: memberId,
    reading: 'pids.max as the member reads it',
    before,
    after: found(),
    holds: found() === wanted,
  };
}
