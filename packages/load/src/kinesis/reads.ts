/**
 * Reads of a stream as a consumer makes them: shard after shard, each from where it was read last. One call at a time
 * moves a shard's position, so that answers out of order never move it back; what is due while that call is under way
 * reads from the same place. An iterator that expired is asked for again behind the last record that was read, and a
 * shard that has ended is left alone.
 */
import type { GetShardIteratorInput } from '@fleetfall/protocol/kinesis.ts';
import { type KinesisCall, settledAs } from './call.ts';

interface ReadShard {
  readonly shardId: string;
  iterator: string | null;
  /** Of the last record that was read; null before. */
  sequenceNumber: string | null;
  /** Whether a call is under way that will move it. */
  moving: boolean;
  ended: boolean;
}

/** @returns the next read, each time; undefined once every shard has ended. */
export function shardReads(stream: string, shardIds: readonly string[]): () => KinesisCall | undefined {
  const shards = shardIds.map(
    (shardId): ReadShard => ({ shardId, iterator: null, sequenceNumber: null, moving: false, ended: false }),
  );
  let turn = 0;
  /** Whose turn it is among those that no call moves, or among all. */
  const choose = (): ReadShard | undefined => {
    const row = shards.map((_, index) => shards[(turn + index) % shards.length] as ReadShard);
    const open = row.filter(({ ended }) => !ended);
    const chosen = open.find(({ moving }) => !moving) ?? open[0];
    if (chosen !== undefined) turn = shards.indexOf(chosen) + 1;
    return chosen;
  };
  return () => {
    const shard = choose();
    if (shard === undefined) return undefined;
    const moves = !shard.moving;
    shard.moving = true;
    return (
      shard.iterator === null ? getIterator(stream, shard, moves) : getRecords(shard, shard.iterator, moves)
    ) as KinesisCall;
  };
}

function getIterator(stream: string, shard: ReadShard, moves: boolean): KinesisCall<'GetShardIterator'> {
  const from: Pick<GetShardIteratorInput, 'ShardIteratorType' | 'StartingSequenceNumber'> =
    shard.sequenceNumber === null
      ? { ShardIteratorType: 'TRIM_HORIZON' }
      : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: shard.sequenceNumber };
  return {
    action: 'GetShardIterator',
    input: { StreamName: stream, ShardId: shard.shardId, ...from },
    settle(answer) {
      if (moves) {
        shard.moving = false;
        if (answer.ok) shard.iterator = answer.output.ShardIterator;
      }
      return settledAs(answer);
    },
  };
}

function getRecords(shard: ReadShard, iterator: string, moves: boolean): KinesisCall<'GetRecords'> {
  return {
    action: 'GetRecords',
    input: { ShardIterator: iterator },
    settle(answer) {
      if (moves) {
        shard.moving = false;
        if (answer.ok) {
          // A shard that was split or merged ends with an answer that leads no further.
          const next = answer.output.NextShardIterator as string | null | undefined;
          shard.iterator = next ?? null;
          shard.ended = !next;
          shard.sequenceNumber = answer.output.Records.at(-1)?.SequenceNumber ?? shard.sequenceNumber;
        } else if (answer.outcome === 'ExpiredIteratorException') shard.iterator = null;
      }
      return settledAs(answer);
    },
  };
}
