/**
 * How many requests a second are wanted, over time: stages one after another, in each of which the rate is constant
 * or changes evenly. Constant, ramp, steps, spike and replayed schedules are all such rows of stages. Pure.
 */

export interface Stage {
  readonly durationMs: number;
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
}

export type RateProfile = readonly Stage[];

export function constantProfile(ratePerSecond: number, durationMs: number): RateProfile {
  return [{ durationMs, fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond }];
}

/** From one rate to another, evenly. */
export function rampProfile(fromPerSecond: number, toPerSecond: number, durationMs: number): RateProfile {
  return [{ durationMs, fromPerSecond, toPerSecond }];
}

/** Each rate for an equal part of the time. */
export function stepsProfile(ratesPerSecond: readonly number[], durationMs: number): RateProfile {
  return ratesPerSecond.flatMap((rate) => constantProfile(rate, durationMs / ratesPerSecond.length));
}

/** A spike laid over a profile: between two times the rate is another. */
export interface Spike {
  readonly ratePerSecond: number;
  readonly atMs: number;
  readonly durationMs: number;
}

export function withSpike(profile: RateProfile, { ratePerSecond, atMs, durationMs }: Spike): RateProfile {
  return [
    ...between(profile, 0, atMs),
    ...constantProfile(ratePerSecond, durationMs),
    ...between(profile, atMs + durationMs, Number.POSITIVE_INFINITY),
  ];
}

export function durationOf(profile: RateProfile): number {
  return profile.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

/** Requests that the whole profile comes to, before it is cut into whole ones. */
export function requestsOf(profile: RateProfile): number {
  return profile.reduce(
    (sum, { durationMs, fromPerSecond, toPerSecond }) =>
      sum + (durationMs * (fromPerSecond + toPerSecond)) / 2000,
    0,
  );
}

export function peakOf(profile: RateProfile): number {
  return Math.max(0, ...profile.flatMap(({ fromPerSecond, toPerSecond }) => [fromPerSecond, toPerSecond]));
}

/** So long a part of some stages, with a constant rate behind them where they end before. */
export function profileFor(stages: RateProfile, thenPerSecond: number, durationMs: number): RateProfile {
  const restMs = durationMs - durationOf(stages);
  if (restMs <= 0) return between(stages, 0, durationMs);
  return [...stages, ...constantProfile(thenPerSecond, restMs)];
}

/** The part of a profile from one time to another. */
function between(profile: RateProfile, fromMs: number, toMs: number): Stage[] {
  const parts: Stage[] = [];
  let beginMs = 0;
  for (const stage of profile) {
    const low = Math.max(0, fromMs - beginMs);
    const high = Math.min(stage.durationMs, toMs - beginMs);
    beginMs += stage.durationMs;
    if (high <= low) continue;
    const rateAt = (ms: number): number =>
      stage.fromPerSecond + ((stage.toPerSecond - stage.fromPerSecond) * ms) / stage.durationMs;
    parts.push({ durationMs: high - low, fromPerSecond: rateAt(low), toPerSecond: rateAt(high) });
  }
  return parts;
}
