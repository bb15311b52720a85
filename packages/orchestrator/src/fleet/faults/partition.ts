/**
 * Drops all that passes between two sides. Credited when the kernel has the rules and every way that was open before
 * is silent: neither refused nor reset, since a partition answers nothing. Where rules cannot be had and the other side
 * is everybody, the targets are taken out of the network instead.
 */
import type { FaultEvidence } from '@fleetfall/protocol/faults.ts';
import { NoMeansError, type Reach } from '../../runtime/member-network.ts';
import type { CrewMember } from '../crew.ts';
import type { FaultContext, FaultMaker, InstalledFault } from './fault-maker.ts';
import { readRules } from './rules-evidence.ts';
import { askAcross, type Sides, sidesOf, wayOf } from './sides.ts';
import { takeOut } from './take-out.ts';

export const partition: FaultMaker<'partition'> = {
  endsWithFleet: false,
  async install({ from }, members, wayBack, context) {
    const sides = sidesOf('partition', members, from, context.crew);
    try {
      return await cut(sides, wayBack, context);
    } catch (error) {
      // One that does not run has no network to be cut; that says nothing of the means for the others.
      const canBeOut = from === undefined && members.every(({ running }) => running);
      if (!(error instanceof NoMeansError) || !canBeOut) throw error;
      return takeOutInstead(members, error, wayBack, context);
    }
  },
};

async function cut(
  sides: Sides,
  wayBack: AsyncDisposableStack,
  { crew, runtimeFleet, faultId, signal }: FaultContext,
): Promise<InstalledFault> {
  const { network } = runtimeFleet;
  const open = (await askAcross(sides, 1, crew, network)).filter(({ failure }) => failure === null);
  signal.throwIfAborted();
  const rules = await network.drop(faultId, sides.left, sides.right, 1);
  wayBack.defer(() => rules.remove());
  const isOpen = new Set(open.map(wayOf));
  return {
    means: rules.means,
    readBack: (inForce) => readRules(faultId, rules, inForce),
    async seeEffect(inForce) {
      const reached = await askAcross(sides, 1, crew, network);
      return reached.filter((each) => isOpen.has(wayOf(each))).map((each) => asEvidence(each, inForce));
    },
  };
}

/** @throws NoMeansError with both reasons when there is no means at all. */
async function takeOutInstead(
  members: readonly CrewMember[],
  { message: why }: NoMeansError,
  wayBack: AsyncDisposableStack,
  context: FaultContext,
): Promise<InstalledFault> {
  try {
    return await takeOut(members, why, wayBack, context);
  } catch (error) {
    if (!(error instanceof NoMeansError)) throw error;
    throw new NoMeansError(`${why}; ${error.message}`, { cause: error });
  }
}

function asEvidence(reach: Reach, inForce: boolean): FaultEvidence {
  return {
    of: wayOf(reach),
    reading: 'an answer over a new connection',
    before: inForce ? 'answered' : 'timeout',
    after: reach.failure ?? 'answered',
    holds: inForce ? reach.failure === 'timeout' : reach.failure === null,
  };
}
