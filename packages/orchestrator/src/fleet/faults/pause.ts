/**
 * Makes members stand still and go on again. A member that ended or was started again in between has nothing to
 * be lifted.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { FaultEvidence } from '@fleetfall/protocol/faults.ts';
import type { MemberRunState } from '../../runtime/runtime.ts';
import type { CrewMember } from '../crew.ts';
import { seeAnswers } from './answers.ts';
import type { FaultMaker } from './fault-maker.ts';

/** A thread stands still at its next return to user mode: milliseconds, but for one stuck on a disk. */
const SETTLE_DEADLINE_MS = 2_000;
const SETTLE_POLL_MS = 10;

export const pause: FaultMaker<'pause'> = {
  endsWithFleet: false,
  async install(_fault, members, wayBack, context) {
    const paused = members.filter(({ running }) => running);
    const stillIn = (): CrewMember[] =>
      paused.filter(({ memberId, member }) => {
        const now = context.crew.get(memberId);
        return now?.running === true && now.member === member;
      });
    for (const { member } of paused) {
      wayBack.defer(() => member.resume());
      await member.pause();
      context.signal.throwIfAborted();
    }
    return {
      readBack: (inForce) => Promise.all(stillIn().map((member) => readState(member, inForce))),
      seeEffect: (inForce) =>
        Promise.all(stillIn().map(({ memberId }) => seeAnswers(memberId, inForce, context))),
    };
  },
};

async function readState({ memberId, member }: CrewMember, inForce: boolean): Promise<FaultEvidence> {
  const [before, wanted]: readonly MemberRunState[] = inForce ? ['running', 'paused'] : ['paused', 'running'];
  const deadline = performance.now() + SETTLE_DEADLINE_MS;
  let state = await member.readState();
  while (state !== wanted && state !== 'ended' && performance.now() < deadline) {
    await delay(SETTLE_POLL_MS);
    state = await member.readState();
  }
  return {
    of: memberId,
    reading: 'its state by the kernel or the engine',
    before: before as MemberRunState,
    after: state,
    holds: state === wanted,
  };
}
