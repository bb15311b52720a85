/**
 * A fleet's network disturbed by rules of nftables: in the one network that its members share, or in each member's
 * own. Every table carries the run's owner in its name, so that what a dead run left can be told and removed.
 */
import { type MemberNetwork, type NetworkRules, NoMeansError, type RuleCounts } from '../member-network.ts';
import { MEMBER_PORT } from '../runtime.ts';
import { takeDown } from '../take-down.ts';
import { type ProxyRoute, startDelayProxy } from './delay-proxy.ts';
import type { NetworkNamespace } from './namespace.ts';
import { addNetem, readNetem, removeNetem } from './netem.ts';
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

/** The network, with all that was done to it undone at its disposal. Who is in it is no matter of rules. */
export type RuledNetwork = Omit<MemberNetwork, 'takeOut' | 'bringBack' | 'addressOf'> & AsyncDisposable;

/** What stands in one namespace. */
interface Piece {
  /** null when it is gone. */
  read(): Promise<RuleCounts | null>;
  remove(): Promise<void>;
}

const DROP_RULES = 'drop rules';
const proxySince = (why: string): string => `a fault proxy, since ${why}`;

export function createRuledNetwork({ shared, placeOf, tableOf }: RuledNetworkOptions): RuledNetwork {
  const standing = new Set<NetworkRules>();

  const placesOf = (memberIds: readonly string[]): Promise<NetworkPlace[]> =>
    Promise.all(memberIds.map(placeOf));

  /** Does it in each namespace, and says by what means; all is undone when it fails in one of them. */
  async function stand(
    name: string,
    put: (pieces: Piece[], table: string) => Promise<string>,
  ): Promise<NetworkRules> {
    const pieces: Piece[] = [];
    let means = '';
    const rules: NetworkRules = {
      get means() {
        return means;
      },
      read: () => readAll(pieces),
      async remove() {
        await takeDown(
          `the rules of ${name}`,
          pieces.map((piece) => () => piece.remove()),
        );
        standing.delete(rules);
      },
    };
    standing.add(rules);
    try {
      means = await put(pieces, tableOf(name));
    } catch (error) {
      await rules.remove();
      throw error;
    }
    return rules;
  }

  async function putTable(
    namespace: NetworkNamespace,
    pieces: Piece[],
    table: string,
    chains: readonly NftChain[],
  ): Promise<void> {
    pieces.push({
      read: () => readTable(namespace, table),
      remove: () => removeTable(namespace, table),
    });
    await addTable(namespace, table, chains);
  }

  /** A fault proxy, and the rules that turn connections to it: they go first. */
  async function putProxy(
    namespace: NetworkNamespace,
    pieces: Piece[],
    table: string,
    delay: { readonly routes: readonly ProxyRoute[]; readonly delayMs: number },
    chainsOf: (ports: readonly number[]) => readonly NftChain[],
  ): Promise<void> {
    const proxy = await startDelayProxy(namespace, delay.routes, delay.delayMs);
    pieces.push({
      read: async () => (proxy.running() ? readTable(namespace, table) : null),
      remove: () =>
        takeDown('the fault proxy', [
          () => removeTable(namespace, table),
          () => proxy[Symbol.asyncDispose](),
        ]),
    });
    await addTable(namespace, table, chainsOf(proxy.ports));
  }

  /** One proxy for all pairs, both ways. */
  async function delayInShared(
    pieces: Piece[],
    table: string,
    pairs: readonly (readonly [NetworkPlace, NetworkPlace])[],
    delayMs: number,
  ): Promise<string> {
    const namespace = (pairs[0] as readonly [NetworkPlace, NetworkPlace])[0].namespace;
    const routes = pairs.map(([from, to]) => ({
      at: from.address,
      to: { host: to.address, port: MEMBER_PORT },
    }));
    await putProxy(namespace, pieces, table, { routes, delayMs }, (ports) =>
      turnOutgoing(
        pairs.map(([from, to], index) => ({
          from: from.address,
          to: to.address,
          port: ports[index] as number,
        })),
      ),
    );
    return proxySince("a queue on the host's loopback would be in everybody's way");
  }

  /** By the kernel's own means where it has them, else by a proxy in the member's own network. */
  async function delayInOwn(
    pieces: Piece[],
    table: string,
    own: NetworkPlace,
    others: readonly string[],
    delayMs: number,
  ): Promise<string> {
    const { namespace, address } = own;
    try {
      const device = await addNetem(namespace, address, others, delayMs);
      pieces.push({
        read: () => readNetem(namespace, device),
        remove: () => removeNetem(namespace, device),
      });
      return 'netem';
    } catch (error) {
      if (!(error instanceof NoMeansError)) throw error;
      await delayByProxy(pieces, table, own, others, delayMs);
      return proxySince(error.message);
    }
  }

  /** One for what the member calls and for what calls it. */
  async function delayByProxy(
    pieces: Piece[],
    table: string,
    { namespace, address: at }: NetworkPlace,
    others: readonly string[],
    delayMs: number,
  ): Promise<void> {
    const routes = [...others, at].map((host) => ({ at, to: { host, port: MEMBER_PORT } }));
    await putProxy(namespace, pieces, table, { routes, delayMs }, (ports) => [
      ...turnOutgoing(others.map((to, index) => ({ from: at, to, port: ports[index] as number }))),
      ...turnIncoming(at, others, ports.at(-1) as number),
    ]);
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
          await putTable((lefts[0] as NetworkPlace).namespace, pieces, table, chains);
          return DROP_RULES;
        }
        for (const { namespace, address } of lefts) {
          await putTable(namespace, pieces, table, dropInOwn(address, rightAddresses, share));
        }
        return DROP_RULES;
      });
    },
    async delay(name, left, right, delayMs) {
      const [lefts, rights] = await Promise.all([placesOf(left), placesOf(right)]);
      return stand(name, async (pieces, table) => {
        if (shared) {
          const pairs = lefts.flatMap((from) =>
            rights.flatMap((to) => [[from, to] as const, [to, from] as const]),
          );
          return delayInShared(pieces, table, pairs, delayMs);
        }
        const others = rights.map(({ address }) => address);
        const means = new Set<string>();
        for (const own of lefts) means.add(await delayInOwn(pieces, table, own, others, delayMs));
        return [...means].join('; ');
      });
    },
    async assertMeans(memberId) {
      const { namespace } = await placeOf(memberId);
      // A table without a rule does nothing to what passes.
      const nothing = await stand('means', async (pieces, table) => {
        await putTable(namespace, pieces, table, []);
        return DROP_RULES;
      });
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
async function readAll(pieces: readonly Piece[]): Promise<RuleCounts | null> {
  let [rules, hits] = [0, 0];
  for (const piece of pieces) {
    const counts = await piece.read();
    if (counts === null) return null;
    rules += counts.rules;
    hits += counts.hits;
  }
  return { rules, hits };
}
