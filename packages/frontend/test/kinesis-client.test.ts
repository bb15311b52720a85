/**
 * The Kinesis API as an unchanged AWS client sees it, against a whole service.
 */
import { setTimeout as wait } from 'node:timers/promises';
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  type KinesisClient,
  ListShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { hashKeyOf, splitRing } from '@fleetfall/protocol/hash-key.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Service, startService } from './running-front-end.ts';

const ARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/orders';
const FIRST_SHARD = 'shardId-000000000000';
const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');

let service: Service;
let client: KinesisClient;
beforeAll(async () => {
  service = await startService({ streams: { orders: 4 } });
  client = service.frontEnd.client;
});
afterAll(() => service[Symbol.asyncDispose]());

/** A stream of its own with one shard, and records in it, each a millisecond or more after the one before. */
async function streamOf(name: string, ...texts: string[]): Promise<string[]> {
  await client.send(new CreateStreamCommand({ StreamName: name, ShardCount: 1 }));
  await service.frontEnd.untilActive(name);
  const numbers: string[] = [];
  for (const text of texts) {
    const put = { StreamName: name, PartitionKey: 'key', Data: bytes(text) };
    numbers.push((await client.send(new PutRecordCommand(put))).SequenceNumber ?? '');
    await wait(5); // time itself: arrivals are to differ
  }
  return numbers;
}

const iteratorOf = async (from: Omit<GetShardIteratorCommandInput, 'ShardId'>): Promise<string> =>
  (await client.send(new GetShardIteratorCommand({ ShardId: FIRST_SHARD, ...from }))).ShardIterator ?? '';

async function textsFrom(from: Omit<GetShardIteratorCommandInput, 'ShardId'>): Promise<string[]> {
  const { Records = [] } = await client.send(
    new GetRecordsCommand({ ShardIterator: await iteratorOf(from) }),
  );
  return Records.map(({ Data }) => Buffer.from(Data ?? []).toString('utf8'));
}

describe('streams', () => {
  it('are created, active once they are served, and described with their shards', async () => {
    await client.send(new CreateStreamCommand({ StreamName: 'clicks', ShardCount: 2 }));
    await service.frontEnd.untilActive('clicks');
    const { StreamDescriptionSummary: summary } = await client.send(
      new DescribeStreamSummaryCommand({ StreamName: 'clicks' }),
    );
    expect(summary).toMatchObject({
      StreamName: 'clicks',
      StreamARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/clicks',
      StreamStatus: 'ACTIVE',
      RetentionPeriodHours: 24,
      OpenShardCount: 2,
      ConsumerCount: 0,
    });
    expect(Math.abs((summary?.StreamCreationTimestamp?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('are refused under a name that is taken', async () => {
    const create = new CreateStreamCommand({ StreamName: 'orders', ShardCount: 1 });
    await expect(client.send(create)).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: expect.stringContaining("'orders'"),
    });
  });

  it('are listed shard by shard, page by page, with ranges that cover the ring', async () => {
    const first = await client.send(new ListShardsCommand({ StreamName: 'orders', MaxResults: 3 }));
    const second = await client.send(new ListShardsCommand({ NextToken: first.NextToken }));
    expect([first.Shards?.length, second.Shards?.length, second.NextToken]).toEqual([3, 1, undefined]);
    const ranges = [...(first.Shards ?? []), ...(second.Shards ?? [])].map((shard) => shard.HashKeyRange);
    expect(ranges).toEqual(
      splitRing(4).map(({ startingHashKey, endingHashKey }) => ({
        StartingHashKey: startingHashKey,
        EndingHashKey: endingHashKey,
      })),
    );
    const rest = await client.send(
      new ListShardsCommand({ StreamARN: ARN, ExclusiveStartShardId: 'shardId-000000000002' }),
    );
    expect(rest.Shards?.map(({ ShardId }) => ShardId)).toEqual(['shardId-000000000003']);
  });

  it('are named by their ARN wherever they are named', async () => {
    const put = { StreamARN: ARN, PartitionKey: 'key', Data: bytes('by ARN') };
    const { ShardId } = await client.send(new PutRecordCommand(put));
    await client.send(new PutRecordsCommand({ StreamARN: ARN, Records: [put] }));
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamARN: ARN, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
    );
    const read = await client.send(new GetRecordsCommand({ StreamARN: ARN, ShardIterator }));
    expect(read.Records).toHaveLength(2);
    const described = await client.send(new DescribeStreamSummaryCommand({ StreamARN: ARN }));
    expect(described.StreamDescriptionSummary?.StreamName).toBe('orders');
  });
});

describe('records', () => {
  it('go to the shard whose range holds the MD5 of their key, or the hash key that they name', async () => {
    const shardOf = (hashKey: bigint): string => `shardId-00000000000${hashKey >> 126n}`;
    for (const PartitionKey of ['a', 'b', 'c', 'd', 'é']) {
      const hashKey = hashKeyOf(PartitionKey).reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);
      const put = { StreamName: 'orders', PartitionKey, Data: bytes('x') };
      expect((await client.send(new PutRecordCommand(put))).ShardId).toBe(shardOf(hashKey));
    }
    const last = String((1n << 128n) - 1n);
    const put = { StreamName: 'orders', PartitionKey: 'a', ExplicitHashKey: last, Data: bytes('x') };
    expect((await client.send(new PutRecordCommand(put))).ShardId).toBe('shardId-000000000003');
  });

  it('of a batch are answered in the order of the request, each with its shard and number', async () => {
    const Records = Array.from({ length: 40 }, (_, index) => ({
      PartitionKey: `key-${index}`,
      Data: bytes(`record ${index}`),
    }));
    const put = await client.send(new PutRecordsCommand({ StreamName: 'orders', Records }));
    expect(put.FailedRecordCount).toBe(0);
    for (const [index, { ShardId, SequenceNumber }] of (put.Records ?? []).entries()) {
      const from = { StreamName: 'orders', ShardId, StartingSequenceNumber: SequenceNumber };
      const { ShardIterator } = await client.send(
        new GetShardIteratorCommand({ ...from, ShardIteratorType: 'AT_SEQUENCE_NUMBER' }),
      );
      const read = await client.send(new GetRecordsCommand({ ShardIterator, Limit: 1 }));
      expect(read.Records?.[0]).toMatchObject({ SequenceNumber, PartitionKey: `key-${index}` });
      expect(Buffer.from(read.Records?.[0]?.Data ?? []).toString()).toBe(`record ${index}`);
    }
  });

  it('of any bytes come back as they were, up to the largest', async () => {
    await streamOf('binary');
    const data = [Buffer.alloc(0), Buffer.from([0, 255, 10, 13]), Buffer.alloc(1024 * 1024, 7)];
    for (const Data of data) {
      await client.send(new PutRecordCommand({ StreamName: 'binary', PartitionKey: 'ключ', Data }));
    }
    const ShardIterator = await iteratorOf({ StreamName: 'binary', ShardIteratorType: 'TRIM_HORIZON' });
    const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }));
    expect(Records.map((record) => Buffer.from(record.Data ?? []).equals(data.shift() as Buffer))).toEqual([
      true,
      true,
      true,
    ]);
    expect(Records[0]?.PartitionKey).toBe('ключ');
  });
});

