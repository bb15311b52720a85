/**
 * PutRecord and PutRecords: where a record's key becomes a shard and a back-end.
 */
import { type HashKey, hashKeyOf, parseHashKey } from '@fleetfall/protocol/hash-key.ts';
import { failedRecord, KINESIS_LIMITS, type KinesisActions } from '@fleetfall/protocol/kinesis.ts';
import { shardKeyOf } from '@fleetfall/protocol/ownership.ts';
import type { AppendEntry, AppendResult } from '@fleetfall/protocol/shard-frames.ts';
import type { OwnedPlacement, Router } from '../route/router.ts';
import type { ShardMap } from '../shard-map/shard-map.ts';
import { asKinesisError, KinesisError } from './api-error.ts';
import { type Fields, matching, objects, optional, recordData, text } from './fields.ts';
import { namedStream } from './stream-name.ts';

const PARTITION_KEY_LENGTH_MAX = 256;
const HASH_KEY_LENGTH_MAX = 39;
const HASH_KEY_PATTERN = /^(0|[1-9]\d{0,38})$/;

interface RecordToPut {
  readonly partitionKey: string;
  readonly key: HashKey;
  readonly data: Buffer;
}

/** A record of a batch on its way to a back-end. */
interface RoutedRecord {
  /** Its place in the request. */
  readonly index: number;
  readonly shardId: string;
  readonly entry: AppendEntry;
  readonly data: Buffer;
}

export async function putRecord(
  router: Router,
  fields: Fields,
): Promise<KinesisActions['PutRecord']['output']> {
  const stream = namedStream(fields);
  const record = readRecord(fields);
  const { backEndId, shard } = place(router, await router.map(), stream, record);
  const [result] = await append(router, backEndId, [
    { entry: entryOf(stream, shard.shardId, record), data: record.data },
  ]);
  if (result === undefined || 'error' in result) throw refusedAppend(result);
  return { ShardId: shard.shardId, SequenceNumber: result.sequenceNumber };
}

export async function putRecords(
  router: Router,
  fields: Fields,
): Promise<KinesisActions['PutRecords']['output']> {
  const stream = namedStream(fields);
  const records = objects(fields, 'Records', KINESIS_LIMITS.putRecordsEntriesMax).map(readRecord);
  const bytes = records.reduce(
    (sum, { data, partitionKey }) => sum + data.length + Buffer.byteLength(partitionKey),
    0,
  );
  if (bytes > KINESIS_LIMITS.putRecordsBytesMax) {
    throw new KinesisError(
      'InvalidArgumentException',
      `Records have ${bytes} bytes, more than ${KINESIS_LIMITS.putRecordsBytesMax}`,
    );
  }
  const map = await router.map();
  const outputs: KinesisActions['PutRecords']['output']['Records'] = new Array(records.length);
  const byBackEnd = new Map<string, RoutedRecord[]>();
  let unrouted: KinesisError | undefined;
  records.forEach((record, index) => {
    try {
      const { backEndId, shard } = place(router, map, stream, record);
      const group = byBackEnd.get(backEndId) ?? [];
      const { shardId } = shard;
      group.push({ index, shardId, entry: entryOf(stream, shardId, record), data: record.data });
      byBackEnd.set(backEndId, group);
    } catch (error) {
      // One record's failure is told in its own entry; only a stream that is not there fails the whole request.
      const failure = asKinesisError(error);
      if (failure.type === 'ResourceNotFoundException') throw failure;
      unrouted ??= failure;
      outputs[index] = failedRecord(failure.message, failure.reason);
    }
  });
  // Where no record can be routed the service is not there, and surely nothing was written.
  if (byBackEnd.size === 0 && unrouted !== undefined) throw unrouted;
  await Promise.all(
    [...byBackEnd].map(async ([backEndId, group]) => {
      const results = await append(router, backEndId, group).catch((error: unknown) => asKinesisError(error));
      group.forEach(({ index, shardId }, position) => {
        outputs[index] = outputOf(shardId, results instanceof KinesisError ? results : results[position]);
      });
    }),
  );
  return { FailedRecordCount: outputs.filter((output) => 'ErrorCode' in output).length, Records: outputs };
}

function outputOf(
  shardId: string,
  result: AppendResult | KinesisError | undefined,
): KinesisActions['PutRecords']['output']['Records'][number] {
  if (result instanceof KinesisError) return failedRecord(result.message, result.reason);
  if (result !== undefined && 'sequenceNumber' in result)
    return { ShardId: shardId, SequenceNumber: result.sequenceNumber };
  const { message, reason } = refusedAppend(result);
  return failedRecord(message, reason);
}

function readRecord(fields: Fields): RecordToPut {
  const partitionKey = text(fields, 'PartitionKey', PARTITION_KEY_LENGTH_MAX);
  const explicit = optional(fields, 'ExplicitHashKey', () =>
    matching(fields, 'ExplicitHashKey', HASH_KEY_LENGTH_MAX, HASH_KEY_PATTERN),
  );
  return {
    partitionKey,
    key: explicit === undefined ? hashKeyOf(partitionKey) : readHashKey(explicit),
    data: recordData(fields),
  };
}

function readHashKey(decimal: string): HashKey {
  try {
    return parseHashKey(decimal);
  } catch (error) {
    throw new KinesisError('InvalidArgumentException', `Invalid ExplicitHashKey: ${String(error)}`, {
      cause: error,
    });
  }
}

function place(router: Router, map: ShardMap, stream: string, { key }: RecordToPut): OwnedPlacement {
  const placement = router.ownerOfKey(map, stream, key);
  if (placement === undefined)
    throw new KinesisError('ResourceNotFoundException', `Stream ${stream} not found`);
  return placement;
}

const entryOf = (stream: string, shardId: string, { partitionKey, data }: RecordToPut): AppendEntry => ({
  shard: shardKeyOf(stream, shardId),
  partitionKey,
  dataBytes: data.length,
});

async function append(
  router: Router,
  backEndId: string,
  group: readonly { readonly entry: AppendEntry; readonly data: Buffer }[],
): Promise<readonly AppendResult[]> {
  const entries = group.map(({ entry }) => entry);
  const { head } = await router.ask(
    backEndId,
    { op: 'append', entries },
    group.map(({ data }) => data),
  );
  if (head.op !== 'append')
    throw new KinesisError('InternalFailure', `${backEndId} answered an append with '${head.op}'`);
  return head.results;
}

function refusedAppend(result: Extract<AppendResult, { error: unknown }> | undefined): KinesisError {
  const message =
    result === undefined ? 'the back-end left the record out' : `${result.error}: ${result.message}`;
  return new KinesisError('InternalFailure', message, { reason: 'back-end-refused' });
}
