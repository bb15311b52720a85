/** Kinesis calls as a standalone load sends them, to front-ends whose truth is known. */

import { mkdtempDisposable } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { accessHeaders } from '@fleetfall/protocol/access.ts';
import { constantProfile } from '@fleetfall/protocol/rate-profile.ts';
import { expect, test } from 'vitest';
import { readHistory } from '../src/history-on-disk/reader.ts';
import { createSigner, fieldsToSign } from '../src/kinesis/sigv4.ts';
import type { WindowRecord } from '../src/open-loop.ts';
import type { KinesisPlan, LoadPlan } from '../src/standalone/generator-plan.ts';
import { runLoad } from '../src/standalone/generators.ts';
import { mergeOutcomes, mergeWindows } from '../src/standalone/merge-windows.ts';
import { type FakeFrontEnd, failsEveryTenthOnce, SECRET, startFakeFrontEnd } from './fake-fleet.ts';

const SIGNING = {
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret' },
  region: 'us-east-1',
};

function planFor(
  { target }: Pick<FakeFrontEnd, 'target'>,
  kinesis: Partial<Omit<KinesisPlan, 'workload'>> & { workload?: Partial<KinesisPlan['workload']> } = {},
  load: Partial<LoadPlan> = {},
): LoadPlan {
  const { workload, ...rest } = kinesis;
  return {
    targets: [{ host: target.host, port: target.port, tls: false, path: '/' }],
    request: {
      client: 'raw',
      attemptsMax: 3,
      signing: null,
      fields: accessHeaders(SECRET),
      historyPath: null,
      ...rest,
      workload: {
        stream: 'orders',
        readFraction: 0,
        batch: 1,
        recordBytes: 64,
        keys: { kind: 'uniform' },
        seed: 'seed-1',
        writer: 'writer-1',
        ...workload,
      },
    },
    profile: constantProfile(200, 500),
    arrivals: 'even',
    seed: 'seed-1',
    inFlightMax: 1_000,
    connectionsMax: 100,
    timeoutMs: 5_000,
    generators: 1,
    ...load,
  };
}

/** Runs a load. @returns counts by operation and outcome, attempts after the first, and how attempts failed. */
async function run(plan: LoadPlan) {
  const windows: WindowRecord[] = [];
  await runLoad(plan, (window) => windows.push(window), new AbortController().signal);
  const merged = mergeOutcomes(windows.flatMap(({ outcomes }) => outcomes));
  return {
    outcomes: Object.fromEntries(
      merged.map(({ operation, outcome, reason, count }) => [
        `${operation} ${outcome}${reason === 'partial-failure' ? ` (${reason})` : ''}`,
        count,
      ]),
    ),
    retries: merged.reduce((sum, { retries = 0 }) => sum + retries, 0),
    attemptFailures: windows.length === 0 ? {} : (mergeWindows(windows).attemptFailures ?? {}),
    sent: windows.reduce((sum, { sent }) => sum + sent, 0),
    dropped: windows.reduce((sum, { dropped }) => sum + dropped, 0),
  };
}

const FAILS_EVERY_TENTH = {
  onPut: async (index: number) =>
    index % 10 === 9 ? ({ status: 503, name: 'ServiceUnavailable', reason: 'map-aged' } as const) : undefined,
};

test('a raw client makes one attempt, and tells what came of it', async () => {
  await using frontEnd = await startFakeFrontEnd(FAILS_EVERY_TENTH);
  expect(await run(planFor(frontEnd))).toMatchObject({
    outcomes: { 'PutRecord ok': 90, 'PutRecord ServiceUnavailable': 10 },
    retries: 0,
  });
  expect(frontEnd.puts).toBe(100);
});

test('the SDK tries again by itself: users see no failure, and the service sees more requests', async () => {
  await using frontEnd = await startFakeFrontEnd({ onPut: failsEveryTenthOnce() });
  const { outcomes, retries } = await run(planFor(frontEnd, { client: 'sdk', signing: SIGNING }));
  expect(outcomes).toEqual({ 'PutRecord ok': 100 });
  expect(frontEnd.puts).toBe(100 + retries);
  expect(retries).toBe(10);
});

test('the SDK gives up after its attempts, and the error has its name', async () => {
  await using frontEnd = await startFakeFrontEnd({
    onPut: async () => ({ status: 503, name: 'ServiceUnavailable' }),
  });
  const { outcomes, retries } = await run(
    planFor(
      frontEnd,
      { client: 'sdk', signing: SIGNING, attemptsMax: 2 },
      { profile: constantProfile(20, 500) },
    ),
  );
  expect(outcomes).toEqual({ 'PutRecord ServiceUnavailable': 10 });
  expect(retries).toBe(10);
});

