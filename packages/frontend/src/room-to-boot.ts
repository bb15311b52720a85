/**
 * Refuses to serve under a limit that leaves no room for the work: better a message now than a front-end that
 * hangs at its first thread.
 */
import type { KernelCounters } from '@fleetfall/protocol/member-state.ts';
import { bootTasks, CONSTRUCTION_TASKS } from '@fleetfall/protocol/settings.ts';

/** @throws when the cgroup's limit is below what a front-end without peers needs. */
export function assertRoomToBoot(kernel: KernelCounters | null, uvThreads: number): void {
  if (kernel === null || kernel.limit === null) return;
  const needed = Math.max(kernel.tasks, bootTasks(uvThreads)) + CONSTRUCTION_TASKS;
  if (kernel.limit < needed) {
    throw new Error(
      `pids.max is ${kernel.limit}, and a front-end without peers needs ${needed}: ${needed - CONSTRUCTION_TASKS} tasks and ${CONSTRUCTION_TASKS} to construct its shard-map`,
    );
  }
}
