/**
 * Experiments that hurt a fleet on purpose, on both runtimes: an outage has to be the one that was expected, nothing is
 * tried without a steady state, a configuration is deployed.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type JudgedRun, judgedRun, temporaryFolder } from '../fleetfall.ts';
import { DOCKER_LEFT_OUT, RUNTIMES } from '../runtimes.ts';

const NO_MEANS = /skipped/;

const run = (...args: readonly string[]): Promise<JudgedRun> => judgedRun('back-end-partition', ...args);

if (DOCKER_LEFT_OUT !== null) it.skipIf(true)(`docker is left out: ${DOCKER_LEFT_OUT}`, () => undefined);

describe.each(RUNTIMES)('an experiment that cuts the network on %s', (runtime) => {
  it('is as expected when the fleet fails without a refused thread, and comes back when it is healed', async ({
    skip,
  }) => {
    const { exitCode, verdict } = await run('--runtime', runtime);
    if (NO_MEANS.test(verdict.reasons.join())) skip(verdict.reasons.join());
    expect([exitCode, verdict.reasons]).toEqual([0, expect.any(Array)]);
    expect(verdict.goodput.before?.fraction).toBeGreaterThan(0.99);
    expect(verdict.goodput.during?.fraction).toBeLessThan(0.5);
    expect(verdict.goodput.after?.fraction).toBeGreaterThan(0.95);
    expect(verdict.refusals.incumbent.members).toBe(0);
  });
});

describe('an experiment on cgroup', () => {
  it('that fails for another reason than was expected is not as expected', async ({ skip }) => {
    const signature = 'arms.main.expect={ outage: { signature: thread-refused } }';
    const { exitCode, verdict } = await run('--runtime', 'cgroup', '--pids-max', '20', '--set', signature);
    if (NO_MEANS.test(verdict.reasons.join())) skip(verdict.reasons.join());
    expect([exitCode, verdict.verdict]).toEqual([1, 'not-as-expected']);
    expect(verdict.reasons.join()).toContain('0 of 4 incumbents were refused threads');
  });

  it('never comes to a steady state that cannot be, and tries nothing then', async () => {
    const steady = "steadyState=[{ metric: map-age, is: '< 1ms', for: 100ms }]";
    const { exitCode, verdict } = await run('--runtime', 'cgroup', '--set', steady);
    expect([exitCode, verdict.verdict]).toEqual([2, 'inconclusive']);
    expect(verdict.reasons.join()).toMatch(/^nothing was tried: main came to no steady state in/);
  });

  it('deploys another configuration: maps past their age are served then', async () => {
    const method = `method=[{ phase: change, steps: [{ deploy: { agedMap: serve, batch: 2 } }, { settle: linked }] },
      { phase: outage, steps: [{ settle: consequences }, { hold: 1s }] }]`;
    const { exitCode, verdict } = await run('--runtime', 'cgroup', '--set', method, '--expect', 'healthy');
    expect([exitCode, verdict.reasons.join()]).toEqual([0, expect.stringContaining('healthy')]);
  });
});

/** The fleet of another experiment would do; this one is the smallest that has all roles. */
const SHORT_OF_CPU = `
version: 1
name: short-of-cpu
fleet: { frontEnds: 3, backEnds: 1, shards: 16, pidsMax: 64, discoveryDelayMax: 500ms, buildInterval: 500ms, shardMapMaxAge: 1200ms }
load: { rate: 60/s }
steadyState: [{ metric: goodput, is: '>= 99%', for: 1s }]
method:
  - phase: cut
    steps:
      - limit-cpu: { targets: { role: front-end }, cores: 0.03 }
      - settle: consequences
  - phase: outage
    steps: [{ hold: 1300ms }]
  - phase: heal
    steps: [{ heal: all }]
arms: { main: { expect: { outage: { signature: nothing-refused } } } }
`;

describe('an experiment that takes the CPU away', () => {
  it('is an outage without a thread refused, and is healed', async ({ skip }) => {
    using folder = await temporaryFolder();
    const file = join(folder.path, 'short-of-cpu.yaml');
    writeFileSync(file, SHORT_OF_CPU);
    const { exitCode, verdict } = await judgedRun(file, '--runtime', 'cgroup');
    if (NO_MEANS.test(verdict.reasons.join())) skip(verdict.reasons.join());
    expect([exitCode, verdict.verdict, verdict.reasons]).toEqual([0, 'as-expected', expect.anything()]);
    expect(verdict.arms).toMatchObject([{ outcome: 'outage' }]);
  });
});
