/**
 * Whom a front-end knows and how its links to them stand, for somebody who looks at one member. Observers, who look at
 * all of them again and again, get totals instead: a list grows with the fleet, and all lists with its square.
 */
import type { KnownPeers, LinkState } from '@fleetfall/protocol/member-state.ts';
import type { Member } from '@fleetfall/protocol/membership.ts';

/** Peers that are listed: an answer of some 100 kB. */
export const PEERS_LISTED_MAX = 1_000;

/** @param linksTo the links to a member, in their order. */
export function knownPeers(
  members: readonly Member[],
  linksTo: (member: Member) => readonly LinkState[],
): KnownPeers {
  const listed = members.slice(0, PEERS_LISTED_MAX);
  return {
    peers: listed.map((member) => {
      const { memberId, role, host, port } = member;
      return { memberId, role, address: `${host}:${port}`, links: linksTo(member) };
    }),
    peersLeftOut: members.length - listed.length,
  };
}
