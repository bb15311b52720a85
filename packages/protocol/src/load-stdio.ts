/**
 * What crosses the load's standard streams, one JSON object a line: commands in, records out.
 */
import type { Endpoint } from './membership.ts';
import type { RateProfile } from './rate-profile.ts';

/** How often the load of a fleet tells what became of its requests. */
export const LOAD_WINDOW_MS = 500;

/**
 * What one load can do, held by both sides: it refuses a command that asks for more, and an experiment that would need
 * more is refused before anything is started.
 */
export const LOAD_LIMITS = {
  /** Ten requests a tick of the pacer: past that, one thread would measure itself. */
  ratePerSecondMax: 10_000,
  /** What became of every write is kept until it is read back: 76 MB at the most. */
  writesMax: 4_000_000,
  shardsMax: 10_000,
  /** A record carries its writer and its number. */
  recordBytesMin: 32,
  requestTimeoutMsMax: 60_000,
} as const;

/** Servers that were there before the addition, and those that came with it. */
export type Cohort = 'incumbent' | 'newcomer';

/** Which partition keys are written to. */
export type KeyDistribution =
  | { readonly kind: 'uniform' }
  /** Key k of 10,000 is chosen in proportion to 1 ÷ k^exponent. */
  | { readonly kind: 'zipf'; readonly exponent: number }
  /** `fraction` of the writes go to one key, the others are spread evenly. */
  | { readonly kind: 'hot'; readonly fraction: number };

/** A front-end that requests may go to. */
export interface Target extends Endpoint {
  readonly memberId: string;
  readonly cohort: Cohort;
}

export type LoadCommand =
  /** The whole list of front-ends, each time it changes. */
  | { readonly op: 'targets'; readonly targets: readonly Target[] }
  /** Makes the stream through the front door and waits until records can be put. Answered by `stream-ready`. */
  | {
      readonly op: 'create-stream';
      readonly stream: string;
      readonly shards: number;
      readonly timeoutMs: number;
    }
  /** Starts the schedule; it ends by itself after `durationMaxMs`. */
  | {
      readonly op: 'start';
      readonly stream: string;
      /** Once the stages are over, or all the time. */
      readonly ratePerSecond: number;
      /** How the rate comes there. @default none */
      readonly stages?: RateProfile;
      /** Each when the profile has come to it, or as of many users who know nothing of one another. @default 'even' */
      readonly arrivals?: 'even' | 'poisson';
      readonly recordBytes: number;
      readonly inFlightMax: number;
      readonly timeoutMs: number;
      readonly durationMaxMs: number;
      /** `raw`: one attempt a call. `sdk`: the AWS SDK with its own retries and token bucket. @default 'raw' */
      readonly client?: 'raw' | 'sdk';
      /** To each front-end in turn, or to one until it is no longer ready. @default 'round-robin' */
      readonly balance?: 'round-robin' | 'sticky';
      /** Records in a put: above 1 it is PutRecords. @default 1 */
      readonly batch?: number;
      /** @default uniform */
      readonly keys?: KeyDistribution;
      /** Of the calls, so many read, shard after shard; 0 to 1. @default 0 */
      readonly readFraction?: number;
      /**
       * Whether what becomes of every write to the stream is told, from now on: as `history` records, the last of them
       * before `stopped`. @default false
       */
      readonly history?: boolean;
    }
  /** Ends the schedule, waits for what is under way, answers `stopped`. */
  | { readonly op: 'stop' }
  /** Reads every shard to its end and compares with what was acknowledged. Answered by `read-back`. */
  | { readonly op: 'read-back'; readonly stream: string; readonly timeoutMs: number };

/**
 * Requests of one window that ended alike. `outcome` is `ok`, an error's name, or a client's reason such as
 * `timeout`. Requests that had no front-end to go to are `no-target`, of member `none`.
 */
export interface OutcomeCount {
  readonly memberId: string;
  readonly cohort: Cohort;
  /** What was asked for, such as `PutRecord`. Journals of before it was told have none. */
  readonly operation?: string;
  readonly outcome: string;
  /** The front-end's routing failure, where it told one. */
  readonly reason: string | null;
  readonly count: number;
  /** Attempts after the first, of all of them together, where the client tried again by itself. */
  readonly retries?: number;
}

