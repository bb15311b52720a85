/**
 * Keeps a shard-map fresh: a construction begun every `buildIntervalMs` from the three sources as they then stand, and
 * what follows when one fails (`onBuildFailure`). The first waits until its sources have spoken, so that a new
 * member starts with a whole map; and once they have spoken after a change of membership, one is begun before its time. How
 * old the newest map is, and whether that is too old, is told here; what a request gets then is the router's.
 */
import type { FrontEndState } from '@fleetfall/protocol/member-state.ts';
import {
  BUILD_INTERVAL_JITTER,
  type FrontEndSettings,
  firstMapWaitMs,
} from '@fleetfall/protocol/settings.ts';
import type { Random } from '../jitter.ts';
import { ThreadRefusedError } from '../thread-refusal.ts';
import type { ConstructionInput } from './construct.ts';
import type { ConstructionPool } from './construction-pool.ts';
import { createShardMap, type ShardMap } from './shard-map.ts';

/** A construction that takes longer has failed; far above what tens of thousands of shards need. */
const CONSTRUCTION_DEADLINE_MS = 10_000;
/** How often it is looked whether the sources have spoken, while a construction waits for that. */
const SOURCES_POLL_MS = 50;
/**
 * Intervals are from one beginning to the next, so that a construction that waited long for a processor does not make
 * the next late as well; of each this share is left between two, or a fleet that has too little processor has none left.
 */
const REST = 0.25;

/** A change has all members construct at once: the next comes after this share of the interval, or they went on in step. */
const outOfStep = (random: Random): number => 0.5 + random() / 2;

/** The three sources, as the builder asks for them. */
export interface MapSources {
  /** Whether every source has said what it has to say: nothing more is to be had by waiting. */
  settled(): boolean;
  /**
   * The sources now, with the configuration read again.
   * @returns undefined when a source has never spoken: there is nothing to construct from yet.
   * @throws MissingPeerError when some known peer has not been heard and that fails a construction.
   */
  gather(): Promise<ConstructionInput | undefined>;
}

/** Some known peer's word is missing, and `missingPeer` is `failsBuild`. */
export class MissingPeerError extends Error {
  override readonly name = 'MissingPeerError';
}

export interface MapBuilder extends AsyncDisposable {
  /**
   * The membership has changed: a construction is begun before its time, once all members can have learned of it and the
   * sources have spoken.
   */
  membershipChanged(): void;
  /** The newest map, however old; undefined before the first. */
  current(): ShardMap | undefined;
  /** Whether the newest map is older than `shardMapMaxAgeMs`. */
  aged(): boolean;
  /** Resolves with the first map, or undefined when there is none after `timeoutMs` or none will be built. */
  first(timeoutMs: number): Promise<ShardMap | undefined>;
  state(): FrontEndState['shardMap'];
}

export interface MapBuilderOptions {
  readonly settings: FrontEndSettings;
  readonly sources: MapSources;
  readonly pool: ConstructionPool;
  readonly random: Random;
  readonly log: (message: string) => void;
}

export function startMapBuilder({ settings, sources, pool, random, log }: MapBuilderOptions): MapBuilder {
  const stopping = new AbortController();
  const firstMap = Promise.withResolvers<ShardMap | undefined>();
  const builds = { started: 0, finished: 0, failed: 0, refusedThreads: 0 };
  let map: ShardMap | undefined;
  let stopped = false;
  let lastFailure: string | null = null;
  let lastDurationMs: number | null = null;
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> = Promise.resolve();
  /** Whether a change has yet to be in a map, with all that the sources have to say of it: at first, everything has. */
  let changed = true;
  /** When others can have learned of it, and announce what falls to them; monotonic, as are the other times. */
  let learnedMs = 0;
  /** When the next construction begins, whether or not its sources have spoken. */
  let dueMs = performance.now() + firstMapWaitMs(settings);
  let restsUntilMs = 0;

  function look(inMs: number): void {
    clearTimeout(timer);
    if (stopped || stopping.signal.aborted) return;
    timer = setTimeout(() => {
      timer = undefined;
      underWay = turn();
    }, inMs);
  }

  function lookAgain(): void {
    const nowMs = performance.now();
    const early = changed ? Math.max(learnedMs, nowMs + SOURCES_POLL_MS) : dueMs;
    look(Math.max(restsUntilMs, Math.min(dueMs, early)) - nowMs);
  }

  async function turn(): Promise<void> {
    const begunMs = performance.now();
    const isDue = begunMs >= dueMs;
    const haveSpoken = begunMs >= learnedMs && sources.settled();
    if (isDue || (changed && haveSpoken)) {
      changed &&= !haveSpoken;
      const intervalMs = settings.buildIntervalMs * (1 + BUILD_INTERVAL_JITTER * (2 * random() - 1));
      dueMs = begunMs + intervalMs * (isDue ? 1 : outOfStep(random));
      await build();
      restsUntilMs = performance.now() + intervalMs * REST;
    }
    lookAgain();
  }

  /** The sources; where they fail it, a construction was started all the same. */
  async function gathered(): Promise<ConstructionInput | undefined> {
    try {
      return await sources.gather();
    } catch (error) {
      builds.started += 1;
      throw error;
    }
  }

  async function build(): Promise<void> {
    const sourcedAtMs = performance.now();
    try {
      const input = await gathered();
      if (input === undefined) return;
      builds.started += 1;
      const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(CONSTRUCTION_DEADLINE_MS)]);
      const constructed = await pool.construct(input, signal);
      map = createShardMap({
        constructed,
        streams: input.streams,
        backEndIds: input.backEndIds,
        sourcedAtMs,
      });
      lastDurationMs = performance.now() - sourcedAtMs;
      builds.finished += 1;
      firstMap.resolve(map);
    } catch (error) {
      if (stopping.signal.aborted) return;
      fail(error);
    }
  }

  function fail(error: unknown): void {
    builds.failed += 1;
    if (error instanceof ThreadRefusedError) builds.refusedThreads += 1;
    lastFailure = error instanceof Error ? error.message : String(error);
    stopped = settings.onBuildFailure === 'stop';
    // There will be no map to wait for.
    if (stopped) firstMap.resolve(undefined);
    log(`shard-map construction failed: ${lastFailure}${stopped ? '; no further one is tried' : ''}`);
  }

  const ageMs = (): number | null => (map === undefined ? null : performance.now() - map.sourcedAtMs);
  const aged = (): boolean => (ageMs() ?? 0) > settings.shardMapMaxAgeMs;

  look(0);
  return {
    membershipChanged() {
      changed = true;
      // A first map takes what there is: what falls to a newcomer is announced by others meanwhile.
      if (map !== undefined) learnedMs = performance.now() + settings.discoveryDelayMaxMs;
      // While a construction is under way none is awaited, and its end looks again.
      if (timer !== undefined) lookAgain();
    },
    current: () => map,
    aged,
    async first(timeoutMs) {
      if (map !== undefined) return map;
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const deadline = setTimeout(() => resolve(undefined), timeoutMs);
      try {
        return await Promise.race([firstMap.promise, promise]);
      } finally {
        clearTimeout(deadline);
      }
    },
    state: () => ({
      ageMs: ageMs(),
      aged: aged(),
      completeness: map?.completeness ?? 0,
      shards: map?.shards ?? 0,
      builds: { ...builds, stopped, lastFailure, lastDurationMs },
    }),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      clearTimeout(timer);
      firstMap.resolve(undefined);
      await underWay;
      await pool[Symbol.asyncDispose]();
    },
  };
}
