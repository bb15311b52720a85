/**
 * What a run costs in tasks, memory and time. The constants stand here and nowhere else; all were measured, on two
 * cores, Node 26 and Linux 6.18 (`npm run bench:cost` measures them again, bench/README.md has its figures): read
 * the results as good to about a quarter.
 */
import type { RuntimeName } from '@fleetfall/protocol/runtimes.ts';
import { BOOT_TASKS } from '@fleetfall/protocol/settings.ts';
import type { PlannedArm, RunPlan } from './plan.ts';

const MEGABYTE = 1e6;

export const COST = {
  /** A front-end without peers, under load: pages that it shares counted once (Pss). */
  frontEndBytes: 40 * MEGABYTE,
  /** Each thread that it has beyond those of its boot: a worker with its ws connection, and what its buffers come to. */
  threadBytes: 9.5 * MEGABYTE,
  /** Metadata store, back-end, observer and load, each; the largest of them. */
  otherMemberBytes: 42 * MEGABYTE,
  /** This process, with the kit that it bundles. */
  orchestratorBytes: 125 * MEGABYTE,
  orchestratorTasks: 20,
  /** Beside each container runs a shim of containerd. */
  shimBytes: 4 * MEGABYTE,
  shimTasks: 12,
  /** What an arm takes besides what its method holds it for: kit, members, stream, steady state, teardown. */
  armMs: 6_000,
  /** Containers start, stop and are removed more slowly than processes: for each start of a front-end. */
  containerStartMs: 500,
  /** Each link opened, both its ends. */
  linkMs: 28,
} as const;

/** The source of the figures, for people. */
export const COST_SOURCE =
  'measured on 2 cores, Node 26, Linux 6.18 (bench/README.md); good to about a quarter there, other machines differ';

export interface RunCost {
  /** Of the largest arm: arms run one after another. */
  readonly tasks: number;
  readonly memoryBytes: number;
  /** Of all arms and trials. */
  readonly durationMs: number;
}

/** What a planned run costs on a runtime. */
export function costOf(plan: RunPlan, runtime: RuntimeName): RunCost {
  const arms = plan.arms.map((arm) => armCost(arm, runtime));
  return {
    tasks: Math.max(...arms.map(({ tasks }) => tasks)),
    memoryBytes: Math.max(...arms.map(({ memoryBytes }) => memoryBytes)),
    durationMs: plan.trials * arms.reduce((sum, { durationMs }) => sum + durationMs, 0),
  };
}

function armCost(arm: PlannedArm, runtime: RuntimeName): RunCost {
  const members = arm.members.reduce((sum, { atMost }) => sum + atMost, 0);
  const frontEnds = arm.members.find(({ role }) => role === 'front-end')?.atMost ?? 0;
  const others = members - frontEnds;
  const tasksEach = arm.tasksBySize.at(-1)?.constructing ?? 0;
  const threadsEach = Math.max(0, tasksEach - BOOT_TASKS);
  const shims = runtime === 'cgroup' ? 0 : members;
  return {
    tasks: frontEnds * tasksEach + others * BOOT_TASKS + shims * COST.shimTasks + COST.orchestratorTasks,
    memoryBytes:
      frontEnds * (COST.frontEndBytes + threadsEach * COST.threadBytes) +
      others * COST.otherMemberBytes +
      shims * COST.shimBytes +
      COST.orchestratorBytes,
    durationMs: Math.round(durationMs(arm, runtime)),
  };
}

/** The holds of the method, and what starting and linking takes beside them. */
function durationMs({ layout, walk }: PlannedArm, runtime: RuntimeName): number {
  const { peerLinks, threadsPerPeer } = layout.fleet.frontEnd;
  const threads = peerLinks === 'thread-per-peer' ? threadsPerPeer : 0;
  const started = runtime === 'cgroup' ? 0 : walk.starts * COST.containerStartMs;
  return COST.armMs + walk.heldMs + threads * walk.links * COST.linkMs + started;
}
