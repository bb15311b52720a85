/**
 * Cuts a run short in one of the ways of the matrix and looks at what a user is left with: nothing on the host, a
 * journal that can be judged, the right exit code.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readJournal } from '@fleetfall/journal/read.ts';
import { prune } from '@fleetfall/orchestrator/runtime/prune.ts';
import { execa } from 'execa';
import { expect } from 'vitest';
import { engineProxy } from '../../packages/orchestrator/test/fixtures/engine-proxy.ts';
import { childrenOf } from '../../packages/orchestrator/test/fixtures/processes.ts';
import { fleetfall, startFleetfall, temporaryFolder } from '../fleetfall.ts';
import { chance } from '../seed.ts';
import { type BegunRun, beginRun } from './begun-run.ts';
import { type Interruption, titleOf } from './cases.ts';
import { privateEngine } from './private-engine.ts';
import { expectPruneCheckClean, expectReaped, remainsOf } from './remains.ts';

const INCONCLUSIVE = 2;
const HARNESS_BROKE = 70;
const EXIT_OF = { SIGINT: 130, SIGTERM: 143 } as const;
/** No phase is shorter than a second: the blow falls within it. */
const WITHIN_PHASE_MS = 900;
/** Room for a few records more. */
const JOURNAL_ROOM_BYTES = 20_000;
/** Enough for the first seconds of a small run. */
const DISK_BYTES = 128 * 1_024;
const LOOK_INTERVAL_MS = 50;
/** A fleet that is hurt in every way that leaves something on the host, and is held so. */
const WITH_FAULTS = [
  ...['--expect', 'healthy', '--pids-max', '64', '--set'],
  `method=[{ phase: hurt, steps: [
    { partition: { targets: { members: [fe-01] }, from: { members: [be-1] } } },
    { slow: { targets: { members: [fe-02] }, from: { members: [be-1] }, delay: 100ms } },
    { pause: { members: [fe-03] } } ] }, { phase: outage, steps: [{ hold: 60s }] }]`,
];
/** Makes the launcher believe that it runs on an older Node. */
const ON_OLDER_NODE =
  'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.0.0"}})';

/** Interrupts a run of its own and checks what is left of it. */
export async function interrupt(interruption: Interruption): Promise<void> {
  switch (interruption.kind) {
    case 'signal':
      return bySignal(interruption);
    case 'launcher-killed':
      return launcherKilled(interruption);
    case 'one-of-two-killed':
      return oneOfTwoKilled(interruption);
    case 'journal-too-big':
      return journalTooBig(interruption);
    case 'disk-full':
      return diskFull(interruption);
    case 'engine-out-of-reach':
      return engineOutOfReach(interruption);
    case 'engine-ended':
      return engineEnded(interruption);
    case 'killed-with-faults':
      return killedWithFaults(interruption);
    case 'keeper-killed':
      return keeperKilled(interruption);
    case 'doctor-killed':
      return doctorKilled(interruption);
  }
}

async function bySignal(interruption: Extract<Interruption, { kind: 'signal' }>): Promise<void> {
  const { runtime, phase, signal } = interruption;
  await using run = await beginRun({ runtime });
  await run.reach(phase);
  await delay(chance(titleOf(interruption)) * WITHIN_PHASE_MS);
  run.process.kill(signal);
  const ended = await run.process;
  if (signal === 'SIGKILL') {
    expect(ended.signal).toBe('SIGKILL');
    await expectReaped(run.runId);
    expect(reaped(run)).toMatchObject({ left: [] });
  } else {
    expect(ended.exitCode).toBe(EXIT_OF[signal]);
    expect(ended.stderr).toContain(`ended by ${signal}`);
    expect(await remainsOf(run.runId), 'nothing is left the moment it ends').toEqual([]);
    expect(lastRecord(run)).toMatchObject({ kind: 'end', how: 'failed', reason: `ended by ${signal}` });
    expect(existsSync(join(run.folder, 'reaped.json')), 'there was nothing to reap').toBe(false);
  }
  await expectPruneCheckClean(run.runId);
  await expectJudged(run);
}

async function launcherKilled({ runtime, phase }: Interruption): Promise<void> {
  await using run = await beginRun({ runtime, nodeArgs: ['--import', ON_OLDER_NODE] });
  await run.reach(phase);
  expect(childrenOf(run.process.pid as number), 'the launcher has started another Node').toHaveLength(1);
  run.process.kill('SIGKILL');
  await run.process;
  await expectReaped(run.runId);
  expect(lastRecord(run)).toMatchObject({ kind: 'end', how: 'failed' });
  await expectJudged(run);
}

async function oneOfTwoKilled({ runtime, phase }: Interruption): Promise<void> {
  await using other = await beginRun({ runtime });
  await using run = await beginRun({ runtime });
  await run.reach(phase);
  run.process.kill('SIGKILL');
  await run.process;
  await expectReaped(run.runId);
  await other.reach('steady-state');
  expect(await remainsOf(other.runId), 'the other is there').not.toEqual([]);
  other.process.kill('SIGINT');
  const { exitCode } = await other.process;
  expect(exitCode, 'the other was not disturbed').toBe(EXIT_OF.SIGINT);
  for (const each of [run, other]) {
    await expectPruneCheckClean(each.runId);
    await expectJudged(each);
  }
}

async function journalTooBig({ runtime, phase }: Interruption): Promise<void> {
  await using run = await beginRun({ runtime });
  await run.reach(phase);
  const bytes = statSync(join(run.folder, 'journal.ndjson')).size + JOURNAL_ROOM_BYTES;
  await execa('prlimit', ['--pid', String(run.process.pid), `--fsize=${bytes}:`]);
  await expectRefused(run, 'EFBIG');
}

