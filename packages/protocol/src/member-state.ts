/**
 * What a member says of itself: its kernel counters, and its role's view. The observer reads it under
 * {@link TOTALS_PATH}; claims are made of it. Application counters here support a claim and never stand alone: the kernel's
 * do.
 */
import type { MemberRole } from './membership.ts';

/** Path of a member's state in totals, as JSON: what is asked of every member again and again. */
export const TOTALS_PATH = '/debug/totals';
/** Path of the same with what one would look up in one member: of a front-end {@link KnownPeers}. */
export const STATE_PATH = '/debug/state';
/** Answers 200 while the process serves. */
export const HEALTH_PATH = '/healthz';
/** Answers 200 once the member is registered, 503 before. */
export const READY_PATH = '/readyz';
/** Prometheus text format. */
export const METRICS_PATH = '/metrics';

/** The pids controller's counters for one cgroup. */
export interface KernelCounters {
  /** `pids.current`: threads and processes now. */
  readonly tasks: number;
  /** `pids.max`; null when it is `max` (no limit). */
  readonly limit: number | null;
  /** `pids.events` `max`: forks and clones refused so far. */
  readonly limitHits: number;
  /** `pids.peak`; null where the kernel has none. */
  readonly peak: number | null;
  /** Whether `limitHits` counts this cgroup's own limit alone (`pids.events.local`), not an ancestor's too. */
  readonly hitsAreLocal: boolean;
  readonly cgroupVersion: 1 | 2;
}

interface StateBase {
  readonly memberId: string;
  readonly incarnation: string;
  readonly upMs: number;
  /** null where the kernel's files are not to be had (not on Linux). */
  readonly kernel: KernelCounters | null;
}

export interface FrontEndState extends StateBase {
  readonly role: 'front-end';
  readonly membership: {
    readonly version: number;
    /** When this member first learned of each of the others it knows, wall clock. */
    readonly learnedAtMs: Readonly<Record<string, number>>;
  };
  readonly links: {
    /** Links that should be open: known peers × threads a peer. */
    readonly wanted: number;
    readonly open: number;
    /** How long all of them have been open, counted anew from each change of membership; null while one is not. */
    readonly allOpenForMs: number | null;
    /** Worker threads that the links hold. */
    readonly threads: number;
    /** Threads that could not be had, counted per try. */
    readonly refusedThreads: number;
    readonly lastRefusal: string | null;
  };
  readonly shardMap: {
    /** Since the newest map's construction began; null before the first. */
    readonly ageMs: number | null;
    readonly aged: boolean;
    /** Share of the configured shards that the map has an owner for, 0 to 1. */
    readonly completeness: number;
    readonly shards: number;
    readonly builds: {
      readonly started: number;
      readonly finished: number;
      readonly failed: number;
      /** Constructions refused a thread, a part of `failed`. */
      readonly refusedThreads: number;
      readonly stopped: boolean;
      readonly lastFailure: string | null;
      readonly lastDurationMs: number | null;
    };
  };
  readonly routing: {
    readonly routed: number;
    /** By `RoutingFailure`. */
    readonly failed: Readonly<Record<string, number>>;
  };
}

/** How a link stands: in turn to be opened, under way, open, lost, or refused a thread; the last two are tried again. */
export type LinkState = 'waiting' | 'opening' | 'open' | 'broken' | 'refused';

/** The members that a front-end knows besides itself. */
export interface KnownPeers {
  readonly peers: readonly {
    readonly memberId: string;
    readonly role: MemberRole;
    readonly address: string;
    /** To a front-end as many as it has threads for each peer, to a back-end one. */
    readonly links: readonly LinkState[];
  }[];
  /** Members that are known and not listed: the list is bounded. */
  readonly peersLeftOut: number;
}

export interface BackEndState extends StateBase {
  readonly role: 'back-end';
  readonly shards: number;
  readonly leaseEpoch: number;
  readonly appended: number;
  readonly commits: number;
  readonly failedAppends: number;
}

export interface MetadataState extends StateBase {
  readonly role: 'metadata';
  readonly membershipVersion: number;
  readonly configurationVersion: number;
  readonly members: number;
  readonly requests: number;
}

export type MemberState = FrontEndState | BackEndState | MetadataState;

/** Whether a front-end's own word is that a construction of its map was under way. */
export function isConstructing({ shardMap: { builds } }: Pick<FrontEndState, 'shardMap'>): boolean {
  return builds.started > builds.finished + builds.failed;
}
