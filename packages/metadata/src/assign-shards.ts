/**
 * Lays out a new stream: its hash ranges, and which back-end each shard is assigned to. Pure. An assignment is
 * for good, since nothing in the fleet moves a shard's log from one back-end to another.
 */
import { splitRing } from '@fleetfall/protocol/hash-key.ts';
import type { ShardConfiguration, StreamConfiguration } from '@fleetfall/protocol/membership.ts';

/**
 * The shards of a new stream, spread so that no back-end gets two more of them than another; what does not divide
 * evenly goes to those that hold the fewest shards of all streams.
 * @param backEndIds at least one, the live ones.
 */
export function assignShards(
  shardCount: number,
  backEndIds: readonly string[],
  streams: readonly StreamConfiguration[],
): ShardConfiguration[] {
  const held = new Map(backEndIds.map((id) => [id, 0]));
  for (const { backEndId } of streams.flatMap(({ shards }) => shards)) {
    const count = held.get(backEndId);
    if (count !== undefined) held.set(backEndId, count + 1);
  }
  const fewestFirst = [...held].sort(
    ([leftId, left], [rightId, right]) => left - right || (leftId < rightId ? -1 : 1),
  );
  return splitRing(shardCount).map((range, index) => ({
    shardId: shardIdOf(index),
    ...range,
    backEndId: fewestFirst[index % fewestFirst.length]![0],
  }));
}

/** The id of a stream's shard by its place on the ring: `shardId-` and twelve digits, as Kinesis names them. */
function shardIdOf(index: number): string {
  return `shardId-${String(index).padStart(12, '0')}`;
}
