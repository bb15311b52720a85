/**
 * Whether a change of a fleet's front-ends has shown at every one of them, by their own word: what a settle looks for, so
 * that nobody waits for what can come no more.
 */
import type { FrontEndState } from '@fleetfall/protocol/member-state.ts';
import type { CrewMember } from '../fleet/crew.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { FleetView } from '../fleet/fleet-view.ts';

/** What is looked at: who is in the fleet, and what each said last. */
type Looked = Pick<Fleet, 'members'> & { readonly view: Pick<FleetView, 'seen'> };

/**
 * Begins to look. A change has shown at a front-end that knows the fleet as it is, in the newest version that any of them
 * knows, and either
 * - has taken it up: all its links are open, and since it was first read so it has begun and completed a construction whose
 *   map holds an owner for every shard, and it goes on constructing; or
 * - can take up nothing more until it is restarted: it has stopped constructing, its map is missing or past its age,
 *   and it has tried its links, to their end or to the kernel's refusal.
 * @returns asked again after every word of the observer, whether it has at all of them.
 */
export function lookForChange(fleet: Looked, shards: number): () => boolean {
  /** By incarnation, how long a front-end had been up when it was first read with all its links open. */
  const linkedAtUpMs = new Map<string, number>();

  function isTakenUp({ incarnation, upMs, links, shardMap }: FrontEndState): boolean {
    if (links.open !== links.wanted) {
      linkedAtUpMs.delete(incarnation);
      return false;
    }
    const linkedAtMs = linkedAtUpMs.get(incarnation) ?? upMs;
    linkedAtUpMs.set(incarnation, linkedAtMs);
    const { ageMs, aged, completeness, builds } = shardMap;
    const isWhole = ageMs !== null && !aged && completeness === 1 && shardMap.shards === shards;
    return isWhole && upMs - ageMs > linkedAtMs && !builds.stopped;
  }

  function hasShownAt(state: FrontEndState, others: readonly string[], version: number): boolean {
    const { learnedAtMs, version: known } = state.membership;
    if (known !== version || !isSame(Object.keys(learnedAtMs), others)) {
      linkedAtUpMs.delete(state.incarnation);
      return false;
    }
    return isTakenUp(state) || isAtRest(state);
  }

  return () => {
    const ids = idsOf(fleet, 'front-end', 'back-end');
    const states = idsOf(fleet, 'front-end').map((id) => fleet.view.seen(id)?.state);
    const seen = states.filter((state) => state?.role === 'front-end');
    const version = Math.max(...seen.map(({ membership }) => membership.version));
    const others = (memberId: string): string[] => ids.filter((id) => id !== memberId);
    // Each is asked, so that none is first read as linked later than it could have been.
    const shown = seen.map((state) => hasShownAt(state, others(state.memberId), version));
    return seen.length === states.length && shown.every(Boolean);
  };
}

const idsOf = (fleet: Looked, ...roles: readonly CrewMember['role'][]): string[] =>
  fleet
    .members()
    .filter(({ role }) => roles.includes(role))
    .map(({ member }) => member.spec.memberId);

function isAtRest({ links, shardMap: { ageMs, aged, builds } }: FrontEndState): boolean {
  const linksAreTried = links.open === links.wanted || links.refusedThreads > 0;
  return builds.stopped && (ageMs === null || aged) && linksAreTried;
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  const set = new Set(some);
  return set.size === others.length && others.every((each) => set.has(each));
}
