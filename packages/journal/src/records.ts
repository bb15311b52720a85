/**
 * What a journal holds: one JSON object a line, in the order in which it was known. The journal is the one
 * source of a run: claims, verdicts, plots and comparisons are functions of these records and of nothing else.
 * A change of meaning raises {@link JOURNAL_VERSION}.
 */
import type { BalancerRecord } from '@fleetfall/protocol/balancer-stdio.ts';
import type { DrillEvent } from '@fleetfall/protocol/drill.ts';
import type { Expectation } from '@fleetfall/protocol/expectation.ts';
import type { FaultOutcome } from '@fleetfall/protocol/faults.ts';
import type { Cohort, KeyDistribution, LoadRecord } from '@fleetfall/protocol/load-stdio.ts';
import type { KernelCounters } from '@fleetfall/protocol/member-state.ts';
import type { ObserverRecord } from '@fleetfall/protocol/observer-stdio.ts';
import type { RateProfile } from '@fleetfall/protocol/rate-profile.ts';
import type { RuntimeName } from '@fleetfall/protocol/runtimes.ts';
import type { FrontEndSettings } from '@fleetfall/protocol/settings.ts';

export type { Expectation };

export const JOURNAL_VERSION = 1;

/**
 * One fleet of a run, by its name in the experiment. `main` is the experiment; the others are its controls, which
 * differ from it in what their title says.
 */
export type Arm = string;

/**
 * A phase of an arm: `start` and `steady-state`, which every arm begins with, and those of its method. Claims know
 * some by their names: `growth` and `addition` add front-ends, `outage` holds the fleet at full size, `removal` takes
 * the addition back, `restart` restarts all, `recovery` watches what that brought.
 */
export type Phase = string;

/** What is stamped on every record when it is appended. */
export interface Stamp {
  /** Since the run began, monotonic. */
  readonly monoMs: number;
  /** Wall clock. */
  readonly atMs: number;
}

/** What the host is: to tell whether two runs can be compared, and what a verdict rests on. */
export interface HostFacts {
  readonly kernel: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly node: string;
  readonly cgroupVersion: 1 | 2 | null;
  readonly engine: string | null;
  /** Of its first core; null where it is not this host's to tell. Journals of before it was told have none. */
  readonly cpuModel?: string | null;
}

/** The configuration of one arm's fleet. */
export interface ArmSettings {
  readonly pidsMax: number;
  /** Front-ends before the addition. */
  readonly frontEndsBefore: number;
  /** Front-ends at which growth stops when nothing breaks before. */
  readonly frontEndsMax: number;
  readonly backEnds: number;
  readonly shards: number;
  readonly ratePerSecond: number;
  readonly recordBytes: number;
  /** How the load calls: with one attempt, or the SDK's own retries. Journals of before it was told have none. */
  readonly client?: 'raw' | 'sdk';
  readonly balance?: 'round-robin' | 'sticky';
  readonly batch?: number;
  /** How the rate comes to `ratePerSecond`; none where it is constant. */
  readonly stages?: RateProfile;
  readonly arrivals?: 'even' | 'poisson';
  readonly keys?: KeyDistribution;
  readonly readFraction?: number;
  /** Whether requests go to the front-ends, or to a balancer before them. @default 'direct' */
  readonly through?: 'direct' | 'balancer';
  /** Whether what was acknowledged is read back when the load has ended. */
  readonly verifies?: boolean;
  readonly sampleIntervalMs: number;
  readonly frontEnd: FrontEndSettings;
}

/** Counters of one member's cgroup, read on the host: a witness that the member has no hand in. */
export interface WitnessReading {
  readonly memberId: string;
  readonly incarnation: number;
  readonly kernel: KernelCounters;
  /** Whether some cgroup above it stood at its limit. */
  readonly ancestorAtLimit: boolean;
}

export type RunRecord = {
  readonly kind: 'run';
  readonly version: typeof JOURNAL_VERSION;
  readonly experiment: string;
  readonly runId: string;
  readonly seed: string;
  readonly runtime: RuntimeName;
  /** Why this runtime. */
  readonly runtimeReason: string;
  readonly size: string;
  /** Which of how many runs of all arms, from 1. */
  readonly trial: { readonly number: number; readonly of: number };
  /** How much the incident's hour of discovery is compressed: 3,600,000 ms ÷ discoveryDelayMaxMs. */
  readonly timeScale: number;
  readonly host: HostFacts;
  /** A digest of each part of the experiment as it was laid out: `main.method`. Journals of before they were kept have none. */
  readonly digests?: Readonly<Record<string, string>>;
  readonly fleetfall: string;
  /**
   * The experiment with all that a command line said, an experiment file of its own: what gives the run again. Journals
   * of before it was told have none.
   */
  readonly effective?: unknown;
};

