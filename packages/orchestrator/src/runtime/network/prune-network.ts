/**
 * Rules that dead runs have left in this host's own network. Those in a container's network went with it.
 */
import { type Owner, ownerInName, ownerMark } from '../owner.ts';
import { pruneEach } from '../prune-found.ts';
import type { Leftover } from '../runtime.ts';
import { HOST_NAMESPACE } from './namespace.ts';
import { listTables, removeTable } from './nft.ts';

/** Names that runs give; the rest of the name is checked for its owner. */
const OURS = /^fleetfall-[a-z0-9-]+\./;

/**
 * @param check only says what would be removed.
 * @param only looks only at what is of this owner.
 */
export async function pruneNetwork(check: boolean, only?: Owner): Promise<Leftover[]> {
  const tables = (await listTables(HOST_NAMESPACE)).filter((name) => OURS.test(name));
  const found = tables
    .map((name) => ({ name, owner: ownerInName(name) }))
    .filter(({ owner }) => only === undefined || (owner !== null && ownerMark(owner) === ownerMark(only)))
    .map(({ name, owner }) => ({
      runtime: 'cgroup' as const,
      kind: 'nftables' as const,
      name,
      owner,
      remove: () => removeTable(HOST_NAMESPACE, name),
    }));
  return pruneEach(found, check);
}
