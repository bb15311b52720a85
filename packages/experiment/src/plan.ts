/**
 * What a run would start, before it starts anything: the members of each arm by role, the threads of a front-end at
 * each size, the size that the configuration's formula says will break. A function of the layout; what it costs is
 * in `cost.ts`, whether the host has it is for the one who asks.
 */
import { bootTasks, CONSTRUCTION_TASKS, plannedBreakingSize } from '@fleetfall/protocol/settings.ts';
import type { ArmLayout, FleetLayout, RunLayout } from './layout.ts';
import { type MethodWalk, walkMethod } from './method-walk.ts';

export interface PlannedMembers {
  readonly role: 'metadata' | 'back-end' | 'front-end' | 'observer' | 'load' | 'balancer';
  /** Before anything is done to the fleet, and at its largest. */
  readonly atStart: number;
  readonly atMost: number;
}

/** The threads of one front-end in a fleet of some size. */
export interface PlannedTasks {
  readonly frontEnds: number;
  /** Settled, as far as its limit lets it. */
  readonly tasks: number;
  /** While it constructs its shard-map. */
  readonly constructing: number;
  /** Whether it asks for more than its limit then. */
  readonly refused: boolean;
}

export interface PlannedArm {
  readonly arm: string;
  readonly layout: ArmLayout;
  readonly walk: MethodWalk;
  readonly members: readonly PlannedMembers[];
  /** One row a size, from the smallest that is held to the largest. */
  readonly tasksBySize: readonly PlannedTasks[];
  /** First size that is refused a thread, by the formula; null when none is. */
  readonly breakingSize: number | null;
}

export interface RunPlan {
  /** Run one after another: each has the machine for itself. */
  readonly arms: readonly PlannedArm[];
  readonly trials: number;
}

/** Plans a run. */
export function planRun(layout: RunLayout): RunPlan {
  const walks = new Map<string, MethodWalk>();
  for (const arm of layout.arms) walks.set(arm.name, walkMethod(arm, walks));
  return {
    arms: layout.arms.map((arm) => planArm(arm, walks.get(arm.name) as MethodWalk)),
    trials: layout.trials,
  };
}

function planArm(layout: ArmLayout, walk: MethodWalk): PlannedArm {
  const { frontEndsBefore, backEnds, pidsMax, frontEnd } = layout.fleet;
  const breaking = plannedBreakingSize(pidsMax, frontEnd);
  return {
    arm: layout.name,
    layout,
    walk,
    members: [
      { role: 'metadata', atStart: 1, atMost: 1 },
      { role: 'back-end', atStart: backEnds, atMost: backEnds },
      { role: 'front-end', atStart: frontEndsBefore, atMost: walk.largest },
      { role: 'observer', atStart: 1, atMost: 1 },
      { role: 'load', atStart: 1, atMost: 1 },
      ...(layout.fleet.through === 'balancer' ? [{ role: 'balancer', atStart: 1, atMost: 1 } as const] : []),
    ],
    tasksBySize: Array.from({ length: walk.largest - frontEndsBefore + 1 }, (_, index) =>
      tasksAt(layout.fleet, frontEndsBefore + index),
    ),
    breakingSize: breaking <= walk.largest ? breaking : null,
  };
}

function tasksAt({ pidsMax, frontEnd }: FleetLayout, frontEnds: number): PlannedTasks {
  const pool = frontEnd.peerLinks === 'thread-pool' ? frontEnd.linkPoolThreads : 0;
  const perPeer = frontEnd.peerLinks === 'thread-per-peer' ? frontEnd.threadsPerPeer : 0;
  const settled = bootTasks(frontEnd.uvThreads) + pool + perPeer * (frontEnds - 1);
  const constructing = settled + CONSTRUCTION_TASKS;
  return {
    frontEnds,
    tasks: Math.min(pidsMax, settled),
    constructing: Math.min(pidsMax, constructing),
    refused: constructing > pidsMax,
  };
}
