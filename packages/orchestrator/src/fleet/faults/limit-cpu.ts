/**
 * Gives members a small share of the CPU: in each period of 100 ms the kernel lets their threads run for so long, and
 * then not. They answer, late or never. It ends with the member, so that a fleet's end lifts it.
 */
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import type { FaultMaker } from './fault-maker.ts';
import { type LimitOfMember, limitEach } from './limited.ts';

/** The kernel takes no less: 1 ms of each 100. */
const CORES_MIN = 0.01;
const CORES_MAX = 1_024;

export const limitCpu: FaultMaker<'limit-cpu'> = {
  endsWithFleet: true,
  async install({ cores }, members, wayBack, context) {
    if (!(cores >= CORES_MIN && cores <= CORES_MAX)) {
      throw new SettingsError(
        `limit-cpu: cores must be from ${CORES_MIN} to ${CORES_MAX}: current value is ${cores}`,
      );
    }
    return limitEach(withQuota(Math.round(cores * 1_000) / 1_000), members, wayBack, context);
  },
};

const withQuota = (cores: number): LimitOfMember => ({
  reading: 'CPU quota',
  unit: 'cores',
  kills: false,
  async give(member) {
    await member.limitCpu(cores);
    return cores;
  },
  lift: (member) => member.limitCpu(null),
  inForce: (member) => member.resources()?.cpu?.quotaCores ?? null,
  hits: (member) => member.resources()?.cpu?.throttledPeriods ?? null,
});
