/**
 * What a script says of the fleet that it starts: the fields of an experiment file's `fleet:` and `load:`, with the
 * same units, defaults and messages. Said here in words of their own, since these types are published; a test holds
 * them against the schema that validates.
 */
import type { Cohort } from '@fleetfall/protocol/load-stdio.ts';
import type { RuntimeName } from '@fleetfall/protocol/runtimes.ts';

/** A duration with its unit: `800ms`, `1.5s`, `2m`, `1h`. */
export type Duration = `${number}ms` | `${number}s` | `${number}m` | `${number}h`;
/** A rate: `300/s`. */
export type Rate = `${number}/s` | `${number}/m`;
/** A size: `512B`, `2KiB`. */
export type Size = `${number}B` | `${number}kB` | `${number}KiB`;

/** The fields of an experiment's `fleet:`. */
export interface FleetFields {
  /** Front-ends that are started, 3 to 100. @default 12 */
  readonly frontEnds?: number | undefined;
  /** Front-ends that growth may come to, 4 to 120. @default 24 */
  readonly frontEndsMax?: number | undefined;
  /** Back-ends that hold the shards. @default 2 */
  readonly backEnds?: number | undefined;
  /** Shards of the stream. @default 256 */
  readonly shards?: number | undefined;
  /** `pids.max` of each front-end's cgroup. @default 24 */
  readonly pidsMax?: number | undefined;
  /** How often every member's kernel counters are read. @default '400ms' */
  readonly sampleInterval?: Duration | undefined;
  /** Where the threads go: one for each other front-end (the incident), a bounded pool, or none. @default 'thread-per-peer' */
  readonly peerLinks?: 'thread-per-peer' | 'thread-pool' | 'event-loop' | undefined;
  /** Worker threads for each other front-end. @default 1 */
  readonly threadsPerPeer?: number | undefined;
  /** Threads of the pool that carries all links (`thread-pool`). @default 4 */
  readonly linkPoolThreads?: number | undefined;
  /** Threads of each front-end's libuv pool, which are a part of its base. @default 4 */
  readonly uvThreads?: number | undefined;
  /** Whether the thread that constructs a shard-map is made for it and let go, or kept. @default 'on-demand' */
  readonly constructionThread?: 'on-demand' | 'resident' | undefined;
  /** What becomes of a shard-map past its age. @default 'refuse' */
  readonly agedMap?: 'refuse' | 'serve' | undefined;
  /** A construction without word from some known peer fails, or goes on without it. @default 'partial' */
  readonly missingPeer?: 'failsBuild' | 'partial' | undefined;
  /** What follows a failed construction. @default 'stop' */
  readonly onBuildFailure?: 'stop' | 'retry' | undefined;
  /** The longest a member takes to learn of others: the incident's hour, compressed. @default '800ms' */
  readonly discoveryDelayMax?: Duration | undefined;
  /** From one shard-map construction's beginning to the next's, at most. @default '800ms' */
  readonly buildInterval?: Duration | undefined;
  /** Age past which a shard-map is refused. @default '2s' */
  readonly shardMapMaxAge?: Duration | undefined;
}

/** The fields of an experiment's `load:`. */
export interface LoadFields {
  /**
   * Requests offered, on an open schedule: `300/s`, a ramp `100/s..2000/s`, or steps `100/s,200/s,400/s` of equal
   * length, whose last rate goes on. @default '300/s'
   */
  readonly rate?: Rate | `${Rate}..${Rate}` | `${Rate},${string}` | undefined;
  /** How long a ramp or steps take. @default '60s' */
  readonly over?: Duration | undefined;
  /** Another rate for a while, since the load began: `2000/s@10s+2s`. */
  readonly spike?: `${Rate}@${Duration}+${Duration}` | undefined;
  /** Requests evenly spaced, or as of many users who know nothing of one another. @default 'even' */
  readonly arrivals?: 'even' | 'poisson' | undefined;
  /** @default '512B' */
  readonly recordSize?: Size | undefined;
  /** One attempt a call, or the AWS SDK with its own retries and token bucket. @default 'raw' */
  readonly client?: 'raw' | 'sdk' | undefined;
  /** To each ready front-end in turn, or to one until it is no longer ready. @default 'round-robin' */
  readonly balance?: 'round-robin' | 'sticky' | undefined;
  /** To the front-ends that the membership names, or to one endpoint before them: a balancer of connections. @default 'direct' */
  readonly through?: 'direct' | 'balancer' | undefined;
  /** Records in a put, 1 to 500; above 1 it is PutRecords. @default 1 */
  readonly batch?: number | undefined;
  /** Partition keys of the puts: by popularity, or so many to one key. @default 'uniform' */
  readonly keys?: 'uniform' | `zipf:${number}` | `hot:${number}%` | undefined;
  /** Of the calls, so many read, shard after shard. @default '0%' */
  readonly reads?: `${number}%` | undefined;
  /** Whether every shard is read to its end when the load has ended: no acknowledged record may be lost. @default false */
  readonly verify?: boolean | undefined;
}

