import { writeFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readHistory } from '../src/history-on-disk/reader.ts';
import { FakeStream, startFakeFrontEnd, startLoadUnderTest } from './fake-fleet.ts';

const CREATE = { op: 'create-stream', stream: 'orders', shards: 8, timeoutMs: 5_000 } as const;

test('is ready once a record went through each front-end to each shard, however long one takes to route', async () => {
  const stream = new FakeStream();
  await using prompt = await startFakeFrontEnd({ memberId: 'fe-1', stream });
  await using slow = await startFakeFrontEnd({
    memberId: 'fe-2',
    stream,
    onPut: async (index) =>
      index < 20 ? { status: 503, name: 'ServiceUnavailable', reason: 'map-missing' } : undefined,
  });
  await using load = await startLoadUnderTest();
  load.command({ op: 'targets', targets: [prompt.target, slow.target] });
  load.command(CREATE);
  await load.next('stream-ready');

  expect(prompt.puts).toBe(8);
  expect(slow.puts).toBe(28);
  expect(stream.shards.map(({ records }) => records.length)).toEqual(Array(8).fill(2));
});

test('takes a stream that is there already for made', async () => {
  const stream = new FakeStream();
  stream.create(8);
  await using frontEnd = await startFakeFrontEnd({ stream });
  await using load = await startLoadUnderTest();
  load.command({ op: 'targets', targets: [frontEnd.target] });
  load.command(CREATE);
  expect(await load.next('stream-ready')).toMatchObject({ stream: 'orders' });
});

test('says which front-end does not route which shard when time is over', async () => {
  await using frontEnd = await startFakeFrontEnd({
    memberId: 'fe-7',
    stream: new FakeStream(),
    onPut: async (_index, { ExplicitHashKey }) =>
      ExplicitHashKey === '0' ? { status: 503, name: 'ServiceUnavailable', reason: 'no-owner' } : undefined,
  });
  await using load = await startLoadUnderTest();
  load.command({ op: 'targets', targets: [frontEnd.target] });
  load.command({ ...CREATE, timeoutMs: 400 });
  expect((await load.next('failed')).message).toBe(
    'Cannot create-stream: front-end fe-7 does not route shardId-0: ' +
      'PutRecord was not done: fe-7 answered ServiceUnavailable (no-owner)',
  );
});

test('does not wait for a front-end that leaves', async () => {
  const stream = new FakeStream();
  await using staying = await startFakeFrontEnd({ memberId: 'fe-1', stream });
  await using leaving = await startFakeFrontEnd({ memberId: 'fe-2', stream, onPut: async () => 'silence' });
  await using load = await startLoadUnderTest();
  load.command({ op: 'targets', targets: [staying.target, leaving.target] });
  load.command(CREATE);
  load.command({ op: 'targets', targets: [staying.target] });
  expect((await load.next('stream-ready')).tookMs).toBeLessThan(2_000);
});

test('reads back all that was acknowledged, and finds what a stream lost', async () => {
  const stream = new FakeStream();
  await using first = await startFakeFrontEnd({ memberId: 'fe-1', stream });
  await using second = await startFakeFrontEnd({ memberId: 'fe-2', stream });
  await using load = await startLoadUnderTest();
  load.command({ op: 'targets', targets: [first.target, second.target] });
  load.command(CREATE);
  await load.next('stream-ready');
  load.command({
    op: 'start',
    stream: 'orders',
    ratePerSecond: 1_000,
    recordBytes: 100,
    inFlightMax: 500,
    // Far beyond what a busy machine may hold an answer up.
    timeoutMs: 20_000,
    durationMaxMs: 500,
  });
  await load.next('load');
  load.command({ op: 'stop' });
  const { ok } = await load.next('stopped');
  expect(ok).toBe(500);
  expect(stream.recordCount).toBe(500 + 16);

  load.command({ op: 'read-back', stream: 'orders', timeoutMs: 5_000 });
  expect(await load.next('read-back')).toMatchObject({
    acknowledged: 500,
    found: 500,
    lost: 0,
    duplicated: 0,
    outOfOrder: 0,
  });

  stream.shards[0]?.records.pop();
  load.command({ op: 'read-back', stream: 'orders', timeoutMs: 5_000 });
  expect(await load.next('read-back')).toMatchObject({ acknowledged: 500, found: 499, lost: 1 });
});

test('tells what becomes of every write from when it is asked to on, with the numbers that the records carry', async () => {
  const stream = new FakeStream();
  await using frontEnd = await startFakeFrontEnd({ memberId: 'fe-1', stream });
  await using load = await startLoadUnderTest();
  load.command({ op: 'targets', targets: [frontEnd.target] });
  load.command(CREATE);
  await load.next('stream-ready');
  for (const history of [undefined, true, undefined]) {
    load.command({
      ...{ op: 'start', stream: 'orders', ratePerSecond: 200, recordBytes: 100, inFlightMax: 500 },
      ...{ timeoutMs: 20_000, durationMaxMs: 250, history },
    });
    await load.next('load');
    load.command({ op: 'stop' });
    await load.next('stopped');
  }
  const told = load.records.flatMap((record) => (record.kind === 'history' ? [record] : []));
  await using folder = await mkdtempDisposable(join(tmpdir(), 'history-'));
  const path = join(folder.path, 'orders.history');
  writeFileSync(path, Buffer.concat(told.map(({ bytes }) => Buffer.from(bytes, 'base64'))));
  const { writes, complete } = readHistory(path);
  expect([complete, writes.length, writes[0]?.serial]).toEqual([true, 100, 50]);
  const keys = new Map(
    stream.shards
      .flatMap(({ records }) => records)
      .map(({ Data, PartitionKey }) => [
        Buffer.from(Data, 'base64').toString('latin1').slice(0, 'ff-01234567-0123456789'.length),
        PartitionKey,
      ]),
  );
  for (const { serial, writer, key, state } of writes)
    expect([state, keys.get(`ff-${writer}-${String(serial).padStart(10, '0')}`)]).toEqual([
      'acknowledged',
      key,
    ]);
});
