/**
 * The metadata store as members meet it: over HTTP, with what it remembers across a restart.
 */
import type { Configuration, HeartbeatResponse, MembershipView } from '@fleetfall/protocol/membership.ts';
import { expect, test, vi } from 'vitest';
import { SECRET } from '../../member/test/running-program.ts';
import type { StartedMetadata } from '../src/metadata.ts';
import { ask, backEnd, startStore, temporaryFolder } from './running-metadata.ts';

const membership = async (store: StartedMetadata): Promise<MembershipView> =>
  (await ask(store, 'GET', '/v1/membership')).body as MembershipView;
const configuration = async (store: StartedMetadata): Promise<Configuration> =>
  (await ask(store, 'GET', '/v1/configuration')).body as Configuration;

test('the version rises on a join, a new incarnation and a leave, and on nothing else', async () => {
  await using folder = await temporaryFolder();
  await using store = await startStore(folder.path);
  const beat = async (incarnation: string): Promise<number> => {
    const { body } = await ask(store, 'POST', '/v1/heartbeat', backEnd('be-1', incarnation));
    return (body as HeartbeatResponse).membershipVersion;
  };
  const joined = await beat('first');
  expect(await beat('first')).toBe(joined);
  expect(await beat('second')).toBe(joined + 1);

  await ask(store, 'POST', '/v1/leave', { memberId: 'be-1', incarnation: 'first' });
  expect(await membership(store)).toEqual({ version: joined + 1, members: [backEnd('be-1', 'second')] });
  await ask(store, 'POST', '/v1/leave', { memberId: 'be-1', incarnation: 'second' });
  expect(await membership(store)).toEqual({ version: joined + 2, members: [] });
});

test('a member that is not heard of is dropped, one that is heard of stays', async () => {
  await using folder = await temporaryFolder();
  await using store = await startStore(folder.path, 400);
  await ask(store, 'POST', '/v1/heartbeat', backEnd('silent'));
  const before = await membership(store);
  await vi.waitUntil(
    async () => {
      await ask(store, 'POST', '/v1/heartbeat', backEnd('talking'));
      return (await membership(store)).members.length === 1;
    },
    { interval: 50, timeout: 5_000 },
  );
  expect(await membership(store)).toEqual({ version: before.version + 2, members: [backEnd('talking')] });
});

test('whoever has the newest version is answered 304 without a body', async () => {
  await using folder = await temporaryFolder();
  await using store = await startStore(folder.path);
  await ask(store, 'POST', '/v1/heartbeat', backEnd('be-1'));
  for (const path of ['/v1/membership', '/v1/configuration']) {
    const { etag, body } = await ask(store, 'GET', path);
    expect(etag).toBe(`"${(body as { version: number }).version}"`);
    const headers = { 'x-fleetfall-secret': SECRET, 'if-none-match': etag ?? '' };
    expect(await ask(store, 'GET', path, undefined, headers)).toEqual({
      status: 304,
      etag,
      body: undefined,
    });
    const older = await ask(store, 'GET', path, undefined, { ...headers, 'if-none-match': '"99"' });
    expect(older.status).toBe(200);
  }
});

test('a new stream covers the ring and is spread evenly over the live back-ends', async () => {
  await using folder = await temporaryFolder();
  await using store = await startStore(folder.path);
  for (const id of ['be-1', 'be-2', 'be-3']) await ask(store, 'POST', '/v1/heartbeat', backEnd(id));
  await ask(store, 'POST', '/v1/streams', { name: 'orders', shardCount: 8 });
  await ask(store, 'POST', '/v1/streams', { name: 'clicks', shardCount: 1 });
  const { streams } = await configuration(store);

  const shards = streams[0]?.shards ?? [];
  expect(shards.map(({ shardId }) => shardId).slice(0, 2)).toEqual([
    'shardId-000000000000',
    'shardId-000000000001',
  ]);
  expect(shards[0]?.startingHashKey).toBe('0');
  expect(shards[7]?.endingHashKey).toBe(String((1n << 128n) - 1n));
  for (const [index, { startingHashKey }] of shards.entries()) {
    if (index > 0) expect(BigInt(startingHashKey)).toBe(BigInt(shards[index - 1]?.endingHashKey ?? 0) + 1n);
  }
  const held = Object.groupBy(
    streams.flatMap((stream) => stream.shards),
    ({ backEndId }) => backEndId,
  );
  expect(Object.values(held).map((each) => each?.length)).toEqual([3, 3, 3]);
});

