/**
 * Whether one load can drive a fleet through a method: a request must outlast a front-end's wait for its first map, and
 * the load's history the method. Decided from the settings, before anything is started.
 */
import { LOAD_LIMITS } from '@fleetfall/protocol/load-stdio.ts';
import {
  durationOf,
  peakOf,
  profileFor,
  type RateProfile,
  requestsOf,
} from '@fleetfall/protocol/rate-profile.ts';
import { type FrontEndSettings, firstMapWaitMs } from '@fleetfall/protocol/settings.ts';

/** Over a front-end's wait for its first map, a request has this much to be answered in. */
const REQUEST_SLACK_MS = 1_000;
/** A request that hangs is given up after this where front-ends wait for less. */
const REQUEST_TIMEOUT_MS_MIN = 5_000;
/** The steady state, starting and linking: what a method takes besides its waits, on a slow machine. */
const METHOD_SLACK_MS = 120_000;

/** Requests that come at random come a few more than their rate says. */
const POISSON_MARGIN = 0.98;

/** A field that asks for more than a load can do. */
export interface LoadMisfit {
  readonly field: 'fleet.discoveryDelayMax' | 'load.rate' | 'load.batch';
  readonly value: string;
  /** «must be at most …» */
  readonly must: string;
}

/** How long the load waits for an answer: longer than a front-end without a map may hold a request. */
export function requestTimeoutMs(settings: FrontEndSettings): number {
  return Math.max(REQUEST_TIMEOUT_MS_MIN, firstMapWaitMs(settings) + REQUEST_SLACK_MS);
}

/** What of a load says how much it writes. */
export interface LoadPlan {
  readonly ratePerSecond: number;
  readonly stages: RateProfile;
  readonly batch: number;
}

/**
 * @param heldMs for how long the method holds the fleet.
 * @returns what does not fit; null when all does.
 */
export function loadMisfit(settings: FrontEndSettings, heldMs: number, load: LoadPlan): LoadMisfit | null {
  const waitMs = firstMapWaitMs(settings);
  const waitMsMax = LOAD_LIMITS.requestTimeoutMsMax - REQUEST_SLACK_MS;
  if (waitMs > waitMsMax) {
    return {
      field: 'fleet.discoveryDelayMax',
      value: `${settings.discoveryDelayMaxMs}ms`,
      must: `must be at most ${waitMsMax}ms together with --shard-map-max-age and --build-interval (now ${waitMs}ms): a request waits so long for a front-end's first map`,
    };
  }
  const methodMs = heldMs + METHOD_SLACK_MS;
  const requests = requestsOf(profileFor(load.stages, load.ratePerSecond, methodMs));
  const batchMax = Math.floor(LOAD_LIMITS.writesMax / requests);
  if (load.batch <= batchMax) return null;
  const why = `this method may take ${Math.ceil(methodMs / 1_000)}s, and a load keeps ${LOAD_LIMITS.writesMax} writes`;
  if (load.batch > 1 && batchMax >= 1)
    return { field: 'load.batch', value: String(load.batch), must: `must be at most ${batchMax}: ${why}` };
  const rateMax = Math.floor(LOAD_LIMITS.writesMax / load.batch / (methodMs / 1_000));
  const offered = Math.ceil((requests * 1_000) / methodMs);
  return {
    field: 'load.rate',
    value: load.stages.length === 0 ? `${load.ratePerSecond}/s` : `(${offered}/s on the whole)`,
    must: `must be at most ${rateMax}/s: ${why}`,
  };
}

/**
 * For how long a load can go on that keeps what it writes.
 * @param room the writes that it may still keep.
 */
export function roomMs({ ratePerSecond, stages, batch }: LoadPlan, room: number): number {
  const left = (room / batch) * POISSON_MARGIN - requestsOf(stages);
  if (left >= 0) return Math.floor(durationOf(stages) + (left / ratePerSecond) * 1_000);
  // Within the stages: no later than their peak would have filled it.
  return Math.floor(((room / batch) * POISSON_MARGIN * 1_000) / peakOf(stages));
}
