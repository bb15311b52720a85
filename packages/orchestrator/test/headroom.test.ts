/**
 * Whether a host has room, and that what is read of this one is what it is.
 */
import { describe, expect, it } from 'vitest';
import { headroomChecks } from '../src/host/headroom.ts';
import { type HostLimits, readHostLimits } from '../src/host/limits.ts';
import { networksIn } from '../src/runtime/docker/engine-facts.ts';

const ROOMY: HostLimits = {
  tasks: 500,
  pidMax: 32_768,
  threadsMax: 100_000,
  userTasksMax: null,
  taskLimits: [],
  memoryAvailableBytes: 8e9,
};
const NEEDS = { tasks: 1_000, memoryBytes: 3e9, asUser: true };

const check = (limits: Partial<HostLimits>, id: string, needs: Partial<typeof NEEDS> = {}) =>
  headroomChecks({ ...ROOMY, ...limits }, { ...NEEDS, ...needs }).find((each) => each.id === id);

describe('headroom', () => {
  it('is there on a roomy host, with nothing to remedy', () => {
    const checks = headroomChecks(ROOMY, NEEDS);
    expect(checks.map(({ standing, remedy }) => [standing, remedy])).toEqual(checks.map(() => ['ok', null]));
  });

  it.each<[string, Partial<HostLimits>, string]>([
    ['kernel-pid-max', { pidMax: 1_400 }, 'sysctl -w kernel.pid_max=1700'],
    ['kernel-threads-max', { threadsMax: 1_400 }, 'sysctl -w kernel.threads-max=1700'],
    ['user-tasks', { userTasksMax: 1_400 }, 'ulimit -u 1700'],
    ['tasks-max', { taskLimits: [{ path: '/slice', max: 1_100, current: 200 }] }, 'TasksMax=1400'],
    ['memory', { memoryAvailableBytes: 2e9 }, '--size small'],
  ])('%s fails where it is too little, and says what to do', (id, limits, remedy) => {
    expect(check(limits, id)).toMatchObject({ standing: 'fail', remedy: expect.stringContaining(remedy) });
  });

  it.each<[string, Partial<HostLimits>]>([
    ['kernel-pid-max', { pidMax: 1_600 }],
    ['tasks-max', { taskLimits: [{ path: '/slice', max: 1_300, current: 200 }] }],
    ['memory', { memoryAvailableBytes: 3.1e9 }],
    ['kernel-threads-max', { threadsMax: null }],
    ['memory', { memoryAvailableBytes: null }],
  ])('%s warns where it is close, or cannot be read', (id, limits) => {
    expect(check(limits, id)?.standing).toBe('warn');
  });

  it('takes the closest of the limits around', () => {
    const taskLimits = [
      { path: '/far', max: 9_000, current: 100 },
      { path: '/near', max: 2_000, current: 1_500 },
      { path: '/middle', max: 5_000, current: 100 },
    ];
    expect(check({ taskLimits }, 'tasks-max')).toMatchObject({
      standing: 'fail',
      seen: expect.stringContaining('/near'),
    });
  });

  it('does not hold a limit of users against members that it does not bind', () => {
    expect(check({ userTasksMax: 10 }, 'user-tasks', { asUser: false })?.standing).toBe('ok');
  });
});

describe.skipIf(process.platform !== 'linux')('what is read of this host', () => {
  it('is there, and possible', () => {
    const { tasks, pidMax, threadsMax, memoryAvailableBytes } = readHostLimits();
    expect(tasks).toBeGreaterThan(1);
    expect(pidMax).toBeGreaterThan(tasks ?? 0);
    expect(threadsMax).toBeGreaterThan(tasks ?? 0);
    expect(memoryAvailableBytes).toBeGreaterThan(1e6);
  });
});

describe('the address pools of an engine', () => {
  it.each([
    [[{ Base: '172.17.0.0/16', Size: 16 }], 1],
    [[{ Base: '192.168.0.0/16', Size: 20 }], 16],
    [[{ Base: '10.0.0.0/8', Size: 24 }], 65_536],
    [[], 0],
  ])('%j hold %i networks', (pools, networks) => {
    expect(networksIn(pools)).toBe(networks);
  });
});
