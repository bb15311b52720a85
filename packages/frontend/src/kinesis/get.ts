/**
 * GetShardIterator and GetRecords: reading a shard from a position, through its back-end.
 */
import { KINESIS_LIMITS, type KinesisActions, type ShardIteratorType } from '@fleetfall/protocol/kinesis.ts';
import { type ShardKey, shardKeyOf } from '@fleetfall/protocol/ownership.ts';
import { cutPayload } from '@fleetfall/protocol/shard-frames.ts';
import type { OwnedPlacement, Router } from '../route/router.ts';
import { KinesisError } from './api-error.ts';
import { type Fields, matching, oneOf, text, timestampMs, wholeNumber } from './fields.ts';
import { readIterator, writeIterator } from './shard-iterator.ts';
import { namedStream, streamOfArn } from './stream-name.ts';

const ITERATOR_TYPES: readonly ShardIteratorType[] = [
  'TRIM_HORIZON',
  'LATEST',
  'AT_SEQUENCE_NUMBER',
  'AFTER_SEQUENCE_NUMBER',
  'AT_TIMESTAMP',
];
const ITERATOR_LENGTH_MAX = 512;
const SEQUENCE_NUMBER_LENGTH_MAX = 40;

export async function getShardIterator(
  router: Router,
  fields: Fields,
): Promise<KinesisActions['GetShardIterator']['output']> {
  const stream = namedStream(fields);
  const shardId = text(fields, 'ShardId', 128);
  const type = oneOf(fields, 'ShardIteratorType', ITERATOR_TYPES);
  const placement = await placeShard(router, stream, shardId);
  const after = await startOf(router, type, placement, stream, fields);
  return { ShardIterator: writeIterator({ stream, shardId, after }) };
}

/** The sequence number after which reading starts; `''` for the oldest record. */
async function startOf(
  router: Router,
  type: ShardIteratorType,
  { backEndId, shard }: OwnedPlacement,
  stream: string,
  fields: Fields,
): Promise<string> {
  const bounds = (arrivedBeforeMs?: number): Promise<string> =>
    newest(router, backEndId, shardKeyOf(stream, shard.shardId), arrivedBeforeMs);
  switch (type) {
    case 'TRIM_HORIZON':
      return '';
    case 'LATEST':
      return bounds();
    case 'AT_TIMESTAMP':
      return bounds(pastMoment(fields));
    case 'AT_SEQUENCE_NUMBER':
    case 'AFTER_SEQUENCE_NUMBER': {
      const from = matching(fields, 'StartingSequenceNumber', SEQUENCE_NUMBER_LENGTH_MAX, /^(0|[1-9]\d*)$/);
      // Sequence numbers are whole and only rise: the position before one is that number less one.
      return type === 'AFTER_SEQUENCE_NUMBER' || from === '0' ? from : String(BigInt(from) - 1n);
    }
  }
}

/** The newest sequence number of a shard, or of its records before the first that arrived at a moment or later. */
async function newest(
  router: Router,
  backEndId: string,
  shard: ShardKey,
  arrivedBeforeMs: number | undefined,
): Promise<string> {
  const { head } = await router.ask(backEndId, {
    op: 'bounds',
    shard,
    ...(arrivedBeforeMs === undefined ? {} : { arrivedBeforeMs }),
  });
  if (head.op === 'bounds') return head.latestSequenceNumber;
  throw new KinesisError('InternalFailure', `${backEndId} answered bounds with '${head.op}'`);
}

/** `Timestamp`, in milliseconds. @throws KinesisError when it is yet to come. */
function pastMoment(fields: Fields): number {
  const atMs = timestampMs(fields, 'Timestamp');
  const nowMs = Date.now();
  if (atMs <= nowMs) return atMs;
  throw new KinesisError(
    'InvalidArgumentException',
    `Invalid Timestamp ${atMs / 1_000}: it must not be later than now, ${nowMs / 1_000}`,
  );
}

export async function getRecords(
  router: Router,
  fields: Fields,
): Promise<KinesisActions['GetRecords']['output']> {
  const position = readIterator(text(fields, 'ShardIterator', ITERATOR_LENGTH_MAX));
  const limit = wholeNumber(fields, 'Limit', 1, KINESIS_LIMITS.getRecordsMax, KINESIS_LIMITS.getRecordsMax);
  const { stream, shardId, after } = position;
  const named = streamOfArn(fields);
  if (named !== undefined && named !== stream) {
    throw new KinesisError(
      'InvalidArgumentException',
      `StreamARN '${String(fields.StreamARN)}' is not that of the iterator's stream '${stream}'`,
    );
  }
  const { backEndId } = await placeShard(router, stream, shardId);
  const shard = shardKeyOf(stream, shardId);
  const { head, payload } = await router.ask(backEndId, {
    op: 'read',
    shard,
    afterSequenceNumber: after,
    limit,
  });
  if (head.op !== 'read')
    throw new KinesisError('InternalFailure', `${backEndId} answered a read with '${head.op}'`);
  const data = cutPayload(payload, head.records);
  return {
    Records: head.records.map((record, index) => ({
      SequenceNumber: record.sequenceNumber,
      ApproximateArrivalTimestamp: record.arrivedAtMs / 1_000,
      Data: (data[index] as Buffer).toString('base64'),
      PartitionKey: record.partitionKey,
    })),
    NextShardIterator: writeIterator({
      stream,
      shardId,
      after: head.records.at(-1)?.sequenceNumber ?? after,
    }),
    MillisBehindLatest: head.behindLatestMs,
  };
}

async function placeShard(router: Router, stream: string, shardId: string): Promise<OwnedPlacement> {
  const placement = router.ownerOfShard(await router.map(), stream, shardId);
  if (placement === undefined)
    throw new KinesisError('ResourceNotFoundException', `Shard ${shardId} in stream ${stream} not found`);
  return placement;
}
