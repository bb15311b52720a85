/**
 * How the members behave: every assumption about the unknown insides of the real service that the fleet had to
 * author, as a field with its alternatives. Members receive these in their boot line; the experiment validates
 * them. What AWS disclosed and what is assumed: INCIDENT facts, summarised in the README.
 */

export interface FrontEndSettings {
  /** Where the threads go: a thread for each other front-end (the incident), a bounded pool, or none (the control). */
  readonly peerLinks: 'thread-per-peer' | 'thread-pool' | 'event-loop';
  /** Worker threads, each with a connection of its own, for every other front-end. Used by `thread-per-peer`. */
  readonly threadsPerPeer: number;
  /** Threads of the pool that carries all links. Used by `thread-pool`. */
  readonly linkPoolThreads: number;
  /** `on-demand`: a thread is made for each construction and let go. `resident`: it is kept. */
  readonly constructionThread: 'on-demand' | 'resident';
  /** Past `shardMapMaxAgeMs` a map is refused, or served stale. */
  readonly agedMap: 'refuse' | 'serve';
  /** A construction without word from some known peer fails, or goes on without that peer's slices. */
  readonly missingPeer: 'failsBuild' | 'partial';
  /** After a failed construction: no further one, or the next at its time. */
  readonly onBuildFailure: 'stop' | 'retry';
  /** The longest a member takes to learn of a change of membership. The incident's hour, compressed. */
  readonly discoveryDelayMaxMs: number;
  /**
   * From one construction's beginning to the next's, unless a change of membership brings it forward; a quarter of it is
   * left between two at least.
   */
  readonly buildIntervalMs: number;
  readonly shardMapMaxAgeMs: number;
  /** Threads of the member's libuv pool, all started at boot: a part of its base of tasks. */
  readonly uvThreads: number;
}

/** Build intervals are stretched or shortened by up to this share, so that members do not build in step. */
export const BUILD_INTERVAL_JITTER = 0.1;

/**
 * How long a member that has just come waits for what its first map is made of, and holds requests for it: for all
 * to have learned of it, and to be linked before a map would be too old.
 */
export function firstMapWaitMs({
  discoveryDelayMaxMs,
  shardMapMaxAgeMs,
  buildIntervalMs,
}: FrontEndSettings): number {
  return discoveryDelayMaxMs + shardMapMaxAgeMs + buildIntervalMs;
}

export interface BackEndSettings {
  /** How long a back-end vouches for its shards; renewed three times within it. */
  readonly leaseMs: number;
}

export interface MetadataSettings {
  /** A member that has not been heard of for so long is dropped. */
  readonly memberLeaseMs: number;
}

/** OS threads of Node 26 before its libuv pool starts: main, 4 V8 workers, delayed-task scheduler, signal inspector. */
const NODE_TASKS = 7;

/** Threads of a libuv pool when nothing is said: libuv's own default. */
export const UV_THREADS_OTHERWISE = 4;

/**
 * OS threads of a freshly booted member before any peer link: Node's own and the warmed libuv pool's. Measured; a
 * test holds it against the kernel. For validating a limit before it is used: the prediction never reads it.
 */
export function bootTasks(uvThreads: number): number {
  return NODE_TASKS + uvThreads;
}

/** {@link bootTasks} of a member whose pool is of the usual size. */
export const BOOT_TASKS = bootTasks(UV_THREADS_OTHERWISE);

/** Threads that a shard-map construction holds while it runs. */
export const CONSTRUCTION_TASKS = 1;

/**
 * The size at which the first thread is refused, from the configuration: the formula that the plan uses to lay
 * out an experiment. The prediction is made from kernel counts instead, and the two are compared.
 * @returns Infinity when links take no threads of their own.
 */
export function plannedBreakingSize(
  pidsMax: number,
  settings: Pick<FrontEndSettings, 'peerLinks' | 'threadsPerPeer' | 'uvThreads'>,
): number {
  if (settings.peerLinks !== 'thread-per-peer') return Number.POSITIVE_INFINITY;
  return (
    Math.floor((pidsMax - bootTasks(settings.uvThreads) - CONSTRUCTION_TASKS) / settings.threadsPerPeer) + 2
  );
}
