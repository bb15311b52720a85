/**
 * When each request is due: an open schedule that answers cannot change. Even arrivals follow the profile exactly;
 * Poisson arrivals are those of many users who know nothing of one another, at the same rate (a unit Poisson process
 * on the profile's cumulative count; E. Çinlar, «Introduction to Stochastic Processes», 4.7). Pure.
 */
import type { RateProfile } from '@fleetfall/protocol/rate-profile.ts';
import { seededFraction } from '../random.ts';

/** Hands out due times in ascending order. */
export interface Arrivals {
  /** When the next request is due, in milliseconds after the start; infinity when there is none left. */
  next(): number;
}

/** Request i is due when the profile has come to i requests: the first at once, none at or after the end. */
export function evenArrivals(profile: RateProfile): Arrivals {
  const dueAtMs = cursorOf(profile);
  let index = 0;
  return {
    next() {
      const ms = dueAtMs(index);
      index += 1;
      return ms;
    },
  };
}

export function poissonArrivals(profile: RateProfile, seed: string): Arrivals {
  const dueAtMs = cursorOf(profile);
  const fraction = seededFraction(seed, 'arrivals');
  let requests = 0;
  return {
    next() {
      requests -= Math.log(1 - fraction());
      return dueAtMs(requests);
    },
  };
}

/**
 * Every n-th arrival, for one of several generators: their shares are the whole, request for request.
 * @param generator from 0 to `generators` − 1.
 */
export function shareOf(arrivals: Arrivals, generator: number, generators: number): Arrivals {
  let skip = generator;
  return {
    next() {
      for (; skip > 0; skip -= 1) arrivals.next();
      skip = generators - 1;
      return arrivals.next();
    },
  };
}

/** Finds when a profile comes to so many requests; asked in ascending order, and each stage is left once. */
function cursorOf(profile: RateProfile): (requests: number) => number {
  let stageIndex = 0;
  let beginMs = 0;
  let beginRequests = 0;
  return (requests) => {
    for (;;) {
      const stage = profile[stageIndex];
      if (stage === undefined) return Number.POSITIVE_INFINITY;
      const { durationMs, fromPerSecond, toPerSecond } = stage;
      const inStage = (durationMs * (fromPerSecond + toPerSecond)) / 2000;
      const wanted = requests - beginRequests;
      if (wanted < inStage) return beginMs + msUntil(wanted, stage);
      stageIndex += 1;
      beginMs += durationMs;
      beginRequests += inStage;
    }
  };
}

/** Solves rate·t + slope·t²/2 = requests, in the form that does not cancel out when the slope is small. */
function msUntil(requests: number, { durationMs, fromPerSecond, toPerSecond }: RateProfile[number]): number {
  if (fromPerSecond === toPerSecond) return (requests * 1000) / fromPerSecond;
  if (requests === 0) return 0;
  const slope = ((toPerSecond - fromPerSecond) * 1000) / durationMs;
  const root = Math.sqrt(Math.max(0, fromPerSecond ** 2 + 2 * slope * requests));
  return (2000 * requests) / (fromPerSecond + root);
}
