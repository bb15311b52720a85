/**
 * `doctor` as a user runs it, on this host: its throw-away fleet is a real one, and nothing of it stays.
 */
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { pidsHierarchy } from '../../packages/orchestrator/src/runtime/cgroup/pids-tree.ts';
import { fleetfall, startFleetfall } from '../fleetfall.ts';

/** Cgroups and folders that carry a process's mark. */
function remainsOf(pid: number | undefined): string[] {
  return [...(pidsHierarchy()?.folders ?? []), tmpdir()]
    .flatMap((folder) => readdirSync(folder))
    .filter((name) => name.startsWith('fleetfall-doctor-') && name.includes(`.${pid}.`));
}

describe('doctor', () => {
  it('sees a thread refused under a limit that was read back, and leaves nothing behind', async () => {
    const run = startFleetfall(['doctor', '--runtime', 'cgroup', '--json']);
    const { exitCode, stdout } = await run;
    const { healthy, checks } = JSON.parse(stdout) as {
      healthy: boolean;
      checks: readonly { id: string; standing: string; seen: string }[];
    };
    expect(checks.find(({ id }) => id === 'throw-away-cgroup')).toMatchObject({
      standing: 'ok',
      seen: expect.stringMatching(/pids\.max 12 read 12 back; the kernel refused a thread/),
    });
    expect(checks.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['node', 'cgroup', 'kernel-pid-max', 'tasks-max', 'memory', 'leftovers']),
    );
    expect({ healthy, exitCode }).toEqual({ healthy: true, exitCode: 0 });
    expect(remainsOf(run.pid)).toEqual([]);
  });

  it('ended by Ctrl-C takes its throw-away fleet down', async () => {
    const run = startFleetfall(['doctor', '--runtime', 'cgroup']);
    await expect.poll(() => remainsOf(run.pid).length, { interval: 10 }).toBe(2);
    run.kill('SIGINT');
    const { exitCode, stderr } = await run;
    expect(stderr).toContain('ended by SIGINT');
    expect(exitCode).toBe(130);
    expect(remainsOf(run.pid)).toEqual([]);
  });

  it('fails with the reason and a remedy where the wanted engine does not answer', async () => {
    const { exitCode, stdout } = await startFleetfall(['doctor', '--runtime', 'docker'], {
      env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' },
    });
    expect(stdout).toMatch(/fail +engine +.*\n +→ start one/);
    expect(exitCode).toBe(1);
  });

  it('refuses a runtime that is none', async () => {
    const { exitCode, stderr } = await fleetfall('doctor', '--runtime', 'podman');
    expect(stderr).toMatch(/'podman' is invalid. Allowed choices are auto, docker, compose, cgroup/);
    expect(exitCode).toBe(64);
  });
});
