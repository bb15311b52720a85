/**
 * One modelled front-end and the world it lives in: what the model keeps of it, and what it would tell of itself
 * when asked. How it comes to be so is the model's.
 */
import type { Cohort } from '@fleetfall/protocol/load-stdio.ts';
import type { FrontEndState, KernelCounters } from '@fleetfall/protocol/member-state.ts';

export interface ModelOptions {
  readonly bootThreads: number;
  readonly threadsPerPeer: number;
  readonly constructionThreads: number;
  readonly pidsMax: number;
  readonly onBuildFailure: 'stop' | 'retry';
  /** An outer limit that is always reached. */
  readonly ancestorAtLimit: boolean;
  readonly hitsAreLocal: boolean;
  /** Whether the kernel has pids.peak. */
  readonly hasPeak: boolean;
  /** Whether requests fail where a map is aged. */
  readonly agedMapRefused: boolean;
  /** Whether health checks are answered by a member that cannot route. */
  readonly aliveAtLimit: boolean;
  readonly backEndHealthy: boolean;
  /** Requests that fail in every window, whatever the fleet does. */
  readonly noiseFailures: number;
  /** Whether a restarted member can build a map. */
  readonly restartHeals: boolean;
}

/** The world in which every claim holds. */
export const DEFAULTS: ModelOptions = {
  bootThreads: 11,
  threadsPerPeer: 1,
  constructionThreads: 1,
  pidsMax: 24,
  onBuildFailure: 'stop',
  ancestorAtLimit: false,
  hitsAreLocal: false,
  hasPeak: true,
  agedMapRefused: true,
  aliveAtLimit: true,
  backEndHealthy: true,
  noiseFailures: 0,
  restartHeals: true,
};

export interface ModelledMember {
  readonly memberId: string;
  readonly cohort: Cohort;
  incarnation: number;
  startedMs: number;
  learnedMs: Map<string, number>;
  tasks: number;
  peak: number;
  hits: number;
  builtMs: number | null;
  nextBuildMs: number;
  builds: { started: number; finished: number; failed: number; stopped: boolean };
}

/** The counters of the member's cgroup. */
export function kernelOf({ tasks, hits, peak }: ModelledMember, options: ModelOptions): KernelCounters {
  const { pidsMax, hasPeak, hitsAreLocal } = options;
  return {
    tasks,
    limit: pidsMax,
    limitHits: hits,
    peak: hasPeak ? peak : null,
    hitsAreLocal,
    cgroupVersion: 1,
  };
}

/** The member's whole state, as its debug route answers. */
export function stateOf(
  member: ModelledMember,
  options: ModelOptions,
  now: { readonly monoMs: number; readonly beginAtMs: number; readonly aged: boolean },
): FrontEndState {
  const { memberId, incarnation, builds, builtMs, hits } = member;
  const learned = [...member.learnedMs].filter(([, atMs]) => atMs <= now.monoMs);
  const links = { wanted: learned.length, open: learned.length, threads: learned.length };
  return {
    role: 'front-end',
    memberId,
    incarnation: `${memberId}-${incarnation}`,
    upMs: now.monoMs - member.startedMs,
    kernel: kernelOf(member, options),
    membership: {
      version: learned.length,
      learnedAtMs: Object.fromEntries(learned.map(([id, atMs]) => [id, now.beginAtMs + atMs])),
    },
    links: { ...links, allOpenForMs: hits > 0 ? null : 0, refusedThreads: hits, lastRefusal: null },
    shardMap: {
      ageMs: builtMs === null ? null : now.monoMs - builtMs,
      aged: now.aged,
      completeness: builtMs === null ? 0 : 1,
      shards: 256,
      builds: { ...builds, refusedThreads: builds.failed, lastFailure: null, lastDurationMs: 20 },
    },
    routing: { routed: 0, failed: {} },
  };
}
