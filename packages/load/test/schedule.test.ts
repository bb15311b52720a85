import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { LoadRecord, Target } from '@fleetfall/protocol/load-stdio.ts';
import { expect, test } from 'vitest';
import {
  failsEveryTenthOnce,
  type LoadUnderTest,
  startFakeFrontEnd,
  startLoadUnderTest,
} from './fake-fleet.ts';

const START = {
  op: 'start',
  stream: 'orders',
  ratePerSecond: 400,
  recordBytes: 200,
  inFlightMax: 1_000,
  // Far beyond what a busy machine may hold an answer up.
  timeoutMs: 20_000,
  durationMaxMs: 1_000,
} as const;

/** Names front-ends to the load and waits until it has found so many of them ready. */
async function connect(
  load: LoadUnderTest,
  targets: readonly Target[],
  ready = targets.length,
): Promise<void> {
  load.command({ op: 'targets', targets });
  // Windows tell how many are ready: a schedule of one request makes one.
  for (;;) {
    load.command({ ...START, stream: 'probe', ratePerSecond: 1, durationMaxMs: 1, timeoutMs: 100 });
    const { targetsReady } = await load.next('load');
    load.command({ op: 'stop' });
    await load.next('stopped');
    if (targetsReady >= ready) return;
  }
}

function outcomesOf(records: readonly LoadRecord[], from: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const record of records.slice(from)) {
    if (record.kind !== 'load') continue;
    for (const { memberId, outcome, reason, count } of record.outcomes) {
      const key = `${memberId} ${outcome}${reason === null ? '' : ` (${reason})`}`;
      counts[key] = (counts[key] ?? 0) + count;
    }
  }
  return counts;
}

/** Runs one schedule to its own end and stops it. */
async function runSchedule(
  load: LoadUnderTest,
  changes: Partial<Record<keyof typeof START | 'balance' | 'stages', unknown>> = {},
) {
  const from = load.records.length;
  const plan = { ...START, ...changes };
  load.command(plan);
  await wait(Number(plan.durationMaxMs) + 50);
  load.command({ op: 'stop' });
  const stopped = await load.next('stopped');
  const windows = load.records.slice(from).filter((record) => record.kind === 'load');
  return { stopped, windows, outcomes: outcomesOf(load.records, from) };
}

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

test('counts requests that had no front-end to go to', async () => {
  await using load = await startLoadUnderTest();
  const { outcomes } = await runSchedule(load, { durationMaxMs: 100 });
  expect(outcomes).toEqual({ 'none no-target': 40 });
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

test('sends nothing to a front-end that is not ready while another is', async () => {
  await using ready = await startFakeFrontEnd({ memberId: 'fe-1' });
  await using unready = await startFakeFrontEnd({ memberId: 'fe-2' });
  unready.ready = false;
  await using load = await startLoadUnderTest();
  await connect(load, [ready.target, unready.target], 1);
  const { outcomes, windows } = await runSchedule(load, { durationMaxMs: 500 });

  expect(outcomes).toEqual({ 'fe-1 ok': 200 });
  expect(windows[0]?.targetsReady).toBe(1);
});

test('sends to all front-ends when none is ready', async () => {
  await using first = await startFakeFrontEnd({ memberId: 'fe-1' });
  await using second = await startFakeFrontEnd({ memberId: 'fe-2' });
  first.ready = false;
  second.ready = false;
  await using load = await startLoadUnderTest();
  load.command({ op: 'targets', targets: [first.target, second.target] });
  const { outcomes } = await runSchedule(load, { durationMaxMs: 500 });

  expect(outcomes).toEqual({ 'fe-1 ok': 100, 'fe-2 ok': 100 });
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

test('a sticky client stays with a front-end until it is no longer ready', async () => {
  await using first = await startFakeFrontEnd({ memberId: 'fe-1' });
  await using second = await startFakeFrontEnd({ memberId: 'fe-2' });
  await using load = await startLoadUnderTest();
  await connect(load, [first.target, second.target]);
  const { outcomes } = await runSchedule(load, { balance: 'sticky', durationMaxMs: 300 });
  expect(Object.values(outcomes)).toEqual([120]);

  const [left, other] = 'fe-1 ok' in outcomes ? [first, second] : [second, first];
  left.ready = false;
  await connect(load, [first.target, second.target], 1);
  await wait(600);
  const after = await runSchedule(load, { balance: 'sticky', durationMaxMs: 300 });
  expect(after.outcomes).toEqual({ [`${other.target.memberId} ok`]: 120 });
});

test('lets a request end that is under way to a front-end that leaves the list', async () => {
  await using leaving = await startFakeFrontEnd({
    memberId: 'fe-1',
    onPut: async () => void (await wait(300)),
  });
  await using staying = await startFakeFrontEnd({ memberId: 'fe-2' });
  await using load = await startLoadUnderTest();
  await connect(load, [leaving.target]);
  const from = load.records.length;
  const putsBefore = leaving.puts;
  load.command(START);
  await wait(200);
  load.command({ op: 'targets', targets: [staying.target] });
  await wait(400);
  load.command({ op: 'stop' });
  const { ok, sent } = await load.next('stopped');

  expect(ok).toBe(sent);
  expect(outcomesOf(load.records, from)['fe-1 ok']).toBe(leaving.puts - putsBefore);
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
