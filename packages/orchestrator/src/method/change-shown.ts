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
 * Whether a change has shown at every front-end: it knows the fleet as it is, in the newest version that any of them knows, and
 * either
 * - has taken it up: all its links are open, since when it has begun and completed a construction whose map holds an owner
 *   for every shard, and it goes on constructing; or
 * - can take up nothing more until it is restarted: it has stopped constructing, its map is missing or past its age,
 *   and it has tried its links, to their end or to the kernel's refusal.
 */
export function changeHasShown(fleet: Looked, shards: number): boolean {
  return isEach(fleet, (state) => isTakenUp(state, shards) || isAtRest(state));
}

/** Whether every front-end knows the fleet as it is and has tried its links, to their end or to the kernel's refusal. */
export function linksAreTried(fleet: Looked): boolean {
  return isEach(fleet, areLinksTried);
}

function isEach(fleet: Looked, holdsAt: (state: FrontEndState) => boolean): boolean {
  const ids = idsOf(fleet, 'front-end', 'back-end');
  const states = idsOf(fleet, 'front-end').map((id) => fleet.view.seen(id)?.state);
  const seen = states.filter((state) => state?.role === 'front-end');
  const newest = Math.max(...seen.map(({ membership }) => membership.version));
  return (
    seen.length === states.length &&
    seen.every((state) => {
      const { learnedAtMs, version } = state.membership;
      const others = ids.filter((id) => id !== state.memberId);
      return version === newest && isSame(Object.keys(learnedAtMs), others) && holdsAt(state);
    })
  );
}

function isTakenUp({ links, shardMap }: FrontEndState, shards: number): boolean {
  const { ageMs, aged, completeness, builds } = shardMap;
  if (links.allOpenForMs === null || ageMs === null) return false;
  const isWhole = !aged && completeness === 1 && shardMap.shards === shards;
  return isWhole && ageMs < links.allOpenForMs && !builds.stopped;
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
