/**
 * Finds a container's cgroups among the host's own files. That works where the engine runs on this host and in this
 * pid namespace; the container's id in the path proves that the process is the one that the engine means.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PidsCgroup } from '@fleetfall/member/kernel-counters.ts';
import type { ResourceCgroups } from '../resources.ts';

const MOUNT = '/sys/fs/cgroup';

/** @returns null where the host's cgroup files are not there to be read. */
export function containerCgroup(containerId: string, pid: number): PidsCgroup | null {
  return controllerCgroup(containerId, pid, 'pids', { v1: 'pids.current', v2: 'pids.current' });
}

/** @returns null where the host's cgroup files are not there to be read. */
export function containerResources(containerId: string, pid: number): ResourceCgroups | null {
  const memory = controllerCgroup(containerId, pid, 'memory', {
    v1: 'memory.limit_in_bytes',
    v2: 'memory.max',
  });
  const cpu = controllerCgroup(containerId, pid, 'cpu', { v1: 'cpu.cfs_quota_us', v2: 'cpu.max' });
  const found = memory ?? cpu;
  if (found === null) return null;
  return { version: found.version, memory: memory?.folder ?? null, cpu: cpu?.folder ?? null };
}

/** @param signs files by which the controller is known to be there. */
function controllerCgroup(
  containerId: string,
  pid: number,
  controller: string,
  signs: { readonly v1: string; readonly v2: string },
): { readonly folder: string; readonly version: 1 | 2 } | null {
  const path = `/proc/${pid}/cgroup`;
  if (pid <= 0 || !existsSync(path)) return null;
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  for (const line of lines) {
    const [, controllers, ...rest] = line.split(':');
    const cgroup = rest.join(':');
    if (!cgroup.includes(containerId)) continue;
    if (controllers?.split(',').includes(controller)) {
      const folder = join(MOUNT, controller, cgroup);
      if (existsSync(join(folder, signs.v1))) return { folder, version: 1 };
    } else if (controllers === '') {
      const folder = join(MOUNT, cgroup);
      if (existsSync(join(folder, signs.v2))) return { folder, version: 2 };
    }
  }
  return null;
}
