/**
 * Refuses to serve under a limit that leaves no room for the work: better a message now than a front-end that
 * hangs at its first thread.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { KernelCounters } from '@fleetfall/protocol/member-state.ts';
import { bootTasks, CONSTRUCTION_TASKS } from '@fleetfall/protocol/settings.ts';

/**
 * For how long threads of the boot are waited for to end: what loads TLS, as `ws` does outside of a kit, starts one
 * more that reads certificates, for some ten milliseconds, or a few hundred on a busy machine.
 */
const PASSING_THREADS_MS_MAX = 2_000;
const READ_AGAIN_MS = 10;

/**
 * Waits until the threads that a boot holds for a moment are gone: no link and no construction is then refused for
 * their sake.
 * @param read the member's own kernel counters, as they are now.
 * @param log is told of threads that stay: the wait for them has made the boot longer, and their room is lost to links.
 * @throws when the cgroup's limit is below what a front-end without peers needs.
 */
export async function findRoomToBoot(
  read: () => KernelCounters | null,
  uvThreads: number,
  log: (message: string) => void,
): Promise<void> {
  const untilMs = performance.now() + PASSING_THREADS_MS_MAX;
  let kernel = read();
  while (kernel !== null && kernel.tasks > bootTasks(uvThreads) && performance.now() < untilMs) {
    await delay(READ_AGAIN_MS);
    kernel = read();
  }
  if (kernel === null) return;
  const staying = kernel.tasks - bootTasks(uvThreads);
  if (staying > 0) {
    log(
      `${kernel.tasks} tasks after a boot that leaves ${bootTasks(uvThreads)}: ${staying} more did not end within ${PASSING_THREADS_MS_MAX} ms`,
    );
  }
  if (kernel.limit === null) return;
  const needed = Math.max(kernel.tasks, bootTasks(uvThreads)) + CONSTRUCTION_TASKS;
  if (kernel.limit < needed) {
    throw new Error(
      `pids.max is ${kernel.limit}, and a front-end without peers needs ${needed}: ${needed - CONSTRUCTION_TASKS} tasks and ${CONSTRUCTION_TASKS} to construct its shard-map`,
    );
  }
}
