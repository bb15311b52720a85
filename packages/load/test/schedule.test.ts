/**
 * What a load sends, when, and what it tells of how it ended.
 */
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { failsEveryTenthOnce, startFakeFrontEnd, startLoadUnderTest } from './fake-fleet.ts';
import { connect, outcomesOf, runSchedule, START } from './run-schedule.ts';

test('sends what the schedule says and counts every answer', async () => {
  await using frontEnd = await startFakeFrontEnd();
  await using load = await startLoadUnderTest();
  await connect(load, [frontEnd.target]);
  const { stopped, windows, outcomes } = await runSchedule(load);

  expect(Math.abs(stopped.offered - 400)).toBeLessThanOrEqual(8);
  expect(stopped).toMatchObject({ sent: stopped.offered, dropped: 0, ok: stopped.offered });
  expect(outcomes).toEqual({ 'fe-1 ok': stopped.offered });
  expect(windows.reduce((sum, window) => sum + window.offered, 0)).toBe(stopped.offered);
  expect(windows.at(-1)?.inFlight).toBe(0);
  expect(windows[0]?.latencyMs?.p50).toBeGreaterThan(0);
});

test('tells a failure by the name of its Kinesis error and the reason of the front-end', async () => {
  await using frontEnd = await startFakeFrontEnd({
    onPut: async (index) =>
      index % 10 === 9 ? { status: 503, name: 'ServiceUnavailable', reason: 'map-aged' } : undefined,
  });
  await using load = await startLoadUnderTest();
  load.command({ op: 'targets', targets: [frontEnd.target] });
  const { outcomes } = await runSchedule(load);

  expect(outcomes).toEqual({ 'fe-1 ok': 360, 'fe-1 ServiceUnavailable (map-aged)': 40 });
});

test('measures latency from the intended send: a stall shows in the median of all that it held up', async () => {
  const stall = Promise.withResolvers<undefined>();
  await using frontEnd = await startFakeFrontEnd({ onPut: () => stall.promise });
  await using load = await startLoadUnderTest();
  await connect(load, [frontEnd.target], 1);
  const from = load.records.length;
  load.command({ ...START, durationMaxMs: 1_200 });
  await wait(1_200);
  stall.resolve(undefined);
  load.command({ op: 'stop' });
  await load.next('stopped');

  const answered = load.records
    .slice(from)
    .flatMap((record) => (record.kind === 'load' && record.latencyMs !== null ? [record.latencyMs] : []));
  // The first request waited for the whole stall. A busy machine can only add to what is measured.
  expect(answered[0]?.max).toBeGreaterThan(1_150);
  expect(answered[0]?.p50).toBeGreaterThan(500);
});

test('gives up on a front-end that never answers, as a timeout, and stops within the time-out', async () => {
  await using frontEnd = await startFakeFrontEnd({ onPut: async () => 'silence' });
  await using load = await startLoadUnderTest();
  load.command({ op: 'targets', targets: [frontEnd.target] });
  const startedMs = performance.now();
  const { outcomes, stopped } = await runSchedule(load, { timeoutMs: 300, durationMaxMs: 500 });

  expect(outcomes).toEqual({ 'fe-1 timeout': stopped.sent });
  expect(performance.now() - startedMs).toBeLessThan(500 + 300 + 700);
});

test('tells a refused connection', async () => {
  const port = await freePort();
  await using load = await startLoadUnderTest();
  load.command({
    op: 'targets',
    targets: [{ memberId: 'fe-1', cohort: 'newcomer', host: '127.0.0.1', port }],
  });
  const { outcomes, windows } = await runSchedule(load, { durationMaxMs: 300 });

  expect(outcomes).toEqual({ 'fe-1 connection-refused': 120 });
  expect(windows[0]?.outcomes[0]?.cohort).toBe('newcomer');
});

