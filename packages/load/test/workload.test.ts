/** How a load takes the answer to a batch that a front-end could route in part. */
import { failedRecord } from '@fleetfall/protocol/kinesis.ts';
import { expect, test } from 'vitest';
import { kinesisWorkload } from '../src/kinesis/workload.ts';

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
  expect(end).toEqual({ outcome: 'partial-failure', reason: 'no-owner' });
  expect(refused).toEqual([2]);
});
