/**
 * The construction of a shard-map, as a pure function: merges what was announced, keeps only owners that are
 * members, and lays one table that can be searched by hash key. It runs in the construction thread; the table lies
 * in shared memory, so that handing it over copies nothing.
 *
 *   row: start of the shard's range (4 × u32, most significant first) | index of its back-end (u32)
 *
 * Rows stand in the order of the configuration's streams, within a stream by the start of their range.
 */
import { parseHashKey } from '@fleetfall/protocol/hash-key.ts';
import type { StreamConfiguration } from '@fleetfall/protocol/membership.ts';
import { type OwnershipEntry, type ShardKey, shardKeyOf } from '@fleetfall/protocol/ownership.ts';

/** Words of 32 bits in a row. */
export const ROW_WORDS = 5;
/** Position of the back-end's index in a row. */
export const OWNER_WORD = 4;
/** The back-end's index in a row whose shard has no known owner. */
export const NO_OWNER = 0xffffffff;

/** The three sources, as they stood when the construction began. */
export interface ConstructionInput {
  readonly streams: readonly StreamConfiguration[];
  readonly entries: readonly OwnershipEntry[];
  readonly backEndIds: readonly string[];
}

export interface ConstructedTable {
  readonly table: SharedArrayBuffer;
  /** Shards with an owner. */
  readonly owned: number;
  readonly shards: number;
}

export function constructTable({ streams, entries, backEndIds }: ConstructionInput): ConstructedTable {
  const owners = mergeOwners(entries);
  const indexOf = new Map(backEndIds.map((id, index) => [id, index]));
  const shards = streams.reduce((sum, stream) => sum + stream.shards.length, 0);
  const table = new SharedArrayBuffer(shards * ROW_WORDS * Uint32Array.BYTES_PER_ELEMENT);
  const words = new Uint32Array(table);
  let row = 0;
  let owned = 0;
  for (const stream of streams) {
    for (const shard of stream.shards) {
      const owner = owners.get(shardKeyOf(stream.name, shard.shardId))?.backEndId;
      const index = owner === undefined ? undefined : indexOf.get(owner);
      words.set(parseHashKey(shard.startingHashKey), row * ROW_WORDS);
      words[row * ROW_WORDS + OWNER_WORD] = index ?? NO_OWNER;
      if (index !== undefined) owned += 1;
      row += 1;
    }
  }
  return { table, owned, shards };
}

/** For each shard the owner with the newest lease. */
function mergeOwners(
  entries: readonly OwnershipEntry[],
): Map<ShardKey, { backEndId: string; leaseEpoch: number }> {
  const owners = new Map<ShardKey, { backEndId: string; leaseEpoch: number }>();
  for (const [shard, backEndId, leaseEpoch] of entries) {
    const known = owners.get(shard);
    if (known === undefined || known.leaseEpoch < leaseEpoch) owners.set(shard, { backEndId, leaseEpoch });
  }
  return owners;
}