/** A record that belongs to one arm. */
export type ArmRecord = { readonly arm: Arm } & (
  | {
      readonly kind: 'arm';
      /** What differs in it; null for the experiment itself. */
      readonly title: string | null;
      readonly expect: Expectation;
      /** The phases of its method, in their order. */
      readonly method: readonly Phase[];
      readonly settings: ArmSettings;
    }
  | {
      readonly kind: 'phase';
      readonly phase: Phase;
      readonly event: 'begin' | 'end';
      readonly frontEnds: number;
    }
  /**
   * A member's life. `incarnation` counts its starts from 1: each start has a cgroup, and counters, of its own.
   * `frontEnds` is the size of the front-end fleet after the event.
   */
  | {
      readonly kind: 'member';
      readonly event: 'started' | 'removed' | 'died';
      readonly memberId: string;
      readonly role: 'front-end' | 'back-end' | 'metadata' | 'observer' | 'load' | 'balancer';
      readonly cohort: Cohort | null;
      readonly incarnation: number;
      readonly frontEnds: number;
      readonly detail: string | null;
    }
  /** What became of a fault that was put into force, or lifted, with the evidence. */
  | ({ readonly kind: 'fault' } & FaultOutcome)
  /**
   * From here on front-ends are restarted on another configuration, and those to come start with it. `frontEnd` is all of
   * it that is in force then.
   */
  | {
      readonly kind: 'deploy';
      readonly changes: Partial<FrontEndSettings>;
      readonly frontEnd: FrontEndSettings;
      /** How many are restarted at once; null for all. */
      readonly batch: number | null;
    }
  /**
   * What happened in a blind drill. A journal of what is shown of one has no faults, and no counts against limits.
   */
  | ({ readonly kind: 'drill' } & DrillEvent)
  /**
   * What was done to the fleet has shown, or had its time to: from here to the next change it stands, settled, at this
   * size. `seen` tells which, where it was looked for: whether it was seen at every front-end.
   */
  | { readonly kind: 'settled'; readonly frontEnds: number; readonly seen?: boolean }
  /** A hold goes on for its time again: most of what the load saw of it until here is void, and why. */
  | { readonly kind: 'held-again'; readonly reason: string }
  /** Made from kernel counts at small sizes, before the fleet grows. */
  | { readonly kind: 'prediction'; readonly prediction: Prediction }
  | { readonly kind: 'witness'; readonly sampledAtMs: number; readonly readings: readonly WitnessReading[] }
  | ({ readonly kind: 'observer' } & { readonly record: Exclude<ObserverRecord, { kind: 'ready' }> })
  | ({ readonly kind: 'balancer' } & { readonly record: Exclude<BalancerRecord, { kind: 'ready' }> })
  | ({ readonly kind: 'load' } & { readonly record: Exclude<LoadRecord, { kind: 'ready' | 'history' }> })
  /** What becomes of every write of the load is kept in this file from now on, beside the journal, for `readHistory`. */
  | { readonly kind: 'history'; readonly stream: string; readonly file: string }
);

/**
 * The end of a run: `complete` when every phase of every arm was gone through, `unsteady` when an arm never came to its
 * steady state, `untried` when a fault of the method could not be put into force, `stopped` when one of the
 * experiment's stop conditions held, `failed` for all else. A complete run has a reason where a rollback behind it failed.
 */
export type EndRecord = {
  readonly kind: 'end';
  readonly how: 'complete' | 'unsteady' | 'untried' | 'stopped' | 'failed';
  readonly reason: string | null;
};

export type JournalEntry = RunRecord | ArmRecord | EndRecord;
export type JournalRecord = JournalEntry & Stamp;

/** tasks(N) = a + k·(N − 1) on the sizes that were measured, and the size that it says will break. */
export interface Prediction {
  /** Threads of a front-end without peers. */
  readonly a: number;
  /** Threads for each peer. */
  readonly k: number;
  /** Momentary threads above the settled count: a construction under way. */
  readonly c: number;
  readonly limit: number;
  /** First size at which a thread is refused; null when threads do not grow with the fleet. */
  readonly size: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Median settled tasks per member by size, as measured. */
  readonly measured: readonly {
    readonly frontEnds: number;
    readonly tasks: number;
    readonly samples: number;
  }[];
  /** Largest distance of a measured point from the line, in threads. */
  readonly residual: number;
}
