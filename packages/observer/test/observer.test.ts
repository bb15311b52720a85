import { setTimeout as wait } from 'node:timers/promises';
import type { WatchedMember } from '@fleetfall/protocol/observer-stdio.ts';
import { expect, test } from 'vitest';
import { type FakeMember, startFakeMember, startObserverUnderTest, stateOf } from './fake-members.ts';

function watched(
  member: FakeMember,
  memberId: string,
  role: WatchedMember['role'] = 'front-end',
): WatchedMember {
  return { memberId, role, ...member.endpoint };
}

test('tells each member its state as it is, and how long the answer took', async () => {
  const state = stateOf('fe-1', 'front-end');
  await using member = await startFakeMember(state);
  await using observer = await startObserverUnderTest();
  observer.watch(watched(member, 'fe-1'));
  const sample = await observer.next('sample');

  expect(sample.state).toEqual(state);
  expect(sample.tookMs).toBeGreaterThan(0);
  expect(Math.abs(sample.sampledAtMs - Date.now())).toBeLessThan(1_000);
});

test('watches a member by name as well as by address', async () => {
  await using member = await startFakeMember(stateOf('fe-1', 'front-end'));
  await using observer = await startObserverUnderTest();
  observer.watch({ ...watched(member, 'fe-1'), host: 'localhost' });
  expect((await observer.next('sample')).state.memberId).toBe('fe-1');
});

test('tells of a hung member that it does not answer, asks it once at a time, and is not held up by it', async () => {
  await using hung = await startFakeMember(stateOf('fe-1', 'front-end'));
  await using other = await startFakeMember(stateOf('fe-2', 'front-end'));
  hung.hung = true;
  await using observer = await startObserverUnderTest();
  observer.watch(watched(hung, 'fe-1'), watched(other, 'fe-2'));
  const unanswered = await observer.next('unanswered');

  expect(unanswered).toMatchObject({ memberId: 'fe-1', reason: 'timeout' });
  for (let samples = 0; samples < 3; samples += 1) {
    await observer.next('sample', ({ state }) => state.memberId === 'fe-2');
  }
  // Its state, and the two paths of its health check.
  expect(hung.waitingMax).toBe(3);
  hung.hung = false;
  await observer.next('sample', ({ state }) => state.memberId === 'fe-1');
});

test('tells how often members were read, and of whom one could not be', async () => {
  await using hung = await startFakeMember(stateOf('fe-1', 'front-end'));
  await using other = await startFakeMember(stateOf('fe-2', 'front-end'));
  await using observer = await startObserverUnderTest();
  observer.watch(watched(hung, 'fe-1'), watched(other, 'fe-2'));
  expect(await observer.next('cadence', ({ members }) => members === 2)).toMatchObject({
    longestGapMs: expect.any(Number),
  });
  hung.hung = true;
  const late = await observer.next('cadence', ({ longestGapMs }) => longestGapMs > 1_000);
  expect(late).toMatchObject({ longestGapOf: 'fe-1', members: 2 });
  expect(late.late).toBeGreaterThanOrEqual(1);
});

test('tells why a member does not answer when it has gone', async () => {
  const member = await startFakeMember(stateOf('fe-1', 'front-end'));
  await using observer = await startObserverUnderTest();
  observer.watch(watched(member, 'fe-1'));
  await observer.next('sample');
  await member[Symbol.asyncDispose]();
  await observer.next('unanswered', ({ reason }) => reason === 'connection-refused');
});

test('does not take the state of another member at the same address', async () => {
  await using member = await startFakeMember(stateOf('fe-9', 'front-end'));
  await using observer = await startObserverUnderTest();
  observer.watch(watched(member, 'fe-1'));
  expect(await observer.next('unanswered')).toMatchObject({ memberId: 'fe-1', reason: 'bad-answer' });
});

test('tells of a front-end whether it is alive and whether it is ready, as two things', async () => {
  await using member = await startFakeMember(stateOf('fe-1', 'front-end'));
  member.ready = false;
  await using observer = await startObserverUnderTest();
  observer.watch(watched(member, 'fe-1'));
  expect(await observer.next('health')).toMatchObject({ memberId: 'fe-1', alive: true, ready: false });
});