test('tells a connection that is cut', async () => {
  const server = createServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await using load = await startLoadUnderTest();
  load.command({
    op: 'targets',
    targets: [{ memberId: 'fe-1', cohort: 'incumbent', host: '127.0.0.1', port }],
  });
  const { outcomes } = await runSchedule(load, { durationMaxMs: 200 });
  server.close();

  expect(outcomes).toEqual({ 'fe-1 connection-reset': 80 });
});

test('drops, and does not send later, what the bound on requests under way forbids', async () => {
  await using frontEnd = await startFakeFrontEnd({ onPut: async () => 'silence' });
  await using load = await startLoadUnderTest();
  load.command({ op: 'targets', targets: [frontEnd.target] });
  const { stopped, windows } = await runSchedule(load, {
    inFlightMax: 5,
    durationMaxMs: 400,
    timeoutMs: 2_000,
  });

  expect(stopped).toMatchObject({ offered: 160, sent: 5, dropped: 155, ok: 0 });
  expect(windows.every(({ inFlight }) => inFlight <= 5)).toBe(true);
});

test('comes to its rate by the stages that it is given', async () => {
  await using frontEnd = await startFakeFrontEnd();
  await using load = await startLoadUnderTest();
  load.command({ op: 'targets', targets: [frontEnd.target] });
  const stages = [
    { durationMs: 200, fromPerSecond: 0, toPerSecond: 0 },
    { durationMs: 200, fromPerSecond: 0, toPerSecond: 400 },
  ];
  const { stopped } = await runSchedule(load, { stages, durationMaxMs: 600 });

  // Nothing, half of 400/s, and all of it, for 200 ms each.
  expect(stopped.offered).toBe(40 + 80);
});

test('reads between its puts, from shards that it looks up itself', async () => {
  await using frontEnd = await startFakeFrontEnd();
  await using load = await startLoadUnderTest();
  await connect(load, [frontEnd.target]);
  load.command({ ...START, readFraction: 0.5 });
  await wait(1_200);
  load.command({ op: 'stop' });
  const { ok, sent } = await load.next('stopped');

  const ended = new Map<string, number>();
  for (const { operation = '', count } of load.records.flatMap((record) =>
    record.kind === 'load' ? record.outcomes : [],
  ))
    ended.set(operation, count + (ended.get(operation) ?? 0));
  expect(ok).toBe(sent);
  expect(ended.get('GetRecords')).toBeGreaterThan(100);
  expect(ended.get('PutRecord')).toBeGreaterThan(100);
});

test('by the SDK a failure is tried again, and users see none of it', async () => {
  await using frontEnd = await startFakeFrontEnd({ onPut: failsEveryTenthOnce() });
  await using load = await startLoadUnderTest();
  load.command({ op: 'targets', targets: [frontEnd.target] });
  load.command({ ...START, client: 'sdk', ratePerSecond: 100 });
  await wait(1_500);
  load.command({ op: 'stop' });
  const { ok, sent } = await load.next('stopped');
  expect(sent).toBeGreaterThan(0);
  expect(ok).toBe(sent);
  expect(outcomesOf(load.records, 0)).toEqual({ 'fe-1 ok': sent });
  expect(frontEnd.puts).toBeGreaterThan(sent);
});

test('ends by itself after its duration, and can be started again', async () => {
  await using frontEnd = await startFakeFrontEnd();
  await using load = await startLoadUnderTest();
  load.command({ op: 'targets', targets: [frontEnd.target] });
  load.command({ ...START, durationMaxMs: 100 });
  for (let offered = 0, inFlight = 0; offered < 40 || inFlight > 0; ) {
    const window = await load.next('load');
    offered += window.offered;
    inFlight = window.inFlight;
  }
  load.command({ ...START, durationMaxMs: 100 });
  load.command({ op: 'stop' });
  await load.next('stopped');
  expect(load.records.filter(({ kind }) => kind === 'failed')).toEqual([]);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
