/**
 * Whom a verb or a fault is for: finds, among the members of a fleet, those that were named or described. Pure.
 */
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import type { Role } from '@fleetfall/protocol/boot.ts';
import type { MemberTargets } from '@fleetfall/protocol/faults.ts';
import type { Cohort } from '@fleetfall/protocol/load-stdio.ts';

/** What is looked at of a member. */
export interface Targetable {
  readonly memberId: string;
  readonly role: Role;
  readonly cohort: Cohort | null;
}

/**
 * @param members oldest first.
 * @param verb for errors: «kill».
 * @returns the ids, oldest first; none when no member fits the description.
 * @throws SettingsError when an id is of no member, or `count` is no whole number from 1.
 */
export function pickTargets(targets: MemberTargets, members: readonly Targetable[], verb: string): string[] {
  if (isIds(targets)) return pickIds(targets, members, verb);
  const { role = 'front-end', cohort, count } = targets;
  if (count !== undefined && (!Number.isInteger(count) || count < 1)) {
    throw new SettingsError(`${verb}: count must be a whole number from 1: current value is ${count}`);
  }
  const fitting = members.filter(
    (member) => member.role === role && (cohort === undefined || member.cohort === cohort),
  );
  return fitting.slice(count === undefined ? 0 : -count).map(({ memberId }) => memberId);
}

/**
 * As {@link pickTargets}, for what can be done to the service alone: the observer and the load are what a run sees
 * and measures with, the balancer is what it measures through.
 * @throws SettingsError besides, when one of them is named.
 */
export function pickSubjects(targets: MemberTargets, members: readonly Targetable[], verb: string): string[] {
  const picked = pickTargets(targets, members, verb);
  const instrument = members.find(({ memberId, role }) => picked.includes(memberId) && isInstrument(role));
  if (instrument === undefined) return picked;
  throw new SettingsError(
    `${verb}: '${instrument.memberId}' is what the run measures with, or through: must be a front-end, a back-end or the metadata store`,
  );
}

/**
 * The front-ends that a fleet is to lose.
 * @param what so many of the newest, or those that are named or described.
 * @throws SettingsError when there are not so many, or one is no front-end.
 */
export function pickToRemove(what: number | MemberTargets, members: readonly Targetable[]): string[] {
  const frontEnds = members.filter(({ role }) => role === 'front-end');
  if (typeof what !== 'number') {
    const picked = pickTargets(what, members, 'shrink');
    const other = picked.find((id) => !frontEnds.some(({ memberId }) => memberId === id));
    if (other === undefined) return picked;
    throw new SettingsError(`shrink: '${other}' is no front-end: the rest of a fleet keeps its size`);
  }
  if (!Number.isInteger(what) || what < 1 || what > frontEnds.length) {
    throw new SettingsError(
      `shrink: the count must be a whole number from 1 to ${frontEnds.length}, the front-ends there are: current value is ${what}`,
    );
  }
  return pickTargets({ count: what }, members, 'shrink');
}

const isInstrument = (role: Role): boolean => role === 'observer' || role === 'load' || role === 'balancer';

function pickIds(ids: readonly string[], members: readonly Targetable[], verb: string): string[] {
  const known = members.map(({ memberId }) => memberId);
  const unknown = ids.filter((id) => !known.includes(id));
  if (unknown.length > 0) {
    throw new SettingsError(
      `${verb}: there is no member '${unknown.join("', '")}': the members are ${known.join(', ')}`,
    );
  }
  return known.filter((id) => ids.includes(id));
}

/** `Array.isArray` alone does not narrow a readonly array. */
function isIds(targets: MemberTargets): targets is readonly string[] {
  return Array.isArray(targets);
}