test('probes a back-end by a record that it appends and finds again', async () => {
  await using backEnd = await startFakeMember(stateOf('be-1', 'back-end'));
  await using observer = await startObserverUnderTest();
  observer.watch(watched(backEnd, 'be-1', 'back-end'));
  for (let probes = 1; probes <= 3; probes += 1) {
    expect(await observer.next('probe')).toMatchObject({ memberId: 'be-1', ok: true, reason: null });
    expect(backEnd.stored.length).toBeGreaterThanOrEqual(probes);
  }
});

test('tells a refused probe by its reason, and the next good one', async () => {
  await using backEnd = await startFakeMember(stateOf('be-1', 'back-end'));
  backEnd.refusesWith = 'NotOwner';
  await using observer = await startObserverUnderTest();
  observer.watch(watched(backEnd, 'be-1', 'back-end'));
  expect(await observer.next('probe')).toMatchObject({ ok: false, reason: 'append: NotOwner' });
  backEnd.refusesWith = undefined;
  await observer.next('probe', ({ ok }) => ok);
});

test('gives a hung back-end up at the deadline', async () => {
  await using backEnd = await startFakeMember(stateOf('be-1', 'back-end'));
  backEnd.hung = true;
  await using observer = await startObserverUnderTest();
  observer.watch(watched(backEnd, 'be-1', 'back-end'));
  const probe = await observer.next('probe');
  expect(probe).toMatchObject({ ok: false, reason: 'timeout' });
  expect(probe.tookMs).toBeGreaterThanOrEqual(990);
  backEnd.hung = false;
  await observer.next('probe', ({ ok }) => ok);
});

test('finds a back-end again that went and came back at its address', async () => {
  const gone = await startFakeMember(stateOf('be-1', 'back-end'));
  await using observer = await startObserverUnderTest();
  observer.watch(watched(gone, 'be-1', 'back-end'));
  await observer.next('probe', ({ ok }) => ok);
  await gone[Symbol.asyncDispose]();
  await observer.next('probe', ({ reason }) => reason === 'connection-refused');
  await using _back = await startFakeMember(stateOf('be-1', 'back-end'), gone.endpoint.port);
  await observer.next('probe', ({ ok }) => ok);
});

test('tells nothing more of a member that left the list, and keeps on with those that stay', async () => {
  await using leaving = await startFakeMember(stateOf('fe-1', 'front-end'));
  await using staying = await startFakeMember(stateOf('fe-2', 'front-end'));
  await using observer = await startObserverUnderTest();
  observer.watch(watched(leaving, 'fe-1'), watched(staying, 'fe-2'));
  await observer.next('sample', ({ state }) => state.memberId === 'fe-1');
  observer.watch(watched(staying, 'fe-2'));
  const from = observer.records.length;
  await observer.next('sample');
  await observer.next('sample');
  expect(JSON.stringify(observer.records.slice(from))).not.toContain('fe-1');

  observer.command({ op: 'stop' });
  const told = observer.records.length;
  await wait(150);
  expect(observer.records).toHaveLength(told);
});

test('says what is wrong with a command, by field, value and what is allowed', async () => {
  await using observer = await startObserverUnderTest();
  observer.command({ op: 'look' });
  observer.command({ op: 'watch', members: [{ memberId: 'a', host: 'h', port: 0, role: 'front-end' }] });
  observer.command({ op: 'watch', members: [{ memberId: 'a', host: 'h', port: 1, role: 'balancer' }] });
  expect(observer.logged).toEqual([
    `Cannot read a command as 'op' must be one of watch, stop: current value is "look"`,
    "Cannot read a command as 'members[0].port' must be a whole number from 1 to 65535: current value is 0",
    `Cannot read a command as 'members[0].role' must be one of front-end, back-end, metadata: current value is "balancer"`,
  ]);
});
