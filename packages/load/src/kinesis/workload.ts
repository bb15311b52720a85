/**
 * What a Kinesis client asks for, call after call: puts of records, alone or in batches, to keys as they are
 * distributed, and reads between them. Knows nothing of how a call travels. What becomes of every write goes to
 * whoever keeps the history.
 */
import {
  type FailedRecord,
  KINESIS_ERRORS,
  type KinesisAction,
  type KinesisActions,
  type KinesisErrorName,
  ROUTING_FAILURES,
  type RoutingFailure,
  reasonOfFailedRecord,
} from '@fleetfall/protocol/kinesis.ts';
import { type KeyDistribution, partitionKeys } from '../partition-keys.ts';
import { seededFraction } from '../random.ts';
import { recordData, recordId } from '../record-data.ts';
import type { KinesisAnswer } from './answer.ts';

export interface WorkloadPlan {
  readonly stream: string;
  /** Of the calls, so many read; 0 to 1. */
  readonly readFraction: number;
  /** Where reads go; at least one when `readFraction` is above 0. */
  readonly shardIds: readonly string[];
  /** Records in a put: with 1 it is PutRecord, else PutRecords. */
  readonly batch: number;
  readonly recordBytes: number;
  readonly keys: KeyDistribution;
  readonly seed: string;
  /** Names the writes of this load, eight hexadecimal digits; see `record-data.ts`. */
  readonly writer: string;
}

/** One call. */
export interface KinesisCall<Action extends KinesisAction = KinesisAction> {
  readonly action: Action;
  readonly input: KinesisActions[Action]['input'];
  /**
   * Hears the answer, or that there was none in time; not at all when the load is cut off before.
   * @returns how the call ended.
   */
  readonly settle: (answer: KinesisAnswer<Action>) => CallEnd;
}

export interface CallEnd {
  /** `ok`, or a name. Of a batch that was taken in part it is `partial-failure`. */
  readonly outcome: string;
  /** The front-end's routing failure, where it told one; of a batch taken in part that of the first record with one. */
  readonly reason: string | null;
}

const OK: CallEnd = { outcome: 'ok', reason: null };

function endOf(answer: KinesisAnswer<KinesisAction>): CallEnd {
  return answer.ok ? OK : { outcome: answer.outcome, reason: answer.reason };
}

/** Keeps what became of writes. See `history-file.ts`. */
export interface WriteKeeper {
  /** A write is about to be sent. @returns its serial number. */
  begin(key: string): number;
  acknowledge(serial: number, shardId: string, sequenceNumber: string): void;
  /** It was certainly not written. */
  refuse(serial: number): void;
}

/** @returns the next call, each time. */
export function kinesisWorkload(plan: WorkloadPlan, keeper: WriteKeeper): () => KinesisCall {
  const nextKey = partitionKeys(plan.keys, plan.seed);
  const fraction = seededFraction(plan.seed, 'reads');
  const nextRead = reads(plan);
  const nextRecord = (): {
    readonly serial: number;
    readonly Data: string;
    readonly PartitionKey: string;
  } => {
    const PartitionKey = nextKey();
    const serial = keeper.begin(PartitionKey);
    return { serial, Data: recordData(recordId(plan.writer, serial), plan.recordBytes), PartitionKey };
  };
  return () => {
    if (plan.readFraction > 0 && fraction() < plan.readFraction) return nextRead();
    return plan.batch === 1
      ? (putRecord(plan.stream, nextRecord(), keeper) as KinesisCall)
      : (putRecords(plan.stream, Array.from({ length: plan.batch }, nextRecord), keeper) as KinesisCall);
  };
}

interface OutgoingRecord {
  readonly serial: number;
  readonly Data: string;
  readonly PartitionKey: string;
}

function putRecord(
  StreamName: string,
  { serial, Data, PartitionKey }: OutgoingRecord,
  keeper: WriteKeeper,
): KinesisCall<'PutRecord'> {
  return {
    action: 'PutRecord',
    input: { StreamName, Data, PartitionKey },
    settle(answer) {
      if (answer.ok) keeper.acknowledge(serial, answer.output.ShardId, answer.output.SequenceNumber);
      else if (answer.definite) keeper.refuse(serial);
      return endOf(answer);
    },
  };
}

function putRecords(
  StreamName: string,
  records: readonly OutgoingRecord[],
  keeper: WriteKeeper,
): KinesisCall<'PutRecords'> {
  return {
    action: 'PutRecords',
    input: { StreamName, Records: records.map(({ Data, PartitionKey }) => ({ Data, PartitionKey })) },
    settle(answer) {
      if (!answer.ok) {
        if (answer.definite) for (const { serial } of records) keeper.refuse(serial);
        return endOf(answer);
      }
      let failed = 0;
      let reason: RoutingFailure | undefined;
      for (const [index, { serial }] of records.entries()) {
        const result = answer.output.Records[index];
        if (result !== undefined && 'SequenceNumber' in result) {
          keeper.acknowledge(serial, result.ShardId, result.SequenceNumber);
          continue;
        }
        failed += 1;
        if (result === undefined) continue;
        reason ??= reasonOfFailedRecord(result);
        if (isDefinite(result)) keeper.refuse(serial);
      }
      return failed === 0 ? OK : { outcome: 'partial-failure', reason: reason ?? null };
    },
  };
}

/**
 * A throttled record was not written, whoever throttled it, nor one that its front-end could not route; of what is not
 * known nothing is.
 */
function isDefinite(failed: FailedRecord): boolean {
  if (failed.ErrorCode === 'ProvisionedThroughputExceededException') return true;
  const reason = reasonOfFailedRecord(failed);
  if (reason !== undefined) return ROUTING_FAILURES[reason].definite;
  return KINESIS_ERRORS[failed.ErrorCode as KinesisErrorName]?.definite ?? false;
}

/** Reads shard after shard, each from where it was read last; an iterator is asked for where there is none. */
function reads({ stream, shardIds }: WorkloadPlan): () => KinesisCall {
  const iterators = new Map<string, string>();
  let turn = 0;
  return () => {
    const shardId = shardIds[turn % shardIds.length];
    turn += 1;
    if (shardId === undefined) throw new Error(`Cannot read stream '${stream}': it has no shards`);
    const iterator = iterators.get(shardId);
    if (iterator === undefined) {
      const call: KinesisCall<'GetShardIterator'> = {
        action: 'GetShardIterator',
        input: { StreamName: stream, ShardId: shardId, ShardIteratorType: 'TRIM_HORIZON' },
        settle(answer) {
          if (answer.ok) iterators.set(shardId, answer.output.ShardIterator);
          return endOf(answer);
        },
      };
      return call as KinesisCall;
    }
    const call: KinesisCall<'GetRecords'> = {
      action: 'GetRecords',
      input: { ShardIterator: iterator },
      settle(answer) {
        if (answer.ok) iterators.set(shardId, answer.output.NextShardIterator);
        else if (answer.outcome === 'ExpiredIteratorException') iterators.delete(shardId);
        return endOf(answer);
      },
    };
    return call as KinesisCall;
  };
}
