/**
 * Three arms, five trials, interrupted in the second and resumed; then held against an earlier run of the same.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { beginSecondTrial, TRIALS_RUN } from '../begun-trials.ts';
import { fleetfall, startFleetfall, temporaryFolder, type VerdictJson } from '../fleetfall.ts';

const TRIALS = 5;
const TRIALS_BEFORE = 2;
const MINUTES = 60_000;

interface TrialsJson {
  readonly trials: readonly (VerdictJson & { readonly number: number })[];
  readonly asExpected: number;
  readonly arms: readonly {
    readonly arm: string;
    readonly trials: number;
    readonly claims: readonly { readonly id: string; readonly verdict: string; readonly held: number }[];
  }[];
  readonly folder: string;
}

it(
  'trials go on where they were interrupted, and are compared with an earlier run',
  async () => {
    using before = await temporaryFolder();
    using after = await temporaryFolder();
    // Runs of different stretch are no baseline for one another, and how slow a shared host is moves from run to run.
    const planned = await fleetfall('plan', 'kinesis-2020', '--size', 'small', '--json');
    const { stretch } = JSON.parse(planned.stdout) as { stretch: number };
    const flags = ['--controls', '--stretch', String(stretch)];
    const earlier = await startFleetfall(
      [...TRIALS_RUN, ...flags, '--trials', String(TRIALS_BEFORE), '--store', before.path, '--json'],
      { timeoutMs: 5 * MINUTES },
    );
    expect(earlier.exitCode).toBe(0);

    const { process: cut, folder } = await beginSecondTrial(TRIALS, after.path, flags, 10 * MINUTES);
    cut.kill('SIGINT');
    const { exitCode, stderr } = await cut;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('1 of 5 trials are done; to go on with them: fleetfall resume');

    const resumed = await startFleetfall(['resume', folder, '--json'], { timeoutMs: 10 * MINUTES });
    const told = JSON.parse(resumed.stdout) as TrialsJson;
    expect(readFileSync(join(folder, 'trials.html'), 'utf8')).toContain(`of ${TRIALS} trials as expected`);
    expect(told.trials.map(({ number, verdict }) => [number, verdict])).toEqual(
      Array.from({ length: TRIALS }, (_, index) => [index + 1, 'as-expected']),
    );
    expect([resumed.exitCode, told.asExpected]).toEqual([0, TRIALS]);
    expect(told.arms.map(({ arm, trials }) => [arm, trials])).toEqual([
      ['main', TRIALS],
      ['control-event-loop', TRIALS],
      ['control-high-limit', TRIALS],
    ]);
    const [main] = told.arms;
    expect(main?.claims.find(({ id }) => id === 'limit-predicted')).toMatchObject({
      verdict: 'held',
      held: TRIALS,
    });
    expect(readdirSync(join(folder, 'trial-002')).some((name) => name.includes('cut-off'))).toBe(true);

    const compared = await fleetfall(
      'compare',
      join(before.path, 'kinesis-2020', 'latest'),
      folder,
      '--json',
    );
    expect(compared.exitCode, compared.stderr).toBeLessThan(2);
    const comparison = JSON.parse(compared.stdout) as { worse: string[] };
    expect(comparison).toMatchObject({
      baseline: [],
      runs: { before: TRIALS_BEFORE, after: TRIALS },
    });
    // Of so few runs before, that is not to be told.
    expect(comparison.worse.filter((figure) => figure.startsWith('latency'))).toEqual([]);
  },
  25 * MINUTES,
);
