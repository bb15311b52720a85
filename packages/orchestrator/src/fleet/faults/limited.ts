/**
 * What the limits on memory and on CPU have in common: each is given to the members one by one, read back from the
 * kernel's files, and credited only when the kernel has counted that it was run into. A member that ended or was
 * started again in between has nothing to be lifted.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { FaultEvidence } from '@fleetfall/protocol/faults.ts';
import type { StartedMember } from '../../runtime/runtime.ts';
import type { CrewMember } from '../crew.ts';
import type { FaultContext, InstalledFault } from './fault-maker.ts';

/** A fleet under load allocates and computes all the time: what does not bite by then does not. */
const BITE_DEADLINE_MS = 10_000;
const BITE_POLL_MS = 20;

/** How one limit is given, taken away and read. */
export interface LimitOfMember {
  /** `memory.limit`, `cpu quota`. */
  readonly reading: string;
  /** The unit that it is told in. */
  readonly unit: string;
  /** Whether the kernel kills what runs into it. */
  readonly kills: boolean;
  /** Gives it. @returns what the kernel is to say of it. */
  give(member: StartedMember): Promise<number>;
  lift(member: StartedMember): Promise<void>;
  /** What the kernel says of it; null when there is none. */
  inForce(member: StartedMember): number | null;
  /** How often the kernel has counted that it was run into; null when that cannot be read. */
  hits(member: StartedMember): number | null;
}

interface Limited {
  readonly memberId: string;
  readonly member: StartedMember;
  readonly limit: number;
  readonly hitsBefore: number | null;
}

/** Puts the limit into force. @throws NoMeansError when there is no means to. */
export async function limitEach(
  kind: LimitOfMember,
  members: readonly CrewMember[],
  wayBack: AsyncDisposableStack,
  { crew, signal }: FaultContext,
): Promise<InstalledFault> {
  const limited: Limited[] = [];
  const runs = ({ memberId, member }: Pick<Limited, 'memberId' | 'member'>): boolean => {
    const now = crew.get(memberId);
    return now?.running === true && now.member === member;
  };
  const stillIn = (): Limited[] => limited.filter(runs);
  for (const { memberId, member, running } of members) {
    if (!running) continue;
    const hitsBefore = kind.hits(member);
    // Also where giving it fails half-way: a part of it may be in force then.
    wayBack.defer(async () => {
      if (runs({ memberId, member })) await kind.lift(member);
    });
    const limit = await kind.give(member);
    limited.push({ memberId, member, limit, hitsBefore });
    signal.throwIfAborted();
  }

  /** One that the limit has killed is not asked for it: its end is what the limit did. */
  const readBack = async (inForce: boolean): Promise<FaultEvidence[]> =>
    stillIn().map(({ memberId, member, limit }) => {
      const found = kind.inForce(member);
      const [before, wanted] = inForce ? [null, limit] : [limit, null];
      const of = memberId;
      const reading = `${kind.reading}, ${kind.unit}, by the kernel`;
      return { of, reading, before, after: found, holds: found === wanted };
    });

  async function seeBite(each: Limited): Promise<FaultEvidence> {
    const { memberId, member, hitsBefore } = each;
    const deadline = performance.now() + BITE_DEADLINE_MS;
    let hits = kind.hits(member);
    while (runs(each) && !(hits !== null && hits > (hitsBefore ?? 0)) && performance.now() < deadline) {
      await delay(BITE_POLL_MS, undefined, { signal });
      hits = kind.hits(member) ?? hits;
    }
    const of = memberId;
    const hasBitten = hits !== null && hits > (hitsBefore ?? 0);
    if (!hasBitten && !runs(each) && kind.kills) {
      // An engine's cgroup is gone with its container, and its counters with it: the end is what is left to see.
      const { signal: endedBy } = await member.exited;
      const reading = `its process, under its ${kind.reading}`;
      return { of, reading, before: 'running', after: endedBy ?? 'ended', holds: endedBy === 'SIGKILL' };
    }
    const reading = `times that it ran into its ${kind.reading}, by the kernel`;
    return {
      of,
      reading,
      before: hitsBefore ?? 0,
      after: hits,
      holds: hasBitten ? true : hits === null ? null : false,
    };
  }

  return {
    readBack,
    seeEffect: (inForce) => (inForce ? Promise.all(limited.map(seeBite)) : Promise.resolve([])),
  };
}
