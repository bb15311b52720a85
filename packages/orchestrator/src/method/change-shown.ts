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

/** To be asked again after every word of the observer. */
export interface ChangeWatch {
  /** Whether it has shown at every front-end. */
  hasShown(): boolean;
  /** Whether every front-end knows the fleet as it is and has tried its links, to their end or to the kernel's refusal. */
  linksAreTried(): boolean;
}

/**
 * Begins to look. A change has shown at a front-end that knows the fleet as it is, in the newest version that any of them
 * knows, and either
 * - has taken it up: all its links are open, and since it was first read so it has begun and completed a construction whose
 *   map holds an owner for every shard, and it goes on constructing; or
 * - can take up nothing more until it is restarted: it has stopped constructing, its map is missing or past its age,
 *   and it has tried its links, to their end or to the kernel's refusal.
 */
export function lookForChange(fleet: Looked, shards: number): ChangeWatch {
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

  function hasShownAt(state: FrontEndState, isInformed: boolean): boolean {
    if (isInformed) return isTakenUp(state) || isAtRest(state);
    linkedAtUpMs.delete(state.incarnation);
    return false;
  }

  /** Each is asked, so that none is first read as linked later than it could have been. */
  function atEach(holdsAt: (state: FrontEndState, isInformed: boolean) => boolean): boolean {
    const ids = idsOf(fleet, 'front-end', 'back-end');
    const states = idsOf(fleet, 'front-end').map((id) => fleet.view.seen(id)?.state);
    const seen = states.filter((state) => state?.role === 'front-end');
    const newest = Math.max(...seen.map(({ membership }) => membership.version));
    const holds = seen.map((state) => {
      const { learnedAtMs, version } = state.membership;
      const others = ids.filter((id) => id !== state.memberId);
      return holdsAt(state, version === newest && isSame(Object.keys(learnedAtMs), others));
    });
    return seen.length === states.length && holds.every(Boolean);
  }

  return {
    hasShown: () => atEach(hasShownAt),
    linksAreTried: () => atEach((state, isInformed) => isInformed && areLinksTried(state)),
  };
}

const idsOf = (fleet: Looked, ...roles: readonly CrewMember['role'][]): string[] =>
  fleet
    .members()
    .filter(({ role }) => roles.includes(role))
    .map(({ member }) => member.spec.memberId);

function isAtRest(state: FrontEndState): boolean {
  const { ageMs, aged, builds } = state.shardMap;
  return builds.stopped && (ageMs === null || aged) && areLinksTried(state);
}

const areLinksTried = ({ links }: FrontEndState): boolean =>
  links.open === links.wanted || links.refusedThreads > 0;

function isSame(some: readonly string[], others: readonly string[]): boolean {
  const set = new Set(some);
  return set.size === others.length && others.every((each) => set.has(each));
}
