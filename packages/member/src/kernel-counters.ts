/**
 * Reads the pids controller's counters of a cgroup, v1 or v2. Synchronous on purpose: these are files in the
 * kernel's memory, and at the limit an asynchronous read must not depend on a thread. Whose cgroup it is and
 * what the numbers mean for a claim is decided elsewhere.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KernelCounters } from '@fleetfall/protocol/member-state.ts';

const MOUNT = '/sys/fs/cgroup';

/** Where a process's pids counters are. */
export interface PidsCgroup {
  readonly folder: string;
  readonly version: 1 | 2;
}

/**
 * Finds the cgroup that holds the calling process. In a container the mount shows the process's own cgroup at
 * its top, whatever path `/proc/self/cgroup` names.
 * @returns null where there is none to be read: not Linux, or no pids controller.
 */
export function ownPidsCgroup(): PidsCgroup | null {
  if (!existsSync('/proc/self/cgroup')) return null;
  const lines = readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n');
  const v1 = lines.map((line) => line.split(':')).find(([, names]) => names?.split(',').includes('pids'));
  const v2 = lines.find((line) => line.startsWith('0::'));
  const candidates: PidsCgroup[] = [];
  if (v1) {
    const path = v1.slice(2).join(':');
    candidates.push(
      { folder: join(MOUNT, 'pids', path), version: 1 },
      { folder: join(MOUNT, 'pids'), version: 1 },
    );
  } else if (v2) {
    candidates.push({ folder: join(MOUNT, v2.slice(3)), version: 2 }, { folder: MOUNT, version: 2 });
  }
  return candidates.find(({ folder }) => existsSync(join(folder, 'pids.current'))) ?? null;
}

/**
 * Finds out once which counters a cgroup has; members read theirs several times a second.
 * @returns reads them as they are now. It throws when the cgroup is gone or its files cannot be read.
 */
export function openKernelCounters({ folder, version }: PidsCgroup): () => KernelCounters {
  const fileOf = (name: string): string | undefined => {
    const file = join(folder, name);
    return existsSync(file) ? file : undefined;
  };
  const current = join(folder, 'pids.current');
  const max = fileOf('pids.max');
  const local = fileOf('pids.events.local');
  const events = local ?? fileOf('pids.events');
  const peak = fileOf('pids.peak');
  return () => {
    const limit = max === undefined ? 'max' : read(max);
    return {
      tasks: Number(read(current)),
      limit: limit === 'max' ? null : Number(limit),
      limitHits: events === undefined ? 0 : Number(/^max (\d+)$/m.exec(read(events))?.[1] ?? 0),
      peak: peak === undefined ? null : Number(read(peak)),
      hitsAreLocal: local !== undefined,
      cgroupVersion: version,
    };
  };
}

const read = (file: string): string => readFileSync(file, 'utf8').trim();
