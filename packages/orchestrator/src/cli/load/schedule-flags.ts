/**
 * Reads the flags of a schedule: `500/s`, `100/s..2000/s` (a ramp), `100/s,200/s,400/s` (steps of equal length), a
 * spike over it, or a recorded rate file.
 */
import { readFileSync } from 'node:fs';
import { profileOfRates, splitRates, splitSpike } from '@fleetfall/experiment/load-fields.ts';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import { parseReplay } from '@fleetfall/load/schedule/replay.ts';
import {
  durationOf,
  type RateProfile,
  requestsOf,
  type Spike,
  withSpike,
} from '@fleetfall/protocol/rate-profile.ts';
import { duration, perSecond, textOf } from './flag-values.ts';
import type { LoadOptions } from './load-flags.ts';

const DURATION_MS_MAX = 24 * 3_600_000;

export function readProfile({ rate, for: lasting, spike, replay }: LoadOptions): RateProfile {
  if ((rate === undefined) === (replay === undefined))
    throw new SettingsError('either --rate or --replay must be given: for example --rate 500/s');
  const base =
    replay === undefined ? readRate(rate as string, lasting ?? '10s') : readReplay(replay, lasting);
  const profile = spike === undefined ? base : withSpike(base, readSpike(spike, durationOf(base)));
  if (requestsOf(profile) <= 0)
    throw new SettingsError(`--rate '${rate}': the schedule has no requests: a rate must be above 0`);
  return profile;
}

function readRate(text: string, lasting: string): RateProfile {
  const durationMs = duration('--for', lasting, 1, DURATION_MS_MAX);
  return profileOfRates(
    splitRates(text, (rate) => perSecond('--rate', rate)),
    durationMs,
  );
}

/** `2000/s@10s+2s`: from 10 s on, for 2 s. */
function readSpike(text: string, durationMs: number): Spike {
  const parts = splitSpike(text);
  if (parts === null)
    throw new SettingsError(`--spike '${text}': must be RATE@BEGIN+LENGTH, for example 2000/s@10s+2s`);
  const [rate, at, lasting] = parts;
  const spike = {
    ratePerSecond: perSecond('--spike', rate),
    atMs: duration('--spike', at, 0, DURATION_MS_MAX),
    durationMs: duration('--spike', lasting, 1, DURATION_MS_MAX),
  };
  if (spike.atMs + spike.durationMs > durationMs)
    throw new SettingsError(`--spike '${text}': must lie within the ${durationMs / 1000} s of the schedule`);
  return spike;
}

function readReplay(path: string, lasting: string | undefined): RateProfile {
  if (lasting !== undefined)
    throw new SettingsError(`--for '${lasting}': a replayed rate file says itself how long it is`);
  try {
    return parseReplay(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new SettingsError(`--replay '${path}': ${textOf(error)}`, { cause: error });
  }
}
