/**
 * Experiments that hurt a fleet on purpose: an outage has to be the one that was expected, a condition can stop a run,
 * and a fault that could not be put into force is no experiment.
 */
import { describe, expect, it } from 'vitest';
import { type JudgedRun, judgedRun } from '../fleetfall.ts';

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
