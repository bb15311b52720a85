/**
 * A front-end that is alive and cannot route: what its clients get, by the reason. The reasons are brought about, not
 * feigned: a store that nobody runs, a map that is not built again, a back-end that has gone.
 */
import { expect, it, vi } from 'vitest';
import { ask, freeEndpoint } from '../../member/test/running-program.ts';
import {
  type Answered,
  type RunningFrontEnd,
  startInProcessFrontEnd,
  startService,
} from './running-front-end.ts';

const PUT = { StreamName: 'orders', PartitionKey: 'key', Data: 'AAAA' };
/** A back-end that has gone is soon missed. */
const LEASE_MS = 300;
/** No second construction within a test: behind the first, a quarter of its interval is left. */
const BUILT_ONCE = { buildIntervalMs: 60_000, shardMapMaxAgeMs: 200 } as const;
/** One record for each of two shards. */
const ONE_EACH = {
  StreamName: 'orders',
  Records: ['0', String((1n << 128n) - 1n)].map((ExplicitHashKey) => ({ ...PUT, ExplicitHashKey })),
};

const unavailable = (reason: string): object => ({
  status: 503,
  reason,
  errorType: 'ServiceUnavailable',
  body: { __type: 'ServiceUnavailable', message: expect.any(String) },
});

/** Puts until the answer is of a reason. */
async function untilReason(frontEnd: RunningFrontEnd, reason: string): Promise<Answered> {
  return await vi.waitUntil(
    async () => {
      const answered = await frontEnd.call('PutRecord', PUT);
      return answered.reason === reason && answered;
    },
    { interval: 50, timeout: 15_000 },
  );
}

it('says map-missing while there is none, and stays alive', async () => {
  await using frontEnd = await startInProcessFrontEnd(await freeEndpoint('127.0.0.1'), {
    shardMapMaxAgeMs: 200,
  });
  expect(await frontEnd.call('PutRecord', PUT)).toMatchObject(unavailable('map-missing'));
  expect(await frontEnd.call('PutRecords', { StreamName: 'orders', Records: [PUT] })).toMatchObject(
    unavailable('map-missing'),
  );
  expect((await ask(frontEnd.endpoint, '/healthz')).status).toBe(200);
  expect((await ask(frontEnd.endpoint, '/readyz')).status).toBe(503);
  expect((await frontEnd.state()).routing).toEqual({ routed: 0, failed: { 'map-missing': 2 } });
  expect(await (await ask(frontEnd.endpoint, '/metrics')).text()).toContain(
    'fleet_routing_failures_total{reason="map-missing"} 2\n',
  );
});

it('says map-aged once the map is too old, of reads too', async () => {
  await using service = await startService({ streams: { orders: 1 }, settings: BUILT_ONCE });
  const { frontEnd } = service;
  await vi.waitUntil(async () => (await frontEnd.state()).shardMap.aged, 10_000);
  const answered = await frontEnd.call('PutRecord', PUT);
  expect(answered).toMatchObject(unavailable('map-aged'));
  expect(answered.body.message).toMatch(/^the shard-map is \d+ ms old, past 200 ms$/);
  const iterator = { StreamName: 'orders', ShardId: 'shardId-000000000000', ShardIteratorType: 'LATEST' };
  expect(await frontEnd.call('GetShardIterator', iterator)).toMatchObject(unavailable('map-aged'));
});

it('serves by a map of any age where that is allowed', async () => {
  await using service = await startService({
    streams: { orders: 1 },
    settings: { ...BUILT_ONCE, agedMap: 'serve' },
  });
  await vi.waitUntil(async () => (await service.frontEnd.state()).shardMap.aged, 10_000);
  expect((await service.frontEnd.call('PutRecord', PUT)).status).toBe(200);
});

it('says no-owner when nobody vouches for the shard any more', async () => {
  await using service = await startService({ streams: { orders: 1 }, leaseMs: LEASE_MS });
  await service.backEnds.get('be-1')?.[Symbol.asyncDispose]();
  const answered = await untilReason(service.frontEnd, 'no-owner');
  expect(answered).toMatchObject(unavailable('no-owner'));
  expect(answered.body.message).toContain('shardId-000000000000');
  // Of a batch none of which can be routed nothing was written: it fails as one.
  expect(await service.frontEnd.call('PutRecords', { StreamName: 'orders', Records: [PUT] })).toMatchObject(
    unavailable('no-owner'),
  );
});

it('takes the records of a batch that it can route, and tells of each of the others why not', async () => {
  await using service = await startService({
    backEndIds: ['be-1', 'be-2'],
    streams: { orders: 2 },
    leaseMs: LEASE_MS,
  });
  const { frontEnd } = service;
  await service.backEnds.get('be-2')?.[Symbol.asyncDispose]();
  // The first to go is the connection, the last the owner in the map.
  for (const reason of ['back-end-unreachable', 'no-owner']) {
    const put = await vi.waitUntil(
      async () => {
        const answered = await frontEnd.call('PutRecords', ONE_EACH);
        return answered.body.Records?.[1]?.ErrorMessage?.startsWith(`${reason}: `) && answered;
      },
      { interval: 20, timeout: 15_000 },
    );
    expect(put).toMatchObject({
      status: 200,
      body: {
        FailedRecordCount: 1,
        Records: [
          { ShardId: 'shardId-000000000000', SequenceNumber: expect.stringMatching(/^\d+$/) },
          { ErrorCode: 'InternalFailure' },
        ],
      },
    });
  }
});

it('makes no stream while there is no back-end to hold its shards, and says that it may come', async () => {
  await using service = await startService({ backEndIds: [] });
  const answered = await service.frontEnd.call('CreateStream', { StreamName: 'orders', ShardCount: 1 });
  expect(answered).toMatchObject({ status: 503, body: { __type: 'ServiceUnavailable' } });
  expect(answered.body.message).toContain('no back-end is a member');
});

it('does not know whether a stream was made when the store does not answer', async () => {
  await using frontEnd = await startInProcessFrontEnd(await freeEndpoint('127.0.0.1'));
  const answered = await frontEnd.call('CreateStream', { StreamName: 'orders', ShardCount: 1 });
  expect(answered).toMatchObject({ status: 500, body: { __type: 'InternalFailure' } });
  expect(answered.body.message).toContain('Cannot reach the metadata store');
});
