/**
 * A running fleet as a script, or a shell through its keeper, drives it. Each call does what the step of that name
 * does in an experiment, and what comes of it is in the run's journal.
 */
import type { Goodput } from '@fleetfall/claims/goodput.ts';
import type { FaultOutcome, MemberTargets } from '@fleetfall/protocol/faults.ts';
import type { Cohort } from '@fleetfall/protocol/load-stdio.ts';
import type { RuntimeName } from '@fleetfall/protocol/runtimes.ts';
import type {
  ConditionFields,
  DeployFields,
  Duration,
  FrontEndFields,
  GrowFields,
  LoadFields,
  Settling,
} from './fleet-options.ts';

/** A condition did not come to hold in its time. The message has the last figure. */
export class ConditionTimeoutError extends Error {
  override readonly name = 'ConditionTimeoutError';
}

/** The load did not keep its schedule: what it measured is its own doing. The message says how. */
export class InvalidLoadError extends Error {
  override readonly name = 'InvalidLoadError';
}

/** A member as it was last seen. */
export interface MemberStatus {
  readonly memberId: string;
  readonly role: 'front-end' | 'back-end' | 'metadata' | 'observer' | 'load' | 'balancer';
  /** null for all but front-ends. */
  readonly cohort: Cohort | null;
  readonly running: boolean;
  /** Starts so far, from 1. */
  readonly incarnation: number;
  /** By the kernel's count of this incarnation; null before it was read, or where it cannot be. */
  readonly tasks: number | null;
  /** `pids.max`; null when there is none, or it was not read. */
  readonly limit: number | null;
  /** Threads that the kernel refused this incarnation; null as `tasks`. */
  readonly refusedThreads: number | null;
  /** Of a front-end that was seen: its links and its shard-map. */
  readonly links: { readonly open: number; readonly wanted: number } | null;
  readonly shardMap: {
    readonly ageMs: number | null;
    readonly aged: boolean;
    readonly completeness: number;
  } | null;
}

/** A fleet as it stands. */
export interface FleetStatus {
  readonly name: string;
  readonly runtime: RuntimeName;
  readonly seed: string;
  /** The phase that is being gone through; null between phases. */
  readonly phase: string | null;
  readonly frontEnds: number;
  /** Of the fullest front-end. */
  readonly tasksMost: number;
  readonly limit: number | null;
  /** Threads that the kernel refused, over all incarnations. */
  readonly refusals: Readonly<Record<Cohort, number>>;
  readonly load: {
    readonly running: boolean;
    /** Over the last window; null before the first. */
    readonly okPerSecond: number | null;
    readonly failedPerSecond: number;
    readonly mostError: string | null;
  };
  readonly members: readonly MemberStatus[];
  /** Faults in force, the oldest first. */
  readonly faults: readonly FaultOutcome[];
  readonly journal: string;
}

/** What a load came to when it was stopped. */
export interface LoadTotals {
  readonly offered: number;
  readonly sent: number;
  /** Not sent since too many were under way. */
  readonly dropped: number;
  readonly ok: number;
  /** What was read back of the acknowledged records; null where it was not asked for, or could not be. */
  readonly readBack: {
    readonly acknowledged: number;
    readonly lost: number;
    readonly duplicated: number;
    readonly outOfOrder: number;
  } | null;
  /** Of a load with `verify`: the file of what became of every write so far, for `readHistory`; else null. */
  readonly history: string | null;
}

/** How slow is slow: `delay`, `lossPercent` or both. */
export interface SlowFields {
  /** Added to each round trip, from 1 ms to a minute. */
  readonly delay?: Duration | undefined;
  /** The chance of each packet to be lost, from 1 to 99. */
  readonly lossPercent?: number | undefined;
  /** @default every other member but the observer */
  readonly from?: string | MemberTargets | undefined;
}

