/**
 * Reads every shard of a stream from its oldest record to its end, through the front door, and hands the records
 * to a comparison. What is tried again is only ever the read of a page that did not arrive, so no record is
 * counted twice.
 */
import { forEachBounded } from './bounded-concurrency.ts';
import { PatientCallError, type PatientCaller } from './patient-call.ts';
import type { ReadComparison } from './read-comparison.ts';
import { listShards } from './shards.ts';

const SHARDS_AT_ONCE = 4;
/** Keeps an answer far below its bound for records of ordinary size. */
const PAGE_RECORDS = 1_000;

/**
 * Reads the whole stream into `comparison`.
 * @throws PatientCallError when a shard is not read to its end before `signal` aborts.
 */
export async function readStream(
  stream: string,
  caller: PatientCaller,
  comparison: ReadComparison,
  signal: AbortSignal,
): Promise<void> {
  const shards = await listShards(caller, stream, signal);
  await forEachBounded(shards, SHARDS_AT_ONCE, ({ ShardId }) =>
    readShard(stream, ShardId, caller, comparison, signal),
  );
}

async function readShard(
  stream: string,
  shardId: string,
  caller: PatientCaller,
  comparison: ReadComparison,
  signal: AbortSignal,
): Promise<void> {
  let lastSequenceNumber: string | undefined;
  const iteratorFrom = async (): Promise<string> => {
    const position =
      lastSequenceNumber === undefined
        ? ({ ShardIteratorType: 'TRIM_HORIZON' } as const)
        : ({
            ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
            StartingSequenceNumber: lastSequenceNumber,
          } as const);
    const input = { StreamName: stream, ShardId: shardId, ...position };
    return (await caller.call('GetShardIterator', input, signal)).ShardIterator;
  };

  let iterator = await iteratorFrom();
  for (;;) {
    try {
      const page = await caller.call('GetRecords', { ShardIterator: iterator, Limit: PAGE_RECORDS }, signal);
      for (const record of page.Records) comparison.read(shardId, record);
      lastSequenceNumber = page.Records.at(-1)?.SequenceNumber ?? lastSequenceNumber;
      if (page.Records.length === 0 && page.MillisBehindLatest === 0) return;
      iterator = page.NextShardIterator;
    } catch (error) {
      const hasExpired =
        error instanceof PatientCallError && error.failure?.outcome === 'ExpiredIteratorException';
      if (!hasExpired) throw error;
      iterator = await iteratorFrom();
    }
  }
}
