/**
 * Experiments that hurt a fleet on purpose: an outage has to be the one that was expected, a condition can stop a run,
 * and a fault that could not be put into force is no experiment.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type JudgedRun, judgedRun, temporaryFolder } from './fleetfall.ts';

const NO_MEANS = /skipped/;

const run = (...args: readonly string[]): Promise<JudgedRun> => judgedRun('back-end-partition', ...args);

describe('an experiment that cuts the network', () => {
  it('is stopped by its own condition, and says by which', async ({ skip }) => {
    const stop = "stopWhen=[{ metric: errors, is: '> 50%', for: 500ms }]";
    const { exitCode, verdict } = await run('--runtime', 'cgroup', '--set', stop);
    if (NO_MEANS.test(verdict.reasons.join())) skip(verdict.reasons.join());
    expect([exitCode, verdict.verdict]).toEqual([3, 'stopped']);
    expect(verdict.reasons.join()).toMatch(/^stopped in main: errors is \d+\.\d %, asked for is > 50\.0 %/);
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