test('puts and reads are mixed by their share, and reads go on where they ended', async () => {
  await using frontEnd = await startFakeFrontEnd();
  const { outcomes } = await run(planFor(frontEnd, { workload: { readFraction: 0.5 } }));
  const reads = (outcomes['GetRecords ok'] ?? 0) + (outcomes['GetShardIterator ok'] ?? 0);
  expect(reads + (outcomes['PutRecord ok'] ?? 0)).toBe(100);
  expect(reads).toBeGreaterThan(30);
  expect(outcomes['GetRecords ok']).toBeGreaterThan(20);
});

test('keys are spread as they were asked for', async () => {
  const shareOfMost = async (keys: KinesisPlan['workload']['keys']): Promise<number> => {
    const counts = new Map<string, number>();
    await using frontEnd = await startFakeFrontEnd({
      onPut: async (_index, { PartitionKey: key }) => void counts.set(key, (counts.get(key) ?? 0) + 1),
    });
    await run(planFor(frontEnd, { workload: { keys } }));
    return Math.max(...counts.values()) / 100;
  };
  expect(await shareOfMost({ kind: 'uniform' })).toBe(0.01);
  const hot = await shareOfMost({ kind: 'hot', fraction: 0.8 });
  expect(Math.abs(hot - 0.8)).toBeLessThan(0.15);
  // The most popular of 10,000 keys at exponent 1.5 has 39 % of all.
  const zipf = await shareOfMost({ kind: 'zipf', exponent: 1.5 });
  expect(Math.abs(zipf - 0.39)).toBeLessThan(0.15);
});

test('the history on disk has every write with its key, and what became of it', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'history-'));
  const historyPath = join(folder.path, 'orders.history');
  const sent: string[] = [];
  await using frontEnd = await startFakeFrontEnd({
    onPut: async (index, { PartitionKey }) => {
      sent.push(PartitionKey);
      if (index % 10 === 8) return 'silence';
      return index % 10 === 9 ? { status: 503, name: 'ServiceUnavailable' } : undefined;
    },
  });
  await run(planFor(frontEnd, { historyPath }, { timeoutMs: 2_000, generators: 2 }));

  const { writes, complete, stream } = readHistory(historyPath);
  expect({ complete, stream }).toEqual({ complete: true, stream: 'orders' });
  const byState = Object.groupBy(writes, ({ state }) => state);
  expect([byState.acknowledged?.length, byState.refused?.length, byState.unknown?.length]).toEqual([
    80, 10, 10,
  ]);
  expect(writes.map(({ key }) => key).toSorted()).toEqual(sent.toSorted());
  expect(new Set(writes.map(({ writer }) => writer)).size).toBe(2);
  const acknowledged = byState.acknowledged ?? [];
  expect(new Set(acknowledged.map(({ sequenceNumber }) => sequenceNumber)).size).toBe(80);
  expect(acknowledged.every(({ shardId }) => /^shardId-\d$/.test(shardId ?? ''))).toBe(true);
});

test('a batch that was taken in part is neither a success nor lost: its records have each their own end', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'history-'));
  const historyPath = join(folder.path, 'orders.history');
  await using frontEnd = await startFakeFrontEnd();
  const workload = { batch: 10 };
  for (const client of ['raw', 'sdk'] as const) {
    const path = `${historyPath}.${client}`;
    const { outcomes } = await run(
      planFor(frontEnd, { client, signing: SIGNING, historyPath: path, workload }),
    );
    expect(outcomes).toEqual({ 'PutRecords ProvisionedThroughputExceededException (partial-failure)': 100 });
    const states = Object.groupBy(readHistory(path).writes, ({ state }) => state);
    expect([states.acknowledged?.length, states.refused?.length]).toEqual([900, 100]);
  }
});

test('a signature is what AWS says it is', () => {
  // «post-x-www-form-urlencoded» of the AWS Signature Version 4 test suite.
  const credentials = {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  };
  const fields = { host: 'example.amazonaws.com', 'content-type': 'application/x-www-form-urlencoded' };
  const lines = createSigner(credentials, 'us-east-1', 'service').sign(
    'POST',
    '/',
    fieldsToSign(fields),
    'Param1=value1',
    Date.UTC(2015, 7, 30, 12, 36, 0),
  );
  expect(lines).toContain('x-amz-date: 20150830T123600Z\r\n');
  expect(lines).toContain('SignedHeaders=content-type;host;x-amz-date');
  expect(lines).toContain('Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a');
});

