/**
 * The links to all back-ends that are members. A back-end that comes back under the same id, elsewhere or as a
 * new incarnation, gets a new link.
 */
import type { Member } from '@fleetfall/protocol/membership.ts';
import type { LeaseMessage } from '@fleetfall/protocol/shard-frames.ts';
import { type BackEndLink, type Caller, connectBackEnd } from './back-end-link.ts';

export interface BackEndLinks extends Disposable {
  setBackEnds(members: readonly Member[]): void;
  /** Watches these slices on every back-end. */
  watch(slices: readonly number[]): void;
  get(backEndId: string): BackEndLink | undefined;
  /** The leases that stand. */
  leases(): LeaseMessage[];
  /** Whether every known back-end has vouched for its shards. */
  allVouched(): boolean;
}

export function createBackEndLinks(
  caller: Caller,
  onNews: () => void,
  log: (message: string) => void,
): BackEndLinks {
  const links = new Map<string, BackEndLink>();
  let watched: readonly number[] = [];
  const sameAs = (left: Member, right: Member): boolean =>
    left.incarnation === right.incarnation && left.host === right.host && left.port === right.port;

  return {
    setBackEnds(members) {
      const wanted = new Map(members.map((member) => [member.memberId, member]));
      for (const [id, link] of links) {
        const member = wanted.get(id);
        if (member !== undefined && sameAs(member, link.member)) continue;
        link.close();
        links.delete(id);
      }
      for (const [id, member] of wanted) {
        if (links.has(id)) continue;
        const link = connectBackEnd(member, caller, onNews, log);
        link.watch(watched);
        links.set(id, link);
      }
    },
    watch(slices) {
      watched = slices;
      for (const link of links.values()) link.watch(slices);
    },
    get: (backEndId) => links.get(backEndId),
    leases: () => [...links.values()].flatMap((link) => link.lease() ?? []),
    allVouched: () => [...links.values()].every((link) => link.lease() !== undefined),
    [Symbol.dispose]() {
      for (const link of links.values()) link.close();
      links.clear();
    },
  };
}
