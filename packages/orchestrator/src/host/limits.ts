/**
 * Reads what this host allows: how many tasks the kernel, the user and the cgroups above this process have room for,
 * and how much memory is to be had. Reading only; whether it is enough is decided in `headroom.ts`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pidsHierarchy } from '../runtime/cgroup/pids-tree.ts';

/** A cgroup with a limit on tasks that all below it share. */
export interface TaskLimit {
  readonly path: string;
  readonly max: number;
  readonly current: number;
}

/** null is what cannot be read here: not Linux, or not shown. */
export interface HostLimits {
  /** Tasks that there are now, and the most that there may be. */
  readonly tasks: number | null;
  readonly pidMax: number | null;
  readonly threadsMax: number | null;
  /** RLIMIT_NPROC, soft; null where there is none. It does not bind root. */
  readonly userTasksMax: number | null;
  /** Cgroups that hold this process, or the engine's, and that have a limit: on systemd a unit's TasksMax. */
  readonly taskLimits: readonly TaskLimit[];
  readonly memoryAvailableBytes: number | null;
}

/**
 * Reads the limits.
 * @param engineParents cgroups that an engine of this host makes its own in, below the pids controller's mount.
 */
export function readHostLimits(engineParents: readonly string[] = []): HostLimits {
  const hierarchy = pidsHierarchy();
  const folders = hierarchy?.folders ?? [];
  const mount = hierarchy?.version === 1 ? '/sys/fs/cgroup/pids' : '/sys/fs/cgroup';
  return {
    tasks: number(/^\S+ \S+ \S+ \d+\/(\d+)/.exec(textOf('/proc/loadavg') ?? '')?.[1]),
    pidMax: number(textOf('/proc/sys/kernel/pid_max')),
    threadsMax: number(textOf('/proc/sys/kernel/threads-max')),
    userTasksMax: number(/^Max processes\s+(\S+)/m.exec(textOf('/proc/self/limits') ?? '')?.[1]),
    taskLimits: [...folders, ...engineParents.map((parent) => join(mount, parent))].flatMap(taskLimit),
    memoryAvailableBytes: kilobytes(/^MemAvailable:\s+(\d+) kB/m.exec(textOf('/proc/meminfo') ?? '')?.[1]),
  };
}

function taskLimit(path: string): TaskLimit[] {
  const max = number(textOf(join(path, 'pids.max')));
  const current = number(textOf(join(path, 'pids.current')));
  return max === null || current === null ? [] : [{ path, max, current }];
}

function textOf(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : null;
}

/** null of nothing, and of words such as `max` and `unlimited`. */
function number(text: string | null | undefined): number | null {
  const value = Number(text ?? Number.NaN);
  return Number.isFinite(value) ? value : null;
}

function kilobytes(text: string | undefined): number | null {
  const value = number(text);
  return value === null ? null : value * 1_024;
}
