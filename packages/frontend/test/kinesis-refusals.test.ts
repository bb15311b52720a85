/**
 * What the front door refuses, and how: on the wire, as any client gets it, with the API's `__type` and a message that
 * names the field, its value and what is allowed.
 */
import { accessHeaders } from '@fleetfall/protocol/access.ts';
import type { KinesisAction } from '@fleetfall/protocol/kinesis.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, SECRET } from '../../member/test/running-program.ts';
import { writeIterator } from '../src/kinesis/shard-iterator.ts';
import { post, type RunningFrontEnd, type Service, startService } from './running-front-end.ts';

const SHARD = 'shardId-000000000000';
const PUT = { StreamName: 'orders', PartitionKey: 'key', Data: 'AAAA' };
const ITERATOR = { StreamName: 'orders', ShardId: SHARD, ShardIteratorType: 'AT_SEQUENCE_NUMBER' };
const MINUTES_MS = 60_000;

let service: Service;
let frontEnd: RunningFrontEnd;
beforeAll(async () => {
  service = await startService({ streams: { orders: 1, clicks: 1 } });
  frontEnd = service.frontEnd;
});
afterAll(() => service[Symbol.asyncDispose]());

const iterator = (after: string, ageMs = 0): string =>
  writeIterator({ stream: 'orders', shardId: SHARD, after }, Date.now() - ageMs);
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

it.each<[KinesisAction, type: string, message: string, body: object]>([
  ['PutRecord', 'ValidationException', "null at 'StreamName'", { ...PUT, StreamName: undefined }],
  ['PutRecord', 'ValidationException', `"or ders" at 'StreamName'`, { ...PUT, StreamName: 'or ders' }],
  ['PutRecord', 'ValidationException', '1 to 128 characters', { ...PUT, StreamName: 'x'.repeat(129) }],
  ['PutRecord', 'ResourceNotFoundException', 'Stream gone not found', { ...PUT, StreamName: 'gone' }],
  ['PutRecord', 'ValidationException', `"orders" at 'StreamARN'`, { ...PUT, StreamARN: 'orders' }],
  ['PutRecord', 'InvalidArgumentException', 'name different streams', { ...PUT, StreamARN: arn('clicks') }],
  [
    'PutRecord',
    'ResourceNotFoundException',
    'eu-west-1',
    { StreamARN: arn('orders').replace('us-east-1', 'eu-west-1'), PartitionKey: 'key', Data: '' },
  ],
  ['PutRecord', 'ValidationException', `"" at 'PartitionKey'`, { ...PUT, PartitionKey: '' }],
  ['PutRecord', 'ValidationException', '1 to 256 characters', { ...PUT, PartitionKey: 'x'.repeat(257) }],
  ['PutRecord', 'ValidationException', `"not base64!" at 'Data'`, { ...PUT, Data: 'not base64!' }],
  [
    'PutRecord',
    'ValidationException',
    `"1048577 bytes" at 'Data'`,
    { ...PUT, Data: Buffer.alloc(1024 * 1024 + 1).toString('base64') },
  ],
  ['PutRecord', 'ValidationException', `"-1" at 'ExplicitHashKey'`, { ...PUT, ExplicitHashKey: '-1' }],
  [
    'PutRecord',
    'InvalidArgumentException',
    'from 0 to 2^128 - 1',
    { ...PUT, ExplicitHashKey: String(1n << 128n) },
  ],
  ['PutRecords', 'ValidationException', "'Records'", { StreamName: 'orders', Records: [] }],
  [
    'PutRecords',
    'ValidationException',
    '"501 entries"',
    { StreamName: 'orders', Records: Array(501).fill(PUT) },
  ],
  [
    'PutRecords',
    'ValidationException',
    "null at 'PartitionKey'",
    { StreamName: 'orders', Records: [PUT, { Data: 'AAAA' }] },
  ],
  [
    'PutRecords',
    'ResourceNotFoundException',
    'Stream gone not found',
    { StreamName: 'gone', Records: [PUT] },
  ],
  [
    'PutRecords',
    'InvalidArgumentException',
    'more than',
    {
      StreamName: 'orders',
      Records: Array(6).fill({ ...PUT, Data: Buffer.alloc(1024 * 1024).toString('base64') }),
    },
  ],
  [
    'GetShardIterator',
    'ResourceNotFoundException',
    'Shard shardId-9 in stream orders',
    { ...ITERATOR, ShardId: 'shardId-9' },
  ],
  [
    'GetShardIterator',
    'ValidationException',
    '[TRIM_HORIZON, LATEST, AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER, AT_TIMESTAMP]',
    { ...ITERATOR, ShardIteratorType: 'NEWEST' },
  ],
  ['GetShardIterator', 'ValidationException', "null at 'StartingSequenceNumber'", ITERATOR],
  [
    'GetShardIterator',
    'ValidationException',
    `"007" at 'StartingSequenceNumber'`,
    { ...ITERATOR, StartingSequenceNumber: '007' },
  ],
  [
    'GetShardIterator',
    'ValidationException',
    "null at 'Timestamp'",
    { ...ITERATOR, ShardIteratorType: 'AT_TIMESTAMP' },
  ],
  [
    'GetShardIterator',
    'InvalidArgumentException',
    'not be later than now',
    { ...ITERATOR, ShardIteratorType: 'AT_TIMESTAMP', Timestamp: 9e9 },
  ],
  ['GetRecords', 'ValidationException', "null at 'ShardIterator'", {}],
  ['GetRecords', 'InvalidArgumentException', 'not made by GetShardIterator', { ShardIterator: 'garbage' }],
  [
    'GetRecords',
    'InvalidArgumentException',
    'not made by',
    { ShardIterator: base64(['orders', SHARD, 'x', 1]) },
  ],
  [
    'GetRecords',
    'InvalidArgumentException',
    'not made by',
    { ShardIterator: base64(['orders', SHARD, '1']) },
  ],
  [
    'GetRecords',
    'ExpiredIteratorException',
    '5 minutes',
    { ShardIterator: iterator('', 5 * MINUTES_MS + 1) },
  ],
  [
    'GetRecords',
    'InvalidArgumentException',
    "stream 'orders'",
    { ShardIterator: iterator(''), StreamARN: arn('clicks') },
  ],
  ['GetRecords', 'ValidationException', 'from 1 to 10000', { ShardIterator: iterator(''), Limit: 10_001 }],
  ['ListShards', 'ResourceNotFoundException', 'Stream gone not found', { StreamName: 'gone' }],
  ['ListShards', 'ValidationException', "0 at 'MaxResults'", { StreamName: 'orders', MaxResults: 0 }],
  ['ListShards', 'InvalidArgumentException', 'not made by ListShards', { NextToken: 'garbage' }],
  [
    'ListShards',
    'InvalidArgumentException',
    'cannot both be given',
    { NextToken: 'x', StreamName: 'orders' },
  ],
  ['CreateStream', 'ValidationException', "0 at 'ShardCount'", { StreamName: 'new', ShardCount: 0 }],
  ['CreateStream', 'ResourceInUseException', "'orders'", { StreamName: 'orders', ShardCount: 1 }],
  ['DescribeStreamSummary', 'ResourceNotFoundException', 'Stream gone not found', { StreamName: 'gone' }],
])('%s is refused: %s, %s', async (action, type, message, body) => {
  const answered = await frontEnd.call(action, body);
  expect(answered).toMatchObject({
    status: 400,
    type: 'application/x-amz-json-1.1',
    errorType: type,
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    body: { __type: type, message: expect.stringContaining(message) },
  });
});

