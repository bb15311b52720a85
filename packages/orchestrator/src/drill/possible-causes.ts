/**
 * Which causes this host has the means for, asked of the running fleet before one is drawn: a cause that could not be
 * made to happen must not be.
 */
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import type { DrillCause } from '@fleetfall/protocol/drill.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { NoMeansError } from '../runtime/member-network.ts';

/** @throws SettingsError when there is none left. */
export async function possibleCauses(
  fleet: Fleet,
  among: readonly DrillCause[],
): Promise<readonly DrillCause[]> {
  const reasons: string[] = [];
  const possible: DrillCause[] = [];
  for (const cause of among) {
    const reason = await whyNot(cause, fleet);
    if (reason === null) possible.push(cause);
    else reasons.push(`${cause}: ${reason}`);
  }
  if (possible.length > 0) return possible;
  throw new SettingsError(`--blind: this host has the means for none of these causes: ${reasons.join('; ')}`);
}

/** null when there are means. */
async function whyNot(cause: DrillCause, fleet: Fleet): Promise<string | null> {
  switch (cause) {
    case 'threads':
      return null;
    case 'memory':
    case 'cpu': {
      const isThere = fleet.frontEnds().every(({ member }) => member.limitable.includes(cause));
      return isThere ? null : `there is no cgroup of the ${cause} controller to be had, or to be read`;
    }
    case 'partition':
      return whyNoNetwork(fleet);
  }
}

async function whyNoNetwork(fleet: Fleet): Promise<string | null> {
  const [first] = fleet.frontEnds();
  if (first === undefined) return 'there is no front-end';
  try {
    await fleet.assertNetworkMeans(first.member.spec.memberId);
    return null;
  } catch (error) {
    if (error instanceof NoMeansError) return error.message;
    throw error;
  }
}
