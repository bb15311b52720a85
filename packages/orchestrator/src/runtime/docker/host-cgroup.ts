/**
 * Finds a container's cgroup among the host's own files. That works where the engine runs on this host and in this
 * pid namespace; the container's id in the path proves that the process is the one that the engine means.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PidsCgroup } from '@fleetfall/member/kernel-counters.ts';

const MOUNT = '/sys/fs/cgroup';

/** @returns null where the host's cgroup files are not there to be read. */
export function containerCgroup(containerId: string, pid: number): PidsCgroup | null {
  const path = `/proc/${pid}/cgroup`;
  if (pid <= 0 || !existsSync(path)) return null;
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  for (const line of lines) {
    const [, controllers, ...rest] = line.split(':');
    const cgroup = rest.join(':');
    if (!cgroup.includes(containerId)) continue;
    const found: PidsCgroup | null = controllers?.split(',').includes('pids')
      ? { folder: join(MOUNT, 'pids', cgroup), version: 1 }
      : controllers === ''
        ? { folder: join(MOUNT, cgroup), version: 2 }
        : null;
    if (found !== null && existsSync(join(found.folder, 'pids.current'))) return found;
  }
  return null;
}
