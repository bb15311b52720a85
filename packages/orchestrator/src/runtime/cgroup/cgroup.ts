/**
 * One cgroup: made before anything runs in it, limited, and emptied and removed whatever runs in it. All by its files,
 * which live in the kernel's memory.
 */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A killed process leaves its cgroup a moment after; the kernel frees the cgroup a moment after that. */
const REMOVAL_RETRY_MS = 10;
/** A process that has not gone by then is stuck in the kernel. */
const REMOVAL_DEADLINE_MS = 5_000;

/** @throws when it exists or cannot be made. */
export function makeCgroup(folder: string): void {
  mkdirSync(folder);
}

/**
 * Makes cgroups that hold others, and no process themselves.
 * @param controllers of v2, handed on to those in them; on v1 a hierarchy does so by itself.
 * @throws when one exists or cannot be made; nothing is left then.
 */
export function makeParentCgroups(folders: readonly string[], controllers: readonly string[]): void {
  const made: string[] = [];
  try {
    for (const folder of folders) {
      mkdirSync(folder);
      made.push(folder);
      if (controllers.length > 0) handOn(folder, controllers);
    }
  } catch (error) {
    for (const folder of made) rmdirSync(folder);
    throw error;
  }
}

/** Hands controllers of a v2 cgroup on to those in it. */
export function handOn(folder: string, controllers: readonly string[]): void {
  writeFileSync(join(folder, 'cgroup.subtree_control'), controllers.map((name) => `+${name}`).join(' '));
}

export function setPidsMax(folder: string, pidsMax: number): void {
  writeFileSync(join(folder, 'pids.max'), String(pidsMax));
}

/** Sends SIGKILL to every process in the cgroup. One that is gone is none. */
export const killAllIn = (folder: string): void => signalAllIn(folder, 'SIGKILL');

/** Sends a signal to every process in the cgroup. One that is gone is none. */
export function signalAllIn(folder: string, signal: NodeJS.Signals): void {
  for (const pid of processesIn(folder)) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (!hasCode(error, 'ESRCH')) throw error;
    }
  }
}

/**
 * Kills what runs in the cgroup and removes it. One that is gone is removed.
 * @throws when it is still in use after 5 s.
 */
export async function removeCgroup(folder: string): Promise<void> {
  const deadline = performance.now() + REMOVAL_DEADLINE_MS;
  for (;;) {
    killAllIn(folder);
    try {
      rmdirSync(folder);
      return;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return;
      if (!hasCode(error, 'EBUSY') || performance.now() > deadline) throw error;
    }
    await pause(REMOVAL_RETRY_MS);
  }
}

/** The processes in the cgroup; none when it is gone. */
export function processesIn(folder: string): number[] {
  try {
    const text = readFileSync(join(folder, 'cgroup.procs'), 'utf8').trim();
    return text === '' ? [] : text.split('\n').map(Number);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENODEV')) return [];
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
