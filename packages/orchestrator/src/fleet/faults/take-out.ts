/**
 * A partition from everybody where no rules can be had, by who is in the network at all: the engine takes the members
 * out of it. Credited when the engine has no address for them, and the observer, which is cut off too, no answer.
 */
import type { FaultEvidence } from '@fleetfall/protocol/faults.ts';
import type { CrewMember } from '../crew.ts';
import { seeAnswers } from './answers.ts';
import type { FaultContext, InstalledFault } from './fault-maker.ts';

/**
 * @param members all running.
 * @param why no rules could be had.
 * @throws NoMeansError when nobody can be taken out either.
 */
export async function takeOut(
  members: readonly CrewMember[],
  why: string,
  wayBack: AsyncDisposableStack,
  context: FaultContext,
): Promise<InstalledFault> {
  const { crew, runtimeFleet, signal } = context;
  const { network } = runtimeFleet;
  const out = members.toSorted(byAddress);
  const stillIn = (): CrewMember[] =>
    out.filter(({ memberId, member }) => {
      const now = crew.get(memberId);
      return now?.running === true && now.member === member;
    });
  // What comes last goes back first: the lowest address, which is the one that is then given.
  for (const { memberId } of out.toReversed()) {
    wayBack.defer(() => network.bringBack(memberId));
    await network.takeOut(memberId);
    signal.throwIfAborted();
  }
  return {
    means: `taking them out of the network, the observer's sight of them with it: ${why}`,
    readBack: (inForce) =>
      Promise.all(
        stillIn().map(async ({ memberId, member }) =>
          asEvidence(memberId, member.endpoint.host, await network.addressOf(memberId), inForce),
        ),
      ),
    seeEffect: (inForce) =>
      Promise.all(stillIn().map(({ memberId }) => seeAnswers(memberId, inForce, context))),
  };
}

function asEvidence(of: string, had: string, now: string | null, inForce: boolean): FaultEvidence {
  return {
    of,
    reading: 'its address by the engine',
    before: inForce ? had : 'none',
    after: now ?? 'none',
    holds: inForce ? now === null : now === had,
  };
}

function byAddress({ member: one }: CrewMember, { member: other }: CrewMember): number {
  return one.endpoint.host.localeCompare(other.endpoint.host, 'en', { numeric: true });
}