/**
 * A histogram of durations as it is recorded: buckets that hold something, each as its distance from the one before
 * and its count, in turn. What a bucket spans is `journal/histogram.ts`'s; only by it are they read and added up.
 */
export interface HistogramCounts {
  readonly count: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly buckets: readonly number[];
}

/** The outcome of a request that failed in the generator itself: nobody was asked, so nobody answered badly. */
export const CLIENT_ERROR_OUTCOME = 'client-error';

/** Outcomes of requests that no server answered: nobody knows how long an answer would have taken. */
export const UNANSWERED_OUTCOMES: ReadonlySet<string> = new Set([
  'timeout',
  'connect-timeout',
  'connection-refused',
  'connection-reset',
  'unreachable',
  'tls-error',
  'no-target',
]);

/** Latency of requests of one operation that ended alike, whatever server they went to. */
export interface LatencySeries {
  readonly operation: string;
  readonly outcome: string;
  /** From the intended send to the end. */
  readonly latency: HistogramCounts;
}

/** What a generator says of itself. `reason` is null when it kept its schedule. */
export interface GeneratorVerdict {
  readonly verdict: 'valid' | 'invalid';
  readonly reason: string | null;
  /** It ran on time, and could not send since too many requests hung: an invalid window that shows the service as it is. */
  readonly heldBack?: boolean;
}

/** The durations of one window. Journals of before these were kept have none. */
export interface LoadHistograms {
  /** From the intended send to the end of the answer, requests that ended well. */
  readonly latency: HistogramCounts;
  /** From the actual send to the end of the answer, the same requests. */
  readonly service: HistogramCounts;
  /** From the intended to the actual send, all requests sent. */
  readonly lateness: HistogramCounts;
  /** How long the event loop of the load kept work waiting, for each millisecond of the window. */
  readonly loopDelay: HistogramCounts;
  /** Each operation and outcome apart, failures among them; none where all was one operation that ended well. */
  readonly series?: readonly LatencySeries[];
}

export type LoadRecord =
  | { readonly kind: 'ready' }
  | { readonly kind: 'stream-ready'; readonly stream: string; readonly tookMs: number }
  | {
      readonly kind: 'load';
      readonly windowEndMs: number;
      readonly windowMs: number;
      /** Due by the schedule; sent; not sent because too many were under way; still under way at the window's end. */
      readonly offered: number;
      readonly sent: number;
      readonly dropped: number;
      readonly inFlight: number;
      /** Requests that ended within the window. */
      readonly outcomes: readonly OutcomeCount[];
      /** How attempts failed within the window, where the client tries again by itself: by outcome. */
      readonly attemptFailures?: Readonly<Record<string, number>>;
      /** From the intended send to the answer, requests that ended well. null without any. */
      readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number } | null;
      /** How late requests were sent, 99th percentile. */
      readonly latenessP99Ms: number;
      readonly targetsReady: number;
      readonly histograms?: LoadHistograms;
      /** Whether the load kept its schedule in this window: what an invalid one shows is unknown. */
      readonly generator?: GeneratorVerdict;
    }
  | {
      readonly kind: 'stopped';
      readonly offered: number;
      readonly sent: number;
      readonly dropped: number;
      readonly ok: number;
    }
  /** The next bytes of the history of a stream's writes, in base64. Put together they are a file for `readHistory`. */
  | { readonly kind: 'history'; readonly stream: string; readonly bytes: string }
  | {
      readonly kind: 'read-back';
      readonly acknowledged: number;
      readonly found: number;
      readonly lost: number;
      readonly duplicated: number;
      readonly outOfOrder: number;
      /** Writes whose outcome the load never knew, and those among them that were there. Older journals have neither. */
      readonly unknown?: number;
      readonly unknownFound?: number;
      /** Writes that were refused as certainly not written, and were there. */
      readonly refusedButFound?: number;
      /** Examples of what was lost, at most ten. */
      readonly lostExamples: readonly string[];
    }
  /** A command that was refused or could not be done. `op` is null when the line does not tell which it was. */
  | { readonly kind: 'failed'; readonly op: LoadCommand['op'] | null; readonly message: string };
