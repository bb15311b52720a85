/**
 * How a run ends when what it started cannot be taken down: what ended it is told all the same. On real members, with
 * a runtime whose teardown does all of its work and then says that it failed.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge } from '@fleetfall/claims/judge.ts';
import { layOut } from '@fleetfall/experiment/layout.ts';
import { readExperiment } from '@fleetfall/experiment/read-experiment.ts';
import { openJournal } from '@fleetfall/journal/append.ts';
import { expect, onTestFinished, test } from 'vitest';
import { SignalledError } from '../../src/cli/exit-codes.ts';
import { runExperiment } from '../../src/method/run.ts';
import { chooseRuntime } from '../../src/runtime/choose.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { IdleRemainsError, TeardownError } from '../../src/runtime/take-down.ts';
import { cgroupsLeftOut } from '../fixtures/cgroups.ts';

const TEXT = readFileSync(join(import.meta.dirname, '../../../../experiments/kinesis-2020.yaml'), 'utf8');

function cgroups(): Promise<Runtime> {
  return chooseRuntime({
    wanted: 'cgroup',
    onProgress: () => undefined,
    environment: process.env,
    signal: new AbortController().signal,
  });
}

async function clumsyRuntime(left: readonly unknown[] = ['a member that runs']): Promise<Runtime> {
  const runtime = await cgroups();
  return {
    ...runtime,
    async createFleet(runId, name) {
      const fleet = await runtime.createFleet(runId, name);
      return {
        ...fleet,
        async [Symbol.asyncDispose]() {
          await fleet[Symbol.asyncDispose]();
          throw new TeardownError('something is left', left);
        },
      };
    },
  };
}

async function run(
  set: readonly string[],
  signal: AbortSignal,
  onLine: (kind: string) => void,
  runtime: () => Promise<Runtime> = clumsyRuntime,
) {
  const folder = mkdtempSync(join(tmpdir(), 'test-of-endings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const journal = openJournal(join(folder, 'journal.ndjson'));
  onTestFinished(() => journal[Symbol.dispose]());
  journal.subscribe(({ kind }) => onLine(kind));
  const read = readExperiment({ file: 'kinesis-2020.yaml', text: TEXT, flags: {}, size: 'small', set });
  return runExperiment({
    runId: Math.random().toString(16).slice(2, 10),
    layout: layOut(read, 'seed'),
    trial: { number: 1, of: 1 },
    seed: 'seed',
    runtime: await runtime(),
    journal,
    version: '0.0.0',
    signal,
  });
}

test.skipIf(cgroupsLeftOut())('a signal stays the signal that it was', async () => {
  const ending = new AbortController();
  const ended = run([], ending.signal, (kind) => {
    if (kind === 'observer') ending.abort(new SignalledError('SIGINT'));
  });
  await expect(ended).rejects.toThrow(SignalledError);
});

test.skipIf(cgroupsLeftOut())('a stop condition stays what ended it, and the journal says so', async () => {
  const stop = 'stopWhen=[{ metric: goodput, is: ">= 0%", for: 100ms }]';
  const records = await run([stop], new AbortController().signal, () => undefined);
  expect(records.at(-1)).toMatchObject({ kind: 'end', how: 'stopped' });
});

const TWO_ARMS = [
  'controls=true',
  'steadyState=[]',
  'method=[{ phase: outage, steps: [{ hold: 600ms }] }]',
  'arms={ main: { expect: healthy }, again: { expect: healthy } }',
];

test.skipIf(cgroupsLeftOut())('no other arm comes beside a member that was left', async () => {
  const ended = run(TWO_ARMS, new AbortController().signal, () => undefined);
  await expect(ended).rejects.toThrow(TeardownError);
});

test.skipIf(cgroupsLeftOut())('the next arm goes on beside remains that take nothing', async () => {
  const idle = () => clumsyRuntime([new IdleRemainsError('an empty network')]);
  const records = await run(TWO_ARMS, new AbortController().signal, () => undefined, idle);
  expect(records.at(-1)).toMatchObject({ kind: 'end', how: 'complete', reason: null });
  expect(records.flatMap((record) => (record.kind === 'arm' ? [record.arm] : []))).toEqual(['main', 'again']);
});

test.skipIf(cgroupsLeftOut())(
  'a rollback that fails behind a whole method hides no verdict, and is told',
  async () => {
    const set = [
      'arms.main.expect=healthy',
      'fleet.pidsMax=64',
      'method=[{ phase: addition, steps: [{ grow: { by: 1 } }, { settle: ageing }] }, { phase: outage, steps: [{ hold: 1s }] }, { phase: removal, steps: [{ shrink: { cohort: newcomer } }] }]',
      // It is there when it is planned, and gone when it is done.
      'rollback=[{ kill: { members: [fe-04] } }]',
    ];
    const records = await run(set, new AbortController().signal, () => undefined, cgroups);
    expect(records.at(-1)).toMatchObject({
      kind: 'end',
      how: 'complete',
      reason: expect.stringMatching(/^the rollback of main failed: kill: there is no member 'fe-04'/),
    });
    expect(judge(records).exitCode).not.toBe(2);
  },
);
