/**
 * One cgroup of the pids controller: made with its limit before anything runs in it, and emptied and removed
 * whatever runs in it. All by its files, which live in the kernel's memory.
 */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A killed process leaves its cgroup a moment after; the kernel frees the cgroup a moment after that. */
const REMOVAL_RETRY_MS = 10;
/** A process that has not gone by then is stuck in the kernel. */
const REMOVAL_DEADLINE_MS = 5_000;

/** @throws when it exists or cannot be made. */
export function makeCgroup(folder: string, pidsMax: number): void {
  mkdirSync(folder);
  setPidsMax(folder, pidsMax);
}

/**
 * Makes a cgroup that holds others, and no process itself.
 * @throws when it exists or cannot be made; nothing is left then.
 */
export function makeParentCgroup(folder: string, version: 1 | 2): void {
  mkdirSync(folder);
  if (version === 1) return;
  try {
    writeFileSync(join(folder, 'cgroup.subtree_control'), '+pids');
  } catch (error) {
    rmdirSync(folder);
    throw error;
  }
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
