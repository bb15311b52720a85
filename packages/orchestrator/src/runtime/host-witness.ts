/**
 * The host's own view of a member's cgroup: its counters, and whether a cgroup above it stood at its limit, since
 * a refusal by an outer limit raises the member's counter too. Read with small synchronous reads, several times a
 * second for every member.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openKernelCounters, type PidsCgroup } from '@fleetfall/member/kernel-counters.ts';
import type { StartedMember } from './runtime.ts';

type Reading = ReturnType<StartedMember['witness']>;

/** A cgroup's files vanish with it, at any moment between two reads. */
const GONE = new Set(['ENOENT', 'ENODEV']);

/**
 * Finds out once what is to be read.
 * @returns a reading each time it is called; null once the cgroup is gone.
 */
export function openHostWitness(cgroup: PidsCgroup): () => Reading {
  const counters = openKernelCounters(cgroup);
  const ancestors = limitedAncestors(cgroup.folder);
  return () => {
    try {
      return { kernel: counters(), ancestorAtLimit: ancestors.some(isAtLimit) };
    } catch (error) {
      if (GONE.has((error as NodeJS.ErrnoException).code ?? '')) return null;
      throw error;
    }
  };
}

/** Cgroups above this one, up to the root of what is mounted, which alone has no `pids.max`. */
function limitedAncestors(folder: string): string[] {
  const ancestors: string[] = [];
  for (let above = dirname(folder); existsSync(join(above, 'pids.max')); above = dirname(above)) {
    ancestors.push(above);
  }
  return ancestors;
}

function isAtLimit(folder: string): boolean {
  const limit = readFileSync(join(folder, 'pids.max'), 'utf8').trim();
  if (limit === 'max') return false;
  return Number(readFileSync(join(folder, 'pids.current'), 'utf8')) >= Number(limit);
}
