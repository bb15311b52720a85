/**
 * A back-end as front-ends and the observer meet it: requests and leases over its socket.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { sliceOf } from '@fleetfall/protocol/ownership.ts';
import { probeShardOf } from '@fleetfall/protocol/shard-frames.ts';
import { expect, test, vi } from 'vitest';
import { ask, SECRET } from '../../member/test/running-program.ts';
import { BACK_END_ID, startFleet, startInProcess, stateOf, untilShards } from './running-fleet.ts';
import { connect } from './shard-client.ts';

const SHARD = 'orders/shardId-000000000000';
const ALL_SLICES = Array.from({ length: 256 }, (_, slice) => slice);

test('records appended to an assigned shard are read back with their keys, in order', async () => {
  await using fleet = await startFleet();
  await using backEnd = await startInProcess(fleet);
  await fleet.createStream('orders', 1);
  await untilShards(backEnd, 1);
  using client = await connect(backEnd.endpoint, SECRET);

  expect((await client.request({ op: 'bounds', shard: SHARD })).head).toMatchObject({
    op: 'bounds',
    latestSequenceNumber: '',
  });
  const results = await client.append(SHARD, 'one', 'two', 'three');
  const records = await client.readAll(SHARD);
  expect(records.map(({ data }) => data)).toEqual(['one', 'two', 'three']);
  expect(records.map(({ partitionKey }) => partitionKey)).toEqual(['key', 'key', 'key']);
  expect(records.map(({ sequenceNumber }) => ({ sequenceNumber }))).toEqual(results);
  expect((await client.request({ op: 'bounds', shard: SHARD })).head).toMatchObject({
    latestSequenceNumber: records.at(-1)?.sequenceNumber,
  });
});

test('a page that ends before the newest record says how far behind it is', async () => {
  await using fleet = await startFleet();
  await using backEnd = await startInProcess(fleet);
  using client = await connect(backEnd.endpoint, SECRET);
  const shard = probeShardOf(BACK_END_ID);
  await client.append(shard, 'old');
  await wait(30); // time itself: the second record is to be younger
  await client.append(shard, 'new');
  const behindAfter = async (limit: number): Promise<number> => {
    const { head } = await client.request({ op: 'read', shard, afterSequenceNumber: '', limit });
    return (head as { behindLatestMs: number }).behindLatestMs;
  };
  expect(await behindAfter(1)).toBeGreaterThan(20);
  expect(await behindAfter(2)).toBe(0);
});

test('a shard of nobody or of another is refused, alone in its request', async () => {
  await using fleet = await startFleet();
  await using backEnd = await startInProcess(fleet);
  using client = await connect(backEnd.endpoint, SECRET);
  const own = probeShardOf(BACK_END_ID);
  const entries = [SHARD, own].map((shard) => ({ shard, partitionKey: 'key', dataBytes: 1 }));
  const { head } = await client.request({ op: 'append', entries }, [Buffer.from('a'), Buffer.from('b')]);
  expect(head).toMatchObject({ results: [{ error: 'NotOwner' }, { sequenceNumber: '1' }] });
  expect((await client.readAll(own)).map(({ data }) => data)).toEqual(['b']);
  expect((await client.request({ op: 'bounds', shard: SHARD })).head).toMatchObject({ error: 'NotOwner' });
});

test('a request that is wrong is answered BadFrame, and the connection goes on', async () => {
  await using fleet = await startFleet();
  await using backEnd = await startInProcess(fleet);
  using client = await connect(backEnd.endpoint, SECRET);
  const shard = probeShardOf(BACK_END_ID);
  const entry = { shard, partitionKey: 'key', dataBytes: 3 };
  const wrong: [head: object, message: string][] = [
    [{ op: 'delete' }, `'op': it must be one of append, read, bounds: current value is "delete"`],
    [{ op: 'append', entries: [] }, `'entries': it must be a list of 1 to 500: current value is []`],
    [{ op: 'append', entries: [{ ...entry, dataBytes: -1 }] }, `'entries[0].dataBytes'`],
    [{ op: 'append', entries: [{ ...entry, partitionKey: '' }] }, `'entries[0].partitionKey'`],
    [{ op: 'append', entries: [entry] }, 'its entries name 3'],
    [{ op: 'read', shard, afterSequenceNumber: '', limit: 0 }, `'limit': it must be a whole number`],
    [{ op: 'read', shard, afterSequenceNumber: 'x', limit: 1 }, `'afterSequenceNumber'`],
    [{ op: 'bounds', shard, arrivedBeforeMs: 'now' }, `'arrivedBeforeMs': it must be milliseconds`],
  ];
  for (const [request, message] of wrong) {
    const { head } = await client.request(request);
    expect(head).toMatchObject({ op: 'error', error: 'BadFrame' });
    expect((head as { message: string }).message).toContain(message);
  }
  expect(await client.append(shard, 'goes on')).toMatchObject([{ sequenceNumber: '1' }]);
});

test.each([
  ['a frame without a head', Buffer.from('nothing')],
  ['a text that is no watch', '{"op":"watch","slices":[256]}'],
])('%s ends the connection', async (_, message) => {
  await using fleet = await startFleet();
  await using backEnd = await startInProcess(fleet);
  using client = await connect(backEnd.endpoint, SECRET);
  const closed = new Promise((resolve) => client.socket.once('close', resolve));
  client.socket.send(message);
  expect(await closed).toBe(1002);
});

test('a peer that does not read what it asked for is cut off', async () => {
  await using fleet = await startFleet();
  await using backEnd = await startInProcess(fleet);
  using client = await connect(backEnd.endpoint, SECRET);
  using other = await connect(backEnd.endpoint, SECRET);
  const shard = probeShardOf(BACK_END_ID);
  for (let index = 0; index < 4; index += 1) await client.append(shard, 'x'.repeat(1_000_000));
  client.socket.pause();
  const connections = async (): Promise<string> => (await ask(backEnd.endpoint, '/metrics')).text();
  expect(await connections()).toContain('fleet_connections 2\n');
  const lost: Promise<unknown>[] = [];
  await vi.waitUntil(
    async () => {
      const read = client.request({ op: 'read', shard, afterSequenceNumber: '', limit: 4 });
      lost.push(expect(read).rejects.toThrow('the connection ended'));
      return (await connections()).includes('fleet_connections 1\n');
    },
    { interval: 20, timeout: 10_000 },
  );
  expect(await other.append(shard, 'served all the same')).toMatchObject([{ sequenceNumber: '5' }]);
  client.socket.resume();
  client.socket.terminate();
  await Promise.allSettled(lost);
});

test('concurrent appends of one connection share commits', async () => {
  await using fleet = await startFleet();
  await using backEnd = await startInProcess(fleet);
  using client = await connect(backEnd.endpoint, SECRET);
  const shard = probeShardOf(BACK_END_ID);
  await Promise.all(Array.from({ length: 500 }, (_, index) => client.append(shard, String(index))));
  const { appended, commits } = await stateOf(backEnd);
  expect(appended).toBe(500);
  expect(commits).toBeLessThan(250);
});

test('leases come at once, again within their life, and when a watched slice gets a shard', async () => {
  await using fleet = await startFleet();
  await using backEnd = await startInProcess(fleet, 3_000);
  using watcher = await connect(backEnd.endpoint, SECRET);
  using elsewhere = await connect(backEnd.endpoint, SECRET);
  const slice = sliceOf(SHARD);
  watcher.socket.send(JSON.stringify({ op: 'watch', slices: [slice] }));
  elsewhere.socket.send(
    JSON.stringify({ op: 'watch', slices: ALL_SLICES.filter((other) => other !== slice) }),
  );
  await vi.waitUntil(() => watcher.leases.length === 1 && elsewhere.leases.length === 1, 10_000);
  expect(watcher.leases[0]).toEqual({
    op: 'lease',
    backEndId: BACK_END_ID,
    leaseEpoch: 1,
    leaseMs: 3_000,
    owners: [],
  });

  await fleet.createStream('orders', 1);
  await vi.waitUntil(() => watcher.leases.some(({ owners }) => owners.length > 0), { timeout: 5_000 });
  expect(watcher.leases.at(-1)?.owners).toEqual([[SHARD, BACK_END_ID, 1]]);
  const told = watcher.leases.length;
  await vi.waitUntil(() => watcher.leases.length > told, { timeout: 5_000 });
  expect(elsewhere.leases.flatMap(({ owners }) => owners)).toEqual([]);
});

test('the probe shard is held from the start and announced to nobody', async () => {
  await using fleet = await startFleet();
  await using backEnd = await startInProcess(fleet);
  using client = await connect(backEnd.endpoint, SECRET);
  client.socket.send(JSON.stringify({ op: 'watch', slices: ALL_SLICES }));
  await vi.waitUntil(() => client.leases.length > 0, 10_000);
  expect(client.leases[0]?.owners).toEqual([]);
  expect(await client.append(probeShardOf(BACK_END_ID), 'probe')).toMatchObject([{ sequenceNumber: '1' }]);
  expect(await stateOf(backEnd)).toMatchObject({ role: 'back-end', shards: 0, appended: 1 });
});

test('the lease epoch rises with each start, and a back-end that stops is no member any more', async () => {
  await using fleet = await startFleet();
  for (const epoch of [1, 2]) {
    await using backEnd = await startInProcess(fleet);
    expect(await fleet.members()).toEqual([BACK_END_ID]);
    expect(await stateOf(backEnd)).toMatchObject({ leaseEpoch: epoch });
  }
  expect(await fleet.members()).toEqual([]);
});

test('without the run’s secret, or from a browser, neither a request nor a connection passes', async () => {
  await using fleet = await startFleet();
  await using backEnd = await startInProcess(fleet);
  const secret = { 'x-fleetfall-secret': SECRET };
  const refused: Record<string, string>[] = [
    {},
    { 'x-fleetfall-secret': 'another' },
    { ...secret, origin: 'http://127.0.0.1' },
  ];
  for (const headers of refused) {
    expect((await ask(backEnd.endpoint, '/debug/state', headers)).status).toBe(403);
    await expect(connect(backEnd.endpoint, SECRET, headers)).rejects.toThrow('403');
  }
});

test('metrics tell appends and commits', async () => {
  await using fleet = await startFleet();
  await using backEnd = await startInProcess(fleet);
  using client = await connect(backEnd.endpoint, SECRET);
  await client.append(probeShardOf(BACK_END_ID), 'one', 'two');
  const metrics = await (await ask(backEnd.endpoint, '/metrics')).text();
  expect(metrics).toContain('fleet_appended_records_total 2');
  expect(metrics).toContain('fleet_log_commits_total 1');
});