it('reads an iterator almost as old as it may be', async () => {
  const { status } = await frontEnd.call('GetRecords', {
    ShardIterator: iterator('', 5 * MINUTES_MS - 10_000),
  });
  expect(status).toBe(200);
});

it.each(['not JSON', '[]', 'null', ''])('refuses a body that is no object: %j', async (body) => {
  expect(await frontEnd.call('PutRecord', body)).toMatchObject({
    status: 400,
    body: { __type: 'SerializationException' },
  });
});

it('tells the sender of a body that is too large so, and goes on', async () => {
  const answered = await frontEnd.call('PutRecord', { ...PUT, Data: 'A'.repeat(20 * 1024 * 1024) });
  expect(answered).toMatchObject({
    status: 400,
    body: { __type: 'InvalidArgumentException', message: 'Cannot read a body of more than 8388608 bytes' },
  });
  expect((await frontEnd.call('PutRecord', PUT)).status).toBe(200);
});

it.each([
  ['an action that there is not', 'Kinesis_20131202.MergeShards'],
  ['an action of another service', 'DynamoDB_20120810.GetItem'],
  ['a name that every object has', 'Kinesis_20131202.toString'],
])('does not know %s', async (_, target) => {
  const headers = { ...accessHeaders(SECRET), 'x-amz-target': target };
  expect(await post(frontEnd.endpoint, headers, {})).toMatchObject({
    status: 400,
    body: { __type: 'UnknownOperationException', message: expect.stringContaining(target) },
  });
});

it('answers nobody without the run’s secret', async () => {
  const headers = { 'x-amz-target': 'Kinesis_20131202.PutRecord' };
  expect((await post(frontEnd.endpoint, headers, PUT)).status).toBe(403);
  expect((await post(frontEnd.endpoint, { ...headers, ...accessHeaders('another') }, PUT)).status).toBe(403);
  expect((await ask(frontEnd.endpoint, '/debug/state', {})).status).toBe(403);
});

function arn(name: string): string {
  return `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`;
}