describe('reading', () => {
  it('begins at, after, before or behind a record as its iterator says', async () => {
    const StreamName = 'positions';
    const [first, second, third] = await streamOf(StreamName, 'one', 'two', 'three');
    const at = (ShardIteratorType: 'AT_SEQUENCE_NUMBER' | 'AFTER_SEQUENCE_NUMBER', number?: string) =>
      textsFrom({ StreamName, ShardIteratorType, StartingSequenceNumber: number });
    expect(await textsFrom({ StreamName, ShardIteratorType: 'TRIM_HORIZON' })).toEqual([
      'one',
      'two',
      'three',
    ]);
    expect(await at('AT_SEQUENCE_NUMBER', first)).toEqual(['one', 'two', 'three']);
    expect(await at('AT_SEQUENCE_NUMBER', second)).toEqual(['two', 'three']);
    expect(await at('AFTER_SEQUENCE_NUMBER', second)).toEqual(['three']);
    expect(await at('AFTER_SEQUENCE_NUMBER', third)).toEqual([]);
  });

  it('from LATEST finds what is put from then on, and nothing before', async () => {
    const StreamName = 'latest';
    await streamOf(StreamName, 'before');
    const ShardIterator = await iteratorOf({ StreamName, ShardIteratorType: 'LATEST' });
    const none = await client.send(new GetRecordsCommand({ ShardIterator }));
    expect(none).toMatchObject({ Records: [], MillisBehindLatest: 0 });
    await client.send(new PutRecordCommand({ StreamName, PartitionKey: 'key', Data: bytes('after') }));
    const next = await client.send(new GetRecordsCommand({ ShardIterator: none.NextShardIterator }));
    expect(next.Records?.map(({ Data }) => Buffer.from(Data ?? []).toString())).toEqual(['after']);
  });

  it('from a moment finds the record that arrived then or next', async () => {
    const StreamName = 'moments';
    await streamOf(StreamName, 'one', 'two', 'three');
    const ShardIterator = await iteratorOf({ StreamName, ShardIteratorType: 'TRIM_HORIZON' });
    const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }));
    const arrivedMs = Records.map((record) => record.ApproximateArrivalTimestamp?.getTime() ?? 0);
    const from = (ms: number) =>
      textsFrom({ StreamName, ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(ms) });
    const [first = 0, second = 0, third = 0] = arrivedMs;
    expect(await from(0)).toEqual(['one', 'two', 'three']);
    expect(await from(first)).toEqual(['one', 'two', 'three']);
    expect(await from(first + 1)).toEqual(['two', 'three']);
    expect(await from(second)).toEqual(['two', 'three']);
    expect(await from(third + 1)).toEqual([]);
  });

  it('goes on page by page, and says how far behind it is', async () => {
    const StreamName = 'pages';
    await streamOf(StreamName, 'one', 'two');
    let ShardIterator: string | undefined = await iteratorOf({
      StreamName,
      ShardIteratorType: 'TRIM_HORIZON',
    });
    const behind: boolean[] = [];
    for (const text of ['one', 'two']) {
      const page: GetRecordsCommandOutput = await client.send(
        new GetRecordsCommand({ ShardIterator, Limit: 1 }),
      );
      expect(page.Records?.map(({ Data }) => Buffer.from(Data ?? []).toString())).toEqual([text]);
      behind.push((page.MillisBehindLatest ?? 0) > 0);
      ShardIterator = page.NextShardIterator;
    }
    expect(behind).toEqual([true, false]);
  });
});
