/**
 * A shard-map as the router reads it: for a stream and a hash key the shard, and the back-end that owns it.
 * Immutable; a newer one replaces it whole.
 */
import type { HashKey } from '@fleetfall/protocol/hash-key.ts';
import type { ShardConfiguration, StreamConfiguration } from '@fleetfall/protocol/membership.ts';
import { type ConstructedTable, NO_OWNER, OWNER_WORD, ROW_WORDS } from './construct.ts';

/** Where a key or shard leads. `backEndId` is undefined when the map knows no owner. */
export interface Placement {
  readonly shard: ShardConfiguration;
  readonly backEndId: string | undefined;
}

export interface ShardMap {
  /** When the construction began, monotonic: the age counts from here. */
  readonly sourcedAtMs: number;
  /** Share of the configured shards that have an owner, 0 to 1; 1 when there are none. */
  readonly completeness: number;
  readonly shards: number;
  /** @returns undefined when the map has no such stream. */
  placeKey(stream: string, key: HashKey): Placement | undefined;
  /** @returns undefined when the map has no such stream or shard. */
  placeShard(stream: string, shardId: string): Placement | undefined;
}

export interface ShardMapParts {
  readonly constructed: ConstructedTable;
  /** As handed to the construction. */
  readonly streams: readonly StreamConfiguration[];
  /** As handed to the construction. */
  readonly backEndIds: readonly string[];
  readonly sourcedAtMs: number;
}

export function createShardMap({ constructed, streams, backEndIds, sourcedAtMs }: ShardMapParts): ShardMap {
  const words = new Uint32Array(constructed.table);
  const firstRows = new Map<string, { firstRow: number; stream: StreamConfiguration }>();
  let row = 0;
  for (const stream of streams) {
    firstRows.set(stream.name, { firstRow: row, stream });
    row += stream.shards.length;
  }

  function placement(
    firstRow: number,
    shard: ShardConfiguration | undefined,
    index: number,
  ): Placement | undefined {
    if (shard === undefined) return undefined;
    const owner = words[(firstRow + index) * ROW_WORDS + OWNER_WORD] as number;
    return { shard, backEndId: owner === NO_OWNER ? undefined : backEndIds[owner] };
  }

  /** The last of `count` rows whose range starts at or before the key. */
  function searchRow(firstRow: number, count: number, key: HashKey): number {
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (startsAfter((firstRow + middle) * ROW_WORDS, key)) high = middle - 1;
      else low = middle;
    }
    return low;
  }

  function startsAfter(offset: number, key: HashKey): boolean {
    for (let word = 0; word < 4; word += 1) {
      const start = words[offset + word] as number;
      const wanted = key[word] as number;
      if (start !== wanted) return start > wanted;
    }
    return false;
  }

  return {
    sourcedAtMs,
    completeness: constructed.shards === 0 ? 1 : constructed.owned / constructed.shards,
    shards: constructed.shards,
    placeKey(name, key) {
      const found = firstRows.get(name);
      if (found === undefined) return undefined;
      const index = searchRow(found.firstRow, found.stream.shards.length, key);
      return placement(found.firstRow, found.stream.shards[index], index);
    },
    placeShard(name, shardId) {
      const found = firstRows.get(name);
      if (found === undefined) return undefined;
      const index = found.stream.shards.findIndex((shard) => shard.shardId === shardId);
      return placement(found.firstRow, found.stream.shards[index], index);
    },
  };
}