export interface FleetLoad {
  readonly running: boolean;
  /** Starts the load, as the fleet was told to or otherwise. @throws SettingsError when it runs. */
  start(load?: LoadFields): Promise<void>;
  /** Stops it and waits for what is under way. @throws SettingsError when it does not run. */
  stop(): Promise<LoadTotals>;
}

/**
 * A fleet that runs until it is disposed (`await using`). Every call rejects with the signal's reason once the run has
 * ended, and with a `SettingsError`, before anything is done, when what it was given is wrong.
 */
export interface RunningFleet extends AsyncDisposable {
  /** The run's folder, with its journal and the fleet's fields. */
  readonly folder: string;
  /** The run's journal: `judge` takes it at any time after the disposal. */
  readonly journal: string;
  readonly seed: string;
  /** Aborted when the run ends, a `stopWhen` condition held, or a part that everything needs broke; its reason says. */
  readonly signal: AbortSignal;
  readonly load: FleetLoad;
  /** As it stands now. */
  status(): FleetStatus;
  /** Starts newcomers and waits until each is registered. */
  grow(by: number | GrowFields): Promise<void>;
  /**
   * Removes front-ends: so many of the newest, those named, or those described.
   * @returns the ids of those removed.
   */
  shrink(which: number | readonly string[] | FrontEndFields): Promise<readonly string[]>;
  /** Stops members and starts each again, under new cgroups. @default every front-end */
  restart(which?: readonly string[] | FrontEndFields): Promise<void>;
  /** Restarts every front-end on a changed configuration; those to come start with it. */
  deploy(fields: DeployFields): Promise<void>;
  /** Sets `pids.max`. @default every front-end, those to come too */
  setLimit(pidsMax: number, which?: MemberTargets): Promise<FaultOutcome>;
  /** SIGKILL at once; what it had on disk stays. */
  kill(which: string | MemberTargets): Promise<FaultOutcome>;
  /** Every thread stands still, connections stay open. */
  pause(which: string | MemberTargets): Promise<FaultOutcome>;
  /**
   * Nothing passes between members and others, in either direction. A host that has no means for it skips it, with the
   * reason. @default from every other member but the observer
   */
  partition(which: string | MemberTargets, from?: string | MemberTargets): Promise<FaultOutcome>;
  /** What passes between members and others takes longer, or is lost by chance, or both. */
  slow(which: string | MemberTargets, how: SlowFields): Promise<FaultOutcome>;
  /** Lifts the pauses that a member is in. @throws SettingsError when there is none. */
  resume(memberId: string): Promise<readonly FaultOutcome[]>;
  /** Lifts a fault, or all that are in force, the newest first. @default 'all' */
  heal(faultId?: string): Promise<readonly FaultOutcome[]>;
  /**
   * Waits until a change has shown: by what front-ends say of themselves while nothing but them was changed, else until it
   * had its time to, and for links that are still being opened a minute besides.
   */
  settle(until: Settling): Promise<void>;
  /**
   * Leaves the fleet as it is for so long; again for so long, three times and for 10 s at most, while most of what the
   * load saw of that time is void by its own doing.
   */
  hold(duration: Duration): Promise<void>;
  /**
   * Waits until a condition holds, by what is seen from now on.
   * @param within how long it is waited for. @default '30s'
   * @throws ConditionTimeoutError with the last figure.
   */
  until(condition: ConditionFields, options?: { readonly within?: Duration | undefined }): Promise<void>;
  /**
   * Measures what users get from now on.
   * @param over for so long, in whole windows of the load. @default '1s'
   * @throws SettingsError when the load does not run; InvalidLoadError when it did not keep its schedule.
   */
  goodput(over?: Duration): Promise<Goodput>;
  /**
   * Does something under a phase's name. Verdicts know some: `growth` and `addition`, `outage` (what it holds is what
   * the run is judged by), `removal`, `restart`, `recovery`.
   */
  phase<Result>(name: string, act: () => Promise<Result>): Promise<Result>;
}
