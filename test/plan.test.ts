/**
 * `plan` as a user runs it. It starts nothing, so it is quick and needs no rights.
 */
import { describe, expect, it } from 'vitest';
import { fleetfall } from './fleetfall.ts';

interface PlanJson {
  readonly arms: readonly { readonly breakingSize: number | null; readonly members: readonly object[] }[];
  readonly cost: { readonly memoryBytes: number; readonly durationMs: number; readonly source: string };
  readonly checks: readonly { readonly id: string; readonly standing: string }[];
  readonly fits: boolean;
}

const plan = (...args: readonly string[]) =>
  fleetfall('plan', 'kinesis-2020', '--size', 'small', '--runtime', 'cgroup', ...args);

describe('plan', () => {
  it('says what would start, where it breaks by the formula, and what it costs', async () => {
    const { exitCode, stdout, stderr } = await plan();
    expect(stdout).toMatch(
      /main: 1 metadata, 1 back-end, 3 → 6 front-ends, 1 observer, 1 load; pids\.max 15/,
    );
    expect(stdout).toMatch(/breaks at 5 front-ends/);
    expect(stdout).toMatch(/by the configuration's formula.*the run predicts from kernel counts instead/);
    expect(stdout).toMatch(/cost +about \d+ MB and \d+ tasks at the largest, \d+ s in all/);
    expect(stdout).toMatch(/nothing was started/);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  it('takes the flags of run, and tells all of it as one JSON object', async () => {
    const { exitCode, stdout } = await plan(
      '--threads-per-peer',
      '2',
      '--pids-max',
      '20',
      '--uv-threads',
      '2',
      '--json',
    );
    const told = JSON.parse(stdout) as PlanJson;
    expect(told).toMatchObject({
      fits: true,
      arms: [{ breakingSize: 7 }],
      cost: { source: expect.any(String) },
    });
    expect(told.checks.map(({ id }) => id)).toContain('kernel-pid-max');
    expect(exitCode).toBe(0);
  });

  it('refuses what run would refuse, with the same words', async () => {
    const { exitCode, stderr } = await plan('--pids-max', '5');
    expect(stderr).toMatch(/--pids-max 5: must be at least \d+: a front-end boots with \d+ tasks/);
    expect(exitCode).toBe(64);
  });

  it('exits 1 for a fleet that no such host has room for', async () => {
    const { exitCode, stdout } = await plan(
      '--expect',
      'healthy',
      '--pids-max',
      '4096',
      '--threads-per-peer',
      '16',
      '--front-ends',
      '100',
      '--front-ends-max',
      '120',
    );
    expect(stdout).toMatch(/fail +memory/);
    expect(stdout).toMatch(/it does not fit/);
    expect(exitCode).toBe(1);
  });
});