async function diskFull({ runtime }: Interruption): Promise<void> {
  await using disk = await smallDisk();
  await using run = await beginRun({ runtime, store: disk.path });
  await expectRefused(run, 'ENOSPC');
}

async function expectRefused(run: BegunRun, code: string): Promise<void> {
  const { exitCode, stderr } = await run.process;
  expect(stderr).toMatch(new RegExp(`Cannot write the journal .*: ${code}`));
  expect(exitCode).toBe(HARNESS_BROKE);
  expect(await remainsOf(run.runId)).toEqual([]);
  await expectPruneCheckClean(run.runId);
  await expectJudged(run);
}

async function engineOutOfReach({ runtime, phase }: Interruption): Promise<void> {
  await using engine = await engineProxy();
  const env = { DOCKER_HOST: `unix://${engine.socketPath}` };
  await using run = await beginRun({ runtime, env });
  await run.reach(phase);
  engine.cut();
  const { exitCode, stderr } = await run.process;
  expect(stderr).toMatch(/the Docker engine is not there/);
  expect(stderr).toMatch(/not all could be taken down: .*'fleetfall prune' removes/);
  expect(exitCode).toBe(HARNESS_BROKE);
  expect(await remainsOf(run.runId)).not.toEqual([]);
  // The reaper waits for the engine, and goes on with it.
  await engine.restore();
  await expectReaped(run.runId);
  await expectPruneCheckClean(run.runId);
  await expectJudged(run);
}

async function engineEnded({
  runtime,
  phase,
  signal,
}: Extract<Interruption, { kind: 'engine-ended' }>): Promise<void> {
  await using engine = await privateEngine();
  await using run = await beginRun({ runtime });
  await run.reach(phase);
  await engine.end(signal);
  const { exitCode, stderr } = await run.process;
  expect(stderr).toMatch(/the Docker engine is not there/);
  expect(stderr).toMatch(/not all could be taken down: .*'fleetfall prune' removes/);
  expect(exitCode).toBe(HARNESS_BROKE);
  await engine.start();
  await expectReaped(run.runId);
  expect(await fleetfall('prune')).toMatchObject({ exitCode: 0 });
  await expectPruneCheckClean(run.runId);
  await expectJudged(run);
}

async function killedWithFaults({ runtime, phase }: Interruption): Promise<void> {
  await using run = await beginRun({ runtime, flags: WITH_FAULTS });
  await run.reach(phase);
  const kinds = new Set((await remainsOf(run.runId)).map((left) => left.split(' ')[0]));
  // In a container's own network they go with it, and are not on the host.
  expect(kinds.has('nftables')).toBe(runtime === 'cgroup');
  run.process.kill('SIGKILL');
  await run.process;
  await expectReaped(run.runId);
  expect(reaped(run)).toMatchObject({ left: [] });
  await expectPruneCheckClean(run.runId);
  await expectJudged(run);
}

async function keeperKilled({ runtime }: Interruption): Promise<void> {
  using base = await temporaryFolder();
  const env = { XDG_RUNTIME_DIR: base.path };
  const up = await startFleetfall(
    ['up', 'kinesis-2020', '--size', 'small', '--runtime', runtime, '--store', base.path, '--for', '5m'],
    { env },
  );
  expect(up.exitCode, up.stderr).toBe(0);
  const folder = join(base.path, `fleetfall-${userInfo().uid}`, 'default');
  const { owner, journal } = JSON.parse(readFileSync(join(folder, 'keeper.json'), 'utf8'));
  const { runId } = readJournal(journal).run;
  process.kill(owner.pid, 'SIGKILL');
  await expectReaped(runId);
  await expectPruneCheckClean(runId);
  // Its members are gone by then; the name is given free.
  expect((await startFleetfall(['down'], { env })).exitCode).toBe(0);
}

async function doctorKilled({ runtime }: Interruption): Promise<void> {
  const doctor = startFleetfall(['doctor', '--runtime', runtime]);
  const runId = await throwAwayOf(doctor.pid as number);
  doctor.kill('SIGKILL');
  await doctor;
  await expectReaped(runId);
  await expectPruneCheckClean(runId);
}

/** The id of a doctor's throw-away fleet, once there is a member of it. */
async function throwAwayOf(pid: number): Promise<string> {
  for (;;) {
    const found = await prune({ check: true, environment: process.env });
    const own = found.find(
      ({ kind, keptBecause }) =>
        (kind === 'container' || kind === 'cgroup') && keptBecause?.includes(`process ${pid})`),
    );
    const [, runId] = /fleetfall-(doctor-[0-9a-f]{8})-/.exec(own?.name ?? '') ?? [];
    if (runId !== undefined) return runId;
    await delay(LOOK_INTERVAL_MS);
  }
}

async function expectJudged({ folder }: BegunRun): Promise<void> {
  const { exitCode, stdout } = await fleetfall('judge', folder, '--json');
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'inconclusive' });
  expect(exitCode).toBe(INCONCLUSIVE);
}

function lastRecord({ journalText }: BegunRun): unknown {
  return JSON.parse(journalText().trimEnd().split('\n').at(-1) ?? '');
}

function reaped({ folder }: BegunRun): unknown {
  return JSON.parse(readFileSync(join(folder, 'reaped.json'), 'utf8'));
}

/** A file system of its own that is soon full. */
async function smallDisk(): Promise<{ readonly path: string } & AsyncDisposable> {
  const folder = await temporaryFolder();
  await execa('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', folder.path]);
  return {
    path: folder.path,
    async [Symbol.asyncDispose]() {
      await execa('umount', ['--lazy', folder.path]);
      folder[Symbol.dispose]();
    },
  };
}