test('a raw client signs as the SDK does: the same fields, for the same scope', async () => {
  const seen: Record<string, IncomingMessage['headers']> = {};
  let client = '';
  await using server = createServer((request, response) => {
    seen[client] = request.headers;
    request.resume().on('end', () => response.end('{"ShardId":"s","SequenceNumber":"1"}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const target = { memberId: 'fe', host: '127.0.0.1', port, cohort: 'incumbent' } as const;
  for (client of ['raw', 'sdk']) {
    const kinesis = { client: client as 'raw' | 'sdk', signing: SIGNING };
    await run(planFor({ target }, kinesis, { profile: constantProfile(1, 1) }));
  }
  server.closeAllConnections();
  for (const headers of Object.values(seen)) {
    expect(headers.authorization).toMatch(/Credential=AKIDEXAMPLE\/\d{8}\/us-east-1\/kinesis\/aws4_request/);
    expect(headers['content-type']).toBe('application/x-amz-json-1.1');
    expect(headers.host).toBe(`127.0.0.1:${port}`);
    expect(headers['x-amz-target']).toBe('Kinesis_20131202.PutRecord');
  }
  expect(seen.raw?.authorization).toContain('SignedHeaders=content-type;host;x-amz-date;x-amz-target,');
});

test('what the SDK gave up is refused when each attempt was, and unknown when one may have been carried out', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'history-'));
  for (const [first, state] of [
    [{ status: 503, name: 'ServiceUnavailable' }, 'refused'],
    [{ status: 500, name: 'InternalFailure' }, 'unknown'],
  ] as const) {
    const seen = new Set<string>();
    await using frontEnd = await startFakeFrontEnd({
      async onPut(_index, { Data }) {
        if (seen.has(Data)) return { status: 503, name: 'ServiceUnavailable' };
        seen.add(Data);
        return first;
      },
    });
    const historyPath = join(folder.path, state);
    const profile = constantProfile(10, 500);
    const { outcomes, attemptFailures } = await run(
      planFor(frontEnd, { client: 'sdk', signing: SIGNING, attemptsMax: 2, historyPath }, { profile }),
    );
    expect(outcomes).toEqual({ 'PutRecord ServiceUnavailable': 5 });
    expect(attemptFailures).toEqual(
      state === 'refused' ? { ServiceUnavailable: 10 } : { InternalFailure: 5, ServiceUnavailable: 5 },
    );
    expect(readHistory(historyPath).writes.map((write) => write.state)).toEqual(Array(5).fill(state));
  }
});

test('what waited for a connection until its time was over was not sent, and certainly not written', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'history-'));
  for (const client of ['raw', 'sdk'] as const) {
    // Two connections and 50 ms an answer make 40/s of the 200/s that are due.
    await using frontEnd = await startFakeFrontEnd({ onPut: async () => void (await wait(50)) });
    const historyPath = join(folder.path, client);
    const { sent, dropped } = await run(
      planFor(
        frontEnd,
        { client, signing: SIGNING, historyPath },
        { connectionsMax: 2, timeoutMs: 400, profile: constantProfile(200, 1_000) },
      ),
    );
    expect(sent + dropped).toBe(200);
    expect(dropped).toBeGreaterThan(50);
    const { acknowledged = [], unknown = [] } = Object.groupBy(
      readHistory(historyPath).writes,
      ({ state }) => state,
    );
    expect(acknowledged.length + unknown.length).toBeLessThanOrEqual(sent);
    expect(acknowledged.length + unknown.length).toBe(frontEnd.puts);
  }
});

test('the SDK calls from the address that the load has, as a raw client does', async () => {
  const callers = new Set<string | undefined>();
  await using server = createServer((request, response) => {
    callers.add(request.socket.remoteAddress);
    request.resume().on('end', () => response.end('{"ShardId":"s","SequenceNumber":"1"}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const targets = [{ host: '127.0.0.1', port, tls: false, path: '/', callFrom: '127.0.0.9' }];
  const target = { memberId: 'fe', host: '127.0.0.1', port, cohort: 'incumbent' } as const;
  for (const client of ['raw', 'sdk'] as const) {
    await run(planFor({ target }, { client, signing: SIGNING }, { targets, profile: constantProfile(1, 1) }));
    expect([...callers]).toEqual(['127.0.0.9']);
    callers.clear();
  }
  server.closeAllConnections();
});
