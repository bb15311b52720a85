/**
 * Whether a host has room for a fleet: its tasks, its memory. A function of what was read and what is needed. A
 * fleet is refused threads by its own limits only if every limit around it is wider, and a refusal that an outer
 * limit had a hand in counts for nothing: so an outer limit that is too close fails.
 */
import { type Check, fail, ok, warn } from './check.ts';
import type { HostLimits } from './limits.ts';

/** What a fleet needs at its largest. */
export interface FleetNeeds {
  readonly tasks: number;
  readonly memoryBytes: number;
  /** Whether members run as a user whom RLIMIT_NPROC binds: not root's, and not in containers. */
  readonly asUser: boolean;
}

/** Tasks that others on the host may come to need meanwhile. */
const TASKS_TO_SPARE = 200;
/** A host with less left over swaps, and what it then measures is its swap. */
const MEMORY_TO_SPARE_BYTES = 256 * 2 ** 20;

export function headroomChecks(limits: HostLimits, needs: FleetNeeds): Check[] {
  const { tasks } = limits;
  return [
    roomFor(
      'kernel-pid-max',
      'kernel.pid_max',
      limits.pidMax,
      tasks,
      needs.tasks,
      (least) => `sysctl -w kernel.pid_max=${least}`,
    ),
    roomFor(
      'kernel-threads-max',
      'kernel.threads-max',
      limits.threadsMax,
      tasks,
      needs.tasks,
      (least) => `sysctl -w kernel.threads-max=${least}`,
    ),
    userTasks(limits, needs),
    tasksMax(limits, needs),
    memory(limits, needs),
  ];
}

function roomFor(
  id: string,
  name: string,
  max: number | null,
  current: number | null,
  needed: number,
  raise: (least: number) => string,
): Check {
  if (max === null || current === null) {
    return warn(id, `${name} cannot be read here`, 'run where the engine runs to have it checked');
  }
  const seen = `${name} is ${max}, ${current} tasks are there, ${needed} more are needed`;
  const least = current + needed + TASKS_TO_SPARE;
  if (current + needed > max) return fail(id, seen, raise(least));
  return least > max ? warn(id, seen, raise(least)) : ok(id, seen);
}

function userTasks({ userTasksMax, tasks }: HostLimits, needs: FleetNeeds): Check {
  const id = 'user-tasks';
  if (!needs.asUser) return ok(id, 'members run as root or in containers: RLIMIT_NPROC does not bind them');
  if (userTasksMax === null) return ok(id, 'RLIMIT_NPROC is unlimited');
  // Whose the tasks are is not told apart: all of them counted is the safe side.
  return roomFor(id, 'RLIMIT_NPROC', userTasksMax, tasks, needs.tasks, (least) => `ulimit -u ${least}`);
}

/** The closest of the cgroups around: on systemd TasksMax of the unit or slice, in a container its own limit. */
function tasksMax({ taskLimits }: HostLimits, needs: FleetNeeds): Check {
  const id = 'tasks-max';
  const closest = taskLimits.toSorted(
    (left, right) => left.max - left.current - (right.max - right.current),
  )[0];
  if (closest === undefined) return ok(id, 'no cgroup above the fleet limits tasks');
  return roomFor(
    id,
    `pids.max of ${closest.path}`,
    closest.max,
    closest.current,
    needs.tasks,
    (least) =>
      `raise it: 'systemctl set-property <unit> TasksMax=${least}' on systemd, '--pids-limit ${least}' of the container that this runs in`,
  );
}

function memory({ memoryAvailableBytes: available }: HostLimits, { memoryBytes: needed }: FleetNeeds): Check {
  const id = 'memory';
  if (available === null) {
    return warn(id, 'free memory cannot be read here', `see that ${megabytes(needed)} are free`);
  }
  const seen = `${megabytes(available)} are available, about ${megabytes(needed)} are needed`;
  const remedy = 'free memory, or use --size small, a lower --pids-max or --no-controls';
  if (needed > available) return fail(id, seen, remedy);
  return needed + MEMORY_TO_SPARE_BYTES > available ? warn(id, seen, remedy) : ok(id, seen);
}

export const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