test('streams, assignments, members and versions are there after a restart', async () => {
  await using folder = await temporaryFolder();
  let before: [MembershipView, Configuration];
  {
    await using store = await startStore(folder.path);
    await ask(store, 'POST', '/v1/heartbeat', backEnd('be-1'));
    await ask(store, 'POST', '/v1/heartbeat', backEnd('be-2'));
    await ask(store, 'POST', '/v1/leave', { memberId: 'be-2', incarnation: 'first' });
    await ask(store, 'POST', '/v1/streams', { name: 'orders', shardCount: 2 });
    before = [await membership(store), await configuration(store)];
  }
  await using store = await startStore(folder.path, 300);
  expect([await membership(store), await configuration(store)]).toEqual(before);
  await vi.waitUntil(async () => (await membership(store)).members.length === 0, { timeout: 5_000 });
  expect((await membership(store)).version).toBe(before[0].version + 1);
});

test('a second store on the same folder does not start', async () => {
  await using folder = await temporaryFolder();
  await using store = await startStore(folder.path);
  expect(store.endpoint.port).toBeGreaterThan(0);
  await expect(startStore(folder.path)).rejects.toThrow('locked');
});

test('a stream is refused when its name is taken or there is no back-end', async () => {
  await using folder = await temporaryFolder();
  await using store = await startStore(folder.path);
  const create = (): ReturnType<typeof ask> =>
    ask(store, 'POST', '/v1/streams', { name: 'orders', shardCount: 1 });
  expect(await create()).toMatchObject({ status: 503, body: { code: 'NoBackEnd' } });
  await ask(store, 'POST', '/v1/heartbeat', backEnd('be-1'));
  expect(await create()).toMatchObject({ status: 201 });
  expect(await create()).toMatchObject({ status: 409, body: { code: 'ResourceInUse' } });
});

test('bad input is refused with the field, what is allowed and the value', async () => {
  await using folder = await temporaryFolder();
  await using store = await startStore(folder.path);
  const cases: [path: string, body: string | object, message: string][] = [
    [
      '/v1/streams',
      { name: 'or ders', shardCount: 1 },
      `'name': it must be 1 to 128 letters, digits, '_', '.' or '-': current value is "or ders"`,
    ],
    [
      '/v1/streams',
      { name: 'orders', shardCount: 0 },
      `'shardCount': it must be a whole number from 1 to 100000: current value is 0`,
    ],
    [
      '/v1/heartbeat',
      { ...backEnd('be-1'), role: 'king' },
      `'role': it must be one of front-end, back-end: current value is "king"`,
    ],
    [
      '/v1/heartbeat',
      { ...backEnd('be-1'), port: 70_000 },
      `'port': it must be a whole number from 1 to 65535: current value is 70000`,
    ],
    ['/v1/leave', { memberId: 'be-1' }, `'incarnation': it must be`],
    ['/v1/heartbeat', 'not JSON', 'it must be one JSON object'],
    ['/v1/heartbeat', '[]', 'it must be one JSON object'],
  ];
  for (const [path, body, message] of cases) {
    const answered = await ask(store, 'POST', path, body);
    expect(answered).toMatchObject({ status: 400, body: { code: 'InvalidArgument' } });
    expect((answered.body as { message: string }).message).toContain(message);
  }
  expect(await ask(store, 'GET', '/v1/nothing')).toMatchObject({ status: 404, body: { code: 'NotFound' } });
});

test('without the run’s secret, or from a browser, nothing is answered', async () => {
  await using folder = await temporaryFolder();
  await using store = await startStore(folder.path);
  const refused: Record<string, string>[] = [
    {},
    { 'x-fleetfall-secret': 'another' },
    { 'x-fleetfall-secret': SECRET, origin: 'http://127.0.0.1' },
  ];
  for (const headers of refused) {
    expect((await ask(store, 'GET', '/v1/membership', undefined, headers)).status).toBe(403);
  }
});

test('state and metrics tell the versions', async () => {
  await using folder = await temporaryFolder();
  await using store = await startStore(folder.path);
  await ask(store, 'POST', '/v1/heartbeat', backEnd('be-1'));
  expect(await ask(store, 'GET', '/debug/state')).toMatchObject({
    body: { role: 'metadata', memberId: 'metadata-1', membershipVersion: 1, members: 1, requests: 1 },
  });
  const { host, port } = store.endpoint;
  const metrics = await fetch(`http://${host}:${port}/metrics`, {
    headers: { 'x-fleetfall-secret': SECRET },
  });
  expect(await metrics.text()).toContain('fleet_membership_version 1');
});
