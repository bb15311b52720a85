/**
 * What a run needs of the host that it runs on, by its plan: for the checks of `plan` and `doctor`.
 */
import { costOf } from '@fleetfall/experiment/cost.ts';
import type { RunPlan } from '@fleetfall/experiment/plan.ts';
import type { EngineFacts } from '../runtime/docker/engine-facts.ts';
import type { RuntimeName } from '../runtime/runtime.ts';
import type { FleetNeeds } from './headroom.ts';
import { type HostLimits, readHostLimits } from './limits.ts';

export function needsOf(plan: RunPlan, runtime: RuntimeName): FleetNeeds {
  const { tasks, memoryBytes } = costOf(plan, runtime);
  return { tasks, memoryBytes, asUser: runtime === 'cgroup' && process.getuid?.() !== 0 };
}

/** The limits of the host that a fleet would run on: of an engine's elsewhere only its memory is known. */
export function limitsFor(engine: EngineFacts | null): HostLimits {
  if (engine === null) return readHostLimits();
  if (engine.isThisHost) return readHostLimits(engine.cgroupParents);
  return {
    tasks: null,
    pidMax: null,
    threadsMax: null,
    userTasksMax: null,
    taskLimits: [],
    memoryAvailableBytes: engine.memoryBytes,
  };
}