/** A bound on a figure of the run, as in an experiment's `steadyState:`. */
export interface ConditionFields {
  /** Percentiles are of the latency from the intended send; with `service.` of that from the actual one. */
  readonly metric:
    | 'goodput'
    | 'errors'
    | `errors{${string}}`
    | `p${number}`
    | 'max'
    | `service.p${number}`
    | 'ok-rate'
    | 'dropped'
    | 'refusals'
    | 'tasks'
    | 'front-ends'
    | 'map-age'
    | 'completeness';
  /** In the metric's unit: `>= 99%`, `< 2s`, `> 100/s`, `== 0`. */
  readonly is: string;
  /** How long it has to hold without a break; a latency is that of all requests of so long together. @default '1s' */
  readonly for?: Duration | undefined;
  /** Since the load began, or for what needs no load since the fleet was up: before that it is not looked at. @default '0ms' */
  readonly after?: Duration | undefined;
  /** Of requests to these front-ends alone: `goodput`, `errors` and `ok-rate`. */
  readonly cohort?: Cohort | undefined;
}

/** Front-ends by a description: those that all given fields fit, the newest `count` of them. */
export interface FrontEndFields {
  readonly cohort?: Cohort | undefined;
  readonly count?: number | undefined;
}

/** What `grow` takes besides a number. */
export interface GrowFields {
  /** How many front-ends come at once. */
  readonly by: number;
  /** Again and again, until the kernel refused some front-end a thread. Needs `orTo`. */
  readonly until?: 'thread-refused' | undefined;
  /** Where growth ends when no thread is refused before. */
  readonly orTo?: number | undefined;
  /** What is waited for after each growth. */
  readonly settle?: Settling | undefined;
}

/** What `deploy` changes, and how: see {@link FleetFields}. */
export interface DeployFields
  extends Omit<
    FleetFields,
    'frontEnds' | 'frontEndsMax' | 'backEnds' | 'shards' | 'pidsMax' | 'sampleInterval' | 'uvThreads'
  > {
  /** How many front-ends are restarted at once. @default all */
  readonly batch?: number | undefined;
}

/**
 * What a fleet can be waited for after a change. `linked`: every front-end knows all others, has every link open and a
 * map. The others are times within which a change has shown: `spread`, discovery and the next build; `ageing`, discovery
 * and the age at which maps built before are refused; `consequences`, all of it.
 */
export type Settling = 'linked' | 'spread' | 'ageing' | 'consequences';

/** What a script is held to when its journal is judged, as in an experiment's arm. */
export type ExpectationFields =
  | 'healthy'
  | 'outage'
  | {
      readonly outage: {
        readonly signature?:
          | 'thread-refused'
          | 'nothing-refused'
          | 'back-end-unreachable'
          | 'members-died'
          | undefined;
        readonly atSize?: 'predicted' | number | undefined;
      };
    };

/** What {@link startFleet} takes: nothing of it is required. */
export interface StartFleetOptions extends FleetFields {
  /** The name of the run's folder in the store. @default 'script' */
  readonly name?: string | undefined;
  /** `auto`: docker when an engine answers, else cgroup. @default 'auto' */
  readonly runtime?: 'auto' | RuntimeName | undefined;
  /** Of every random choice. @default a new one */
  readonly seed?: string | undefined;
  /** How much the incident's hour of discovery is compressed; instead of `discoveryDelayMax`. */
  readonly timeScale?: number | undefined;
  /** The load that runs from the start, or false for none until `fleet.load.start()`. @default the load's own defaults */
  readonly load?: LoadFields | false | undefined;
  /** What must hold before `startFleet` resolves. Not waited for without load. */
  readonly steadyState?: readonly ConditionFields[] | undefined;
  /** What ends the run: from then on every call is refused with a `StoppedError`. */
  readonly stopWhen?: readonly ConditionFields[] | undefined;
  /** What the journal is judged by, in its phase `outage`. @default 'healthy' */
  readonly expect?: ExpectationFields | undefined;
  /** The folder below which the run's folder is made. @default 'store' */
  readonly store?: string | undefined;
  /** Ends the run: every call under way is refused with its reason. The fleet is still to be disposed. */
  readonly signal?: AbortSignal | undefined;
  /** Hears, in words for people, of what takes long: an image that is built. */
  readonly onProgress?: ((line: string) => void) | undefined;
}
