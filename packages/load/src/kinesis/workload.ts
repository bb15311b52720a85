/**
 * What a Kinesis client asks for, call after call: puts of records, alone or in batches, to keys as they are
 * distributed, and reads between them (`reads.ts`). Knows nothing of how a call travels. What becomes of every write goes to
 * whoever keeps the history.
 */
import {
  type FailedRecord,
  ROUTING_FAILURES,
  type RoutingFailure,
  reasonOfFailedRecord,
} from '@fleetfall/protocol/kinesis.ts';
import { type KeyDistribution, partitionKeys } from '../partition-keys.ts';
import { seededFraction } from '../random.ts';
import { recordData, recordId } from '../record-data.ts';
import { isDefinite } from './answer.ts';
import { type KinesisCall, type Settled, settledAs } from './call.ts';
import { shardReads } from './reads.ts';

export interface WorkloadPlan {
  readonly stream: string;
  /** Of the calls, so many read; 0 to 1. */
  readonly readFraction: number;
  /** Where reads go, as long as they have not ended; at least one when `readFraction` is above 0. */
  readonly shardIds: readonly string[];
  /** Records in a put: with 1 it is PutRecord, else PutRecords. */
  readonly batch: number;
  readonly recordBytes: number;
  readonly keys: KeyDistribution;
  readonly seed: string;
  /** Names the writes of this load, eight hexadecimal digits; see `record-data.ts`. */
  readonly writer: string;
}

/** Keeps what became of writes. See `history-on-disk/`. */
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
  const nextRead = shardReads(plan.stream, plan.shardIds);
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
    if (plan.readFraction > 0 && fraction() < plan.readFraction) {
      const read = nextRead();
      if (read !== undefined) return read;
    }
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
      return settledAs(answer);
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
        return answer;
      }
      const failures = new Map<string, number>();
      let reason: RoutingFailure | undefined;
      for (const [index, { serial }] of records.entries()) {
        const result = answer.output.Records[index];
        if (result !== undefined && 'SequenceNumber' in result) {
          keeper.acknowledge(serial, result.ShardId, result.SequenceNumber);
          continue;
        }
        const errorCode = result?.ErrorCode ?? 'bad-answer';
        failures.set(errorCode, (failures.get(errorCode) ?? 0) + 1);
        if (result === undefined) continue;
        reason ??= reasonOfFailedRecord(result);
        if (wasNotWritten(result)) keeper.refuse(serial);
      }
      return endOfBatch(failures, reason ?? (failures.size > 0 ? 'partial-failure' : null));
    },
  };
}

/** A record that its front-end could not route was not written, whatever its error is called. */
function wasNotWritten(failed: FailedRecord): boolean {
  const reason = reasonOfFailedRecord(failed);
  return reason === undefined ? isDefinite(failed.ErrorCode) : ROUTING_FAILURES[reason].definite;
}

/** A batch that was not taken whole ends by the error of most of its failed records; the rest may have been taken. */
function endOfBatch(failures: ReadonlyMap<string, number>, reason: string | null): Settled {
  const [most] = [...failures].toSorted(([, left], [, right]) => right - left);
  return most === undefined ? { outcome: 'ok', reason: null } : { outcome: most[0], reason };
}
