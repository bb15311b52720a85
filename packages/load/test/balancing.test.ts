/**
 * To which of the front-ends a load sends: those that are ready, and that are still named to it.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startFakeFrontEnd, startLoadUnderTest } from './fake-fleet.ts';
import { connect, outcomesOf, runSchedule, START } from './run-schedule.ts';

test('counts requests that had no front-end to go to', async () => {
  await using load = await startLoadUnderTest();
  const { outcomes } = await runSchedule(load, { durationMaxMs: 100 });
  expect(outcomes).toEqual({ 'none no-target': 40 });
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
