/**
 * Tables of nftables: a fault has one of its own, whose name says whose it is. A table is put there whole or not at
 * all, and removed whole, so that no rule is ever left without its table or touches what others have set up.
 */
import { NoMeansError, type RuleCounts } from '../member-network.ts';
import { type NetworkNamespace, runIn } from './namespace.ts';

const NOT_THERE = /No such file or directory/;

/** A chain with its hook, and its rules in the language of nft(8). */
export interface NftChain {
  readonly name: string;
  /** `type filter hook output priority 0`. */
  readonly hook: string;
  readonly rules: readonly string[];
}

interface NftListing {
  readonly nftables: readonly {
    readonly table?: { readonly family: string; readonly name: string };
    readonly rule?: { readonly expr: readonly { readonly counter?: { readonly packets: number } }[] };
  }[];
}

/** @throws NoMeansError with the kernel's or the tool's own word when it cannot be had; nothing is left then. */
export async function addTable(
  namespace: NetworkNamespace,
  table: string,
  chains: readonly NftChain[],
): Promise<void> {
  const lines = [
    `add table inet ${table}`,
    ...chains.flatMap(({ name, hook, rules }) => [
      `add chain inet ${table} ${name} { ${hook}; policy accept; }`,
      ...rules.map((rule) => `add rule inet ${table} ${name} ${rule}`),
    ]),
  ];
  const { ok, failure } = await runIn(namespace, ['nft', '-f', '-'], `${lines.join('\n')}\n`);
  if (!ok) throw new NoMeansError(`the kernel took no rules of nftables (as root?): ${failure}`);
}

/** @returns null when there is no such table. */
export async function readTable(namespace: NetworkNamespace, table: string): Promise<RuleCounts | null> {
  const { ok, stdout, failure } = await runIn(namespace, ['nft', '-j', 'list', 'table', 'inet', table]);
  if (!ok && NOT_THERE.test(failure)) return null;
  if (!ok) throw new Error(`Cannot read the nftables table ${table}: ${failure}`);
  const rules = (JSON.parse(stdout) as NftListing).nftables.flatMap(({ rule }) => rule ?? []);
  const counters = rules.flatMap(({ expr }) => expr.flatMap(({ counter }) => counter ?? []));
  return { rules: rules.length, hits: counters.reduce((sum, { packets }) => sum + packets, 0) };
}

/** A table that is gone, or went with its namespace, is removed; where there is no nftables there never was one. */
export async function removeTable(namespace: NetworkNamespace, table: string): Promise<void> {
  try {
    const { ok, failure } = await runIn(namespace, ['nft', 'delete', 'table', 'inet', table]);
    if (ok || NOT_THERE.test(failure)) return;
    throw new Error(`Cannot remove the nftables table ${table}: ${failure}`);
  } catch (error) {
    if (!(error instanceof NoMeansError)) throw error;
  }
}

/** Names of the tables of this kind in the namespace; none where there is no nftables, or no right to look. */
export async function listTables(namespace: NetworkNamespace): Promise<string[]> {
  try {
    const { ok, stdout } = await runIn(namespace, ['nft', '-j', 'list', 'tables', 'inet']);
    if (!ok) return [];
    return (JSON.parse(stdout) as NftListing).nftables.flatMap(({ table }) => table?.name ?? []);
  } catch (error) {
    if (error instanceof NoMeansError) return [];
    throw error;
  }
}
