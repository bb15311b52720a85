/** Calls of a Kinesis client by what it heard before, without a wire. */
import { failedRecord } from '@fleetfall/protocol/kinesis.ts';
import { expect, test } from 'vitest';
import { readAnswer } from '../src/kinesis/answer.ts';
import type { KinesisCall } from '../src/kinesis/call.ts';
import { shardReads } from '../src/kinesis/reads.ts';
import { kinesisWorkload } from '../src/kinesis/workload.ts';

/** Answers a call as a server would. */
function answer(call: KinesisCall | undefined, status: number, body: object) {
  if (call === undefined) throw new Error('there was no call');
  const bytes = Buffer.from(JSON.stringify(body));
  return call.settle(readAnswer(call.action, { kind: 'answer', status, head: '', body: bytes }) as never);
}

const page = (next: string | null, ...sequenceNumbers: readonly string[]) => ({
  Records: sequenceNumbers.map((SequenceNumber) => ({ SequenceNumber })),
  NextShardIterator: next,
  MillisBehindLatest: 0,
});

test('a shard is read by one call at a time: what is due meanwhile does not move its position', () => {
  const next = shardReads('orders', ['shard-0']);
  const [first, second] = [next(), next()];
  expect([first?.action, second?.action]).toEqual(['GetShardIterator', 'GetShardIterator']);
  answer(first, 200, { ShardIterator: 'a' });
  const reading = next();
  answer(second, 200, { ShardIterator: 'the beginning again' });
  expect(reading?.input).toEqual({ ShardIterator: 'a' });
  answer(reading, 200, page('b', '1'));
  const [moving, beside] = [next(), next()];
  answer(moving, 200, page('c', '2'));
  answer(beside, 200, page('b', '1'));
  expect(next()?.input).toEqual({ ShardIterator: 'c' });
});

test('other shards are read while one is waited for', () => {
  const next = shardReads('orders', ['shard-0', 'shard-1', 'shard-2']);
  for (const ShardId of ['shard-0', 'shard-1', 'shard-2']) expect(next()?.input).toMatchObject({ ShardId });
});

test('an iterator that expired is asked for again behind what was read, and not from the beginning', () => {
  const next = shardReads('orders', ['shard-0']);
  answer(next(), 200, { ShardIterator: 'a' });
  const expired = { __type: 'ExpiredIteratorException', message: '' };
  answer(next(), 400, expired);
  const afterNothing = next();
  expect(afterNothing?.input).toMatchObject({ ShardIteratorType: 'TRIM_HORIZON' });
  answer(afterNothing, 200, { ShardIterator: 'b' });
  answer(next(), 200, page('c', '7', '8'));
  answer(next(), 200, page('d'));
  answer(next(), 400, expired);
  expect(next()?.input).toEqual({
    StreamName: 'orders',
    ShardId: 'shard-0',
    ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
    StartingSequenceNumber: '8',
  });
});

test('a read that got no answer in time is made again; a shard that has ended is left alone', () => {
  const next = shardReads('orders', ['shard-0', 'shard-1']);
  answer(next(), 500, { __type: 'InternalFailure', message: '' });
  answer(next(), 200, { ShardIterator: 'a' });
  answer(next(), 200, { ShardIterator: 'b' });
  answer(next(), 200, page(null, '1'));
  answer(next(), 200, page(null));
  expect(next()).toBeUndefined();
});

test('a throttled put was certainly not written, alone or in a batch; what else failed of a batch is unknown', () => {
  const kept: string[] = [];
  const workload = (batch: number) =>
    kinesisWorkload(
      {
        ...{ stream: 'orders', readFraction: 0, shardIds: [], batch, recordBytes: 64 },
        ...{ keys: { kind: 'uniform' }, seed: 'seed-1', writer: '0123abcd' },
      },
      {
        begin: () => 0,
        acknowledge: () => void kept.push('acknowledged'),
        refuse: () => void kept.push('refused'),
      },
    );
  const throttled = 'ProvisionedThroughputExceededException';
  expect(answer(workload(1)(), 400, { __type: throttled, message: '' })).toMatchObject({
    outcome: throttled,
  });
  expect(kept.splice(0)).toEqual(['refused']);

  const put = { ShardId: 'shard-0', SequenceNumber: '1' };
  const failed = (ErrorCode: string) => ({ ErrorCode, ErrorMessage: '' });
  const Records = [put, failed(throttled), failed('InternalFailure'), failed(throttled)];
  expect(answer(workload(4)(), 200, { FailedRecordCount: 3, Records })).toEqual({
    outcome: throttled,
    reason: 'partial-failure',
  });
  expect(kept).toEqual(['acknowledged', 'refused', 'refused']);
});

test('a record that could not be routed was refused, one whose back-end was lost is unknown, and the reason is told', () => {
  const refused: number[] = [];
  let serial = 0;
  const nextCall = kinesisWorkload(
    {
      stream: 'orders',
      readFraction: 0,
      shardIds: [],
      batch: 4,
      recordBytes: 64,
      keys: { kind: 'uniform' },
      seed: 's',
      writer: '0123abcd',
    },
    { begin: () => serial++, acknowledge: () => undefined, refuse: (number) => refused.push(number) },
  );
  const Records = [
    { ShardId: 'shardId-000000000000', SequenceNumber: '1' },
    { ErrorCode: 'InternalFailure' },
    failedRecord('the shard-map has no owner for shardId-000000000001', 'no-owner'),
    failedRecord('be-2 did not answer within 2000 ms', 'back-end-unreachable'),
  ];
  const end = nextCall().settle({ ok: true, output: { FailedRecordCount: 3, Records } } as never);
  expect(end).toEqual({ outcome: 'InternalFailure', reason: 'no-owner' });
  expect(refused).toEqual([2]);
});
