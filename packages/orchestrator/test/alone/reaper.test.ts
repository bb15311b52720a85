/**
 * The reaper: what becomes of an owner's things when it ends, in order or not, and of the reaper itself.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { writeContext } from '../fixtures/docker-context.ts';
import { emptyEngine } from '../fixtures/empty-engine.ts';
import { childrenOf, titleOf } from '../fixtures/processes.ts';
import { freshRunId } from '../fixtures/runtime-behaviour.ts';

const OWNER = join(import.meta.dirname, '../fixtures/reaped-owner/main.ts');
/** It promises a minute at the latest. */
const REAPED_WITHIN_MS = 60_000;

/** Processes are looked at through /proc. */
const onLinux = test.runIf(process.platform === 'linux');

onLinux('removes what a killed owner has left, and is gone then itself', async () => {
  await using owner = await startOwner();
  owner.process.kill('SIGKILL');
  await owner.process;
  await gone('the folder', () => existsSync(owner.folder));
  await gone('the reaper', () => isAlive(owner.reaperPid));
});

onLinux('takes what an owner that ended without dismissing it could not remove', async () => {
  await using owner = await startOwner();
  owner.tell('leave');
  await owner.process;
  await gone('the folder', () => existsSync(owner.folder));
});

onLinux('leaves alone what is of a living owner', async () => {
  await using living = await startOwner();
  await using owner = await startOwner();
  owner.process.kill('SIGKILL');
  await gone('the reaper', () => isAlive(owner.reaperPid));
  expect(existsSync(living.folder)).toBe(true);
});

onLinux('ends when it is dismissed, before the owner does, and touches nothing', async () => {
  await using owner = await startOwner();
  owner.tell('dismiss');
  expect(await owner.heard()).toBe('dismissed');
  expect(isAlive(owner.reaperPid)).toBe(false);
  owner.tell('leave');
  await owner.process;
  expect(existsSync(owner.folder)).toBe(true);
});

onLinux('is not ended by the signals that end a service or a terminal', async () => {
  await using owner = await startOwner();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(owner.reaperPid, signal);
  owner.process.kill('SIGKILL');
  await owner.process;
  await gone('the folder', () => existsSync(owner.folder));
  await gone('the reaper', () => isAlive(owner.reaperPid));
});

onLinux('asks the engine that the run was on, though another context is in use by then', async () => {
  await using engine = await emptyEngine();
  writeContext(engine.folder, 'of-the-run', `unix://${engine.socketPath}`);
  writeContext(engine.folder, 'in-use-now', 'unix:///nowhere/engine.sock');
  await using owner = await startOwner(['of-the-run', engine.folder]);
  owner.process.kill('SIGKILL');
  await owner.process;
  await gone('the reaper', () => isAlive(owner.reaperPid));
  expect(engine.asked()).toContain('/containers/json');
});

onLinux('that was killed is told of', async () => {
  await using owner = await startOwner();
  process.kill(owner.reaperPid, 'SIGKILL');
  expect(await owner.heard()).toMatch(/lost: the reaper has ended: .*'fleetfall prune'/);
});

/** Starts an owner whose reaper has come up. Ended afterwards, with its folder. */
async function startOwner(engine: readonly string[] = []) {
  const process = execa(globalThis.process.execPath, [OWNER, freshRunId(), ...engine], {
    reject: false,
    stdin: 'pipe',
    // Else it would go before every context.
    ...(engine.length === 0 ? {} : { env: { DOCKER_HOST: '' } }),
  });
  const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  const heard = async (): Promise<string | undefined> => (await lines.next()).value;
  const folder = (await heard()) as string;
  const [reaperPid] = childrenOf(process.pid as number) as [number];
  while (!titleOf(reaperPid).startsWith('fleetfall reaper')) await delay(20);
  return {
    process,
    folder,
    reaperPid,
    heard,
    tell: (line: string) => void process.stdin.write(`${line}\n`),
    async [Symbol.asyncDispose]() {
      process.kill('SIGKILL');
      await process;
      rmSync(folder, { recursive: true, force: true });
      await gone('the reaper', () => isAlive(reaperPid));
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

async function gone(what: string, isThere: () => boolean): Promise<void> {
  const deadline = performance.now() + REAPED_WITHIN_MS;
  while (isThere()) {
    if (performance.now() > deadline) throw new Error(`${what} is still there after ${REAPED_WITHIN_MS} ms`);
    await delay(20);
  }
}
