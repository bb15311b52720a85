/**
 * How a load's schedule and its keys are written, in an experiment and on a command line alike: `300/s`,
 * `100/s..2000/s` (a ramp), `100/s,200/s,400/s` (steps of equal length), a spike `2000/s@10s+2s` over it; keys `uniform`,
 * `zipf:1.1` or `hot:90%`.
 */
import type { KeyDistribution } from '@fleetfall/protocol/load-stdio.ts';
import {
  constantProfile,
  type RateProfile,
  rampProfile,
  type Spike,
  stepsProfile,
} from '@fleetfall/protocol/rate-profile.ts';
import { parseDurationMs, parseRatePerSecond, parseShare } from './quantity.ts';

const ZIPF_EXPONENT_MAX = 5;

/** The rates of a schedule, as they follow one another. */
export interface Rates {
  readonly shape: 'constant' | 'ramp' | 'steps';
  readonly perSecond: readonly number[];
}

/** Takes a schedule's text apart. @param read reads one rate, and throws where it is none. */
export function splitRates(text: string, read: (rate: string) => number): Rates {
  const ramp = text.split('..');
  if (ramp.length === 2) return { shape: 'ramp', perSecond: ramp.map(read) };
  const steps = text.split(',').map((step) => read(step.trim()));
  return { shape: steps.length === 1 ? 'constant' : 'steps', perSecond: steps };
}

/** Reads the rates of a schedule. @throws RangeError that says what is allowed. */
export function parseRates(text: string): Rates {
  return splitRates(text, parseRatePerSecond);
}

/** The profile of rates over a time. */
export function profileOfRates({ shape, perSecond }: Rates, durationMs: number): RateProfile {
  const first = perSecond[0] ?? 0;
  if (shape === 'ramp') return rampProfile(first, perSecond[1] ?? first, durationMs);
  return shape === 'steps' ? stepsProfile(perSecond, durationMs) : constantProfile(first, durationMs);
}

/** `2000/s@10s+2s` → its rate, its begin and its length, unread; null when it is no spike. */
export function splitSpike(text: string): readonly [rate: string, at: string, lasting: string] | null {
  const [, rate, at, lasting] = /^(.+)@(.+)\+(.+)$/.exec(text) ?? [];
  return rate === undefined || at === undefined || lasting === undefined ? null : [rate, at, lasting];
}

/** Reads a spike. @throws RangeError that says what is allowed. */
export function parseSpike(text: string): Spike {
  const parts = splitSpike(text);
  if (parts === null)
    throw new RangeError(`'${text}' is not a spike: write RATE@BEGIN+LENGTH, such as 2000/s@10s+2s`);
  const [rate, at, lasting] = parts;
  const durationMs = parseDurationMs(lasting);
  if (durationMs === 0) throw new RangeError(`'${text}' is not a spike: it must last for a time`);
  return { ratePerSecond: parseRatePerSecond(rate), atMs: parseDurationMs(at), durationMs };
}

/** Reads how keys are distributed. @throws RangeError that says what is allowed. */
export function parseKeys(text: string): KeyDistribution {
  const [kind, argument] = text.split(':', 2);
  if (kind === 'uniform' && argument === undefined) return { kind };
  if (kind === 'hot' && argument !== undefined) {
    const fraction = parseShare(argument);
    if (fraction <= 1) return { kind, fraction };
  }
  const exponent = Number(argument);
  if (kind === 'zipf' && exponent > 0 && exponent <= ZIPF_EXPONENT_MAX) return { kind, exponent };
  throw new RangeError(
    `'${text}': must be uniform, zipf:EXPONENT (above 0, at most ${ZIPF_EXPONENT_MAX}) or hot:SHARE, for example hot:90%`,
  );
}
