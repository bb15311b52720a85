/**
 * A fleet's network disturbed by rules of nftables: in the one network that its members share, or in each member's
 * own. Every table carries the run's owner in its name, so that what a dead run left can be told and removed.
 */
import type { MemberNetwork, NetworkRules, RuleCounts } from '../member-network.ts';
import { MEMBER_PORT } from '../runtime.ts';
import { takeDown } from '../take-down.ts';
import { type DelayProxy, startDelayProxy } from './delay-proxy.ts';
import type { NetworkNamespace } from './namespace.ts';
import { addTable, type NftChain, readTable, removeTable } from './nft.ts';
import { reachFrom } from './reach.ts';
import { dropInOwn, dropInShared, turnIncoming, turnOutgoing } from './rules.ts';

/** Where a member is in the network. */
export interface NetworkPlace {
  readonly memberId: string;
  readonly address: string;
  readonly namespace: NetworkNamespace;
}

export interface RuledNetworkOptions {
  /** Whether all members are in one namespace. */
  readonly shared: boolean;
  /** Of the member's newest incarnation. @throws NoMeansError where its network cannot be entered. */
  placeOf(memberId: string): Promise<NetworkPlace>;
  /** The name of a table that carries the run's owner. */
  tableOf(name: string): string;
}

/** The network, with all that was done to it undone at its disposal. */
export type RuledNetwork = MemberNetwork & AsyncDisposable;

/** What stands in one namespace. */
interface Piece {
  readonly namespace: NetworkNamespace;
  readonly proxy: DelayProxy | null;
}

export function createRuledNetwork({ shared, placeOf, tableOf }: RuledNetworkOptions): RuledNetwork {
  const standing = new Set<NetworkRules>();

  const placesOf = (memberIds: readonly string[]): Promise<NetworkPlace[]> =>
    Promise.all(memberIds.map(placeOf));

  /** Puts rules into each namespace; what was put there is removed again when one of them fails. */
  async function stand(
    name: string,
    put: (pieces: Piece[], table: string) => Promise<void>,
  ): Promise<NetworkRules> {
    const table = tableOf(name);
    const pieces: Piece[] = [];
    const rules: NetworkRules = {
      read: () => readAll(pieces, table),
      async remove() {
        await takeDown(`the rules of ${name}`, [
          ...pieces.map(
            ({ namespace }) =>
              () =>
                removeTable(namespace, table),
          ),
          ...pieces.map(
            ({ proxy }) =>
              () =>
                proxy?.[Symbol.asyncDispose](),
          ),
        ]);
        standing.delete(rules);
      },
    };
    standing.add(rules);
    try {
      await put(pieces, table);
    } catch (error) {
      await rules.remove();
      throw error;
    }
    return rules;
  }

  async function dropIn(
    namespace: NetworkNamespace,
    pieces: Piece[],
    table: string,
    chains: readonly NftChain[],
  ): Promise<void> {
    pieces.push({ namespace, proxy: null });
    await addTable(namespace, table, chains);
  }

  /** One proxy for all pairs, both ways. */
  async function delayInShared(
    pieces: Piece[],
    table: string,
    pairs: readonly (readonly [NetworkPlace, NetworkPlace])[],
    delayMs: number,
  ): Promise<void> {
    const namespace = (pairs[0] as readonly [NetworkPlace, NetworkPlace])[0].namespace;
    const routes = pairs.map(([from, to]) => ({
      at: from.address,
      to: { host: to.address, port: MEMBER_PORT },
    }));
    const proxy = await startDelayProxy(namespace, routes, delayMs);
    pieces.push({ namespace, proxy });
    const turns = pairs.map(([from, to], index) => ({
      from: from.address,
      to: to.address,
      port: proxy.ports[index] as number,
    }));
    await addTable(namespace, table, turnOutgoing(turns));
  }

  /** A proxy in the member's own network, for what it calls and for what calls it. */
  async function delayInOwn(
    pieces: Piece[],
    table: string,
    own: NetworkPlace,
    others: readonly NetworkPlace[],
    delayMs: number,
  ): Promise<void> {
    const { namespace, address: at } = own;
    const routes = [...others, own].map(({ address }) => ({ at, to: { host: address, port: MEMBER_PORT } }));
    const proxy = await startDelayProxy(namespace, routes, delayMs);
    pieces.push({ namespace, proxy });
    const turns = others.map(({ address: to }, index) => ({
      from: at,
      to,
      port: proxy.ports[index] as number,
    }));
    const incoming = turnIncoming(
      at,
      others.map(({ address }) => address),
      proxy.ports.at(-1) as number,
    );
    await addTable(namespace, table, [...turnOutgoing(turns), ...incoming]);
  }

  return {
    async drop(name, left, right, share) {
      const [lefts, rights] = await Promise.all([placesOf(left), placesOf(right)]);
      const [leftAddresses, rightAddresses] = [lefts, rights].map((side) =>
        side.map(({ address }) => address),
      ) as [string[], string[]];
      return stand(name, async (pieces, table) => {
        if (shared) {
          const chains = dropInShared(leftAddresses, rightAddresses, share);
          await dropIn((lefts[0] as NetworkPlace).namespace, pieces, table, chains);
          return;
        }
        for (const { namespace, address } of lefts) {
          await dropIn(namespace, pieces, table, dropInOwn(address, rightAddresses, share));
        }
      });
    },
    async delay(name, left, right, delayMs) {
      const [lefts, rights] = await Promise.all([placesOf(left), placesOf(right)]);
      return stand(name, async (pieces, table) => {
        if (shared) {
          const pairs = lefts.flatMap((from) =>
            rights.flatMap((to) => [[from, to] as const, [to, from] as const]),
          );
          await delayInShared(pieces, table, pairs, delayMs);
          return;
        }
        for (const own of lefts) await delayInOwn(pieces, table, own, rights, delayMs);
      });
    },
    async assertMeans(memberId) {
      const { namespace } = await placeOf(memberId);
      // A table without a rule does nothing to what passes.
      const nothing = await stand('means', (pieces, table) => dropIn(namespace, pieces, table, []));
      await nothing.remove();
    },
    async reach(from, to, tries) {
      const [place, others] = await Promise.all([placeOf(from), placesOf(to)]);
      return reachFrom(place, others, tries);
    },
    [Symbol.asyncDispose]: () =>
      takeDown(
        'the rules in the network',
        [...standing].map((rules) => () => rules.remove()),
      ),
  };
}

/** All pieces together; null when one of them is gone. */
async function readAll(pieces: readonly Piece[], table: string): Promise<RuleCounts | null> {
  let [rules, hits] = [0, 0];
  for (const { namespace, proxy } of pieces) {
    const counts = proxy?.running() === false ? null : await readTable(namespace, table);
    if (counts === null) return null;
    rules += counts.rules;
    hits += counts.hits;
  }
  return { rules, hits };
}
