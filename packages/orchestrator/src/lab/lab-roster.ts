/**
 * Who is in the lab's fleet, by what the metadata store lists: nobody tells the lab that a service was scaled or
 * restarted, it sees who comes, goes and comes back. Pure.
 */
import type { Cohort } from '@fleetfall/protocol/load-stdio.ts';
import type { Member, MembershipView } from '@fleetfall/protocol/membership.ts';

export interface LabMember {
  readonly member: Member;
  /** null for a back-end. */
  readonly cohort: Cohort | null;
  /** Starts that were seen of it, from 1. */
  readonly starts: number;
}

export interface RosterChange {
  readonly event: 'started' | 'removed';
  readonly of: LabMember;
  /** Front-ends after it. */
  readonly frontEnds: number;
}

export interface Roster {
  /** Those who are there now. */
  present(): readonly LabMember[];
  frontEnds(): readonly LabMember[];
  /**
   * Takes a newer listing in.
   * @param cohort of front-ends that were never seen before.
   * @returns what changed, in order.
   */
  heed(view: MembershipView, cohort: Cohort): RosterChange[];
}

export function makeRoster(): Roster {
  const known = new Map<string, LabMember>();
  const there = new Set<string>();
  const present = (): LabMember[] => [...there].map((id) => known.get(id) as LabMember);
  const frontEnds = (): LabMember[] => present().filter(({ member }) => member.role === 'front-end');
  return {
    present,
    frontEnds,
    heed({ members }, cohort) {
      const changes: RosterChange[] = [];
      const change = (event: RosterChange['event'], of: LabMember): void => {
        changes.push({ event, of, frontEnds: frontEnds().length });
      };
      const listed = new Set(members.map(({ memberId }) => memberId));
      for (const gone of present().filter(({ member }) => !listed.has(member.memberId))) {
        there.delete(gone.member.memberId);
        change('removed', gone);
      }
      for (const member of members) {
        const before = known.get(member.memberId);
        const isSame = before?.member.incarnation === member.incarnation;
        if (isSame && there.has(member.memberId)) continue;
        const now: LabMember = {
          member,
          cohort: member.role === 'front-end' ? (before?.cohort ?? cohort) : null,
          starts: (before?.starts ?? 0) + (isSame ? 0 : 1),
        };
        known.set(member.memberId, now);
        there.add(member.memberId);
        change('started', now);
      }
      return changes;
    },
  };
}
