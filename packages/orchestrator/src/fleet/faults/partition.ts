/**
 * Drops all that passes between two sides. Credited when the kernel has the rules and every way that was open before
 * is silent: neither refused nor reset, since a partition answers nothing.
 */
import type { FaultEvidence } from '@fleetfall/protocol/faults.ts';
import type { Reach } from '../../runtime/member-network.ts';
import type { FaultMaker } from './fault-maker.ts';
import { readRules } from './rules-evidence.ts';
import { askAcross, sidesOf, wayOf } from './sides.ts';

export const partition: FaultMaker<'partition'> = {
  endsWithFleet: false,
  async install({ targets: _, from }, members, wayBack, { crew, runtimeFleet, faultId, signal }) {
    const { network } = runtimeFleet;
    const sides = sidesOf('partition', members, from, crew);
    const open = (await askAcross(sides, 1, crew, network)).filter(({ failure }) => failure === null);
    signal.throwIfAborted();
    const rules = await network.drop(faultId, sides.left, sides.right, 1);
    wayBack.defer(() => rules.remove());
    const isOpen = new Set(open.map(wayOf));
    return {
      readBack: (inForce) => readRules(faultId, rules, inForce),
      async seeEffect(inForce) {
        const reached = await askAcross(sides, 1, crew, network);
        return reached.filter((each) => isOpen.has(wayOf(each))).map((each) => asEvidence(each, inForce));
      },
    };
  },
};

function asEvidence(reach: Reach, inForce: boolean): FaultEvidence {
  return {
    of: wayOf(reach),
    reading: 'an answer over a new connection',
    before: inForce ? 'answered' : 'timeout',
    after: reach.failure ?? 'answered',
    holds: inForce ? reach.failure === 'timeout' : reach.failure === null,
  };
}
