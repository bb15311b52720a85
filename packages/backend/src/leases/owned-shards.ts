/**
 * The shards that this back-end holds: those the configuration assigns to it, laid out by slice for the leases,
 * and its probe shard, which is always held and never announced. Assignments are for good, so a shard once held
 * stays so even when the metadata store cannot be reached: no other back-end can have become its owner.
 */
import type { Configuration } from '@fleetfall/protocol/membership.ts';
import { type OwnershipEntry, type ShardKey, shardKeyOf, sliceOf } from '@fleetfall/protocol/ownership.ts';
import { probeShardOf } from '@fleetfall/protocol/shard-frames.ts';

export interface OwnedShards {
  /** How many shards are assigned, the probe shard not among them. */
  readonly count: number;
  holds(shard: ShardKey): boolean;
  /** The announced shards of some slices. */
  ownersIn(slices: Iterable<number>): OwnershipEntry[];
  /**
   * Takes over the shards that a configuration assigns to this back-end.
   * @returns the slices whose shards changed.
   */
  assign(configuration: Configuration): Set<number>;
}

export function createOwnedShards(backEndId: string, leaseEpoch: number): OwnedShards {
  const probeShard = probeShardOf(backEndId);
  let assigned = new Set<ShardKey>();
  let bySlice = new Map<number, OwnershipEntry[]>();

  return {
    get count() {
      return assigned.size;
    },
    holds: (shard) => assigned.has(shard) || shard === probeShard,
    ownersIn: (slices) => [...slices].flatMap((slice) => bySlice.get(slice) ?? []),
    assign({ streams }) {
      const next = new Set(
        streams.flatMap(({ name, shards }) =>
          shards
            .filter((shard) => shard.backEndId === backEndId)
            .map(({ shardId }) => shardKeyOf(name, shardId)),
        ),
      );
      const changed = new Set([...next.symmetricDifference(assigned)].map(sliceOf));
      assigned = next;
      bySlice = Map.groupBy(
        [...next].map((shard): OwnershipEntry => [shard, backEndId, leaseEpoch]),
        ([shard]) => sliceOf(shard),
      );
      return changed;
    },
  };
}
