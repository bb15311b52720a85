/** Reads what stands behind a flag of `fleetfall load`, and says of what is wrong what is allowed. Pure. */
import { parseDurationMs } from '@fleetfall/experiment/quantity.ts';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';

const RATE_PER_SECOND_MAX = 1_000_000;

export function perSecond(flag: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)(\/s|\/m)$/.exec(text.trim());
  const rate = match === null ? Number.NaN : Number(match[1]) / (match[2] === '/m' ? 60 : 1);
  if (!(rate >= 0 && rate <= RATE_PER_SECOND_MAX))
    throw new SettingsError(
      `${flag} '${text}': must be a rate with its unit, at most ${RATE_PER_SECOND_MAX}/s: for example 500/s, ` +
        `100/s..2000/s or 100/s,200/s`,
    );
  return rate;
}

export function duration(flag: string, text: string, minMs: number, maxMs: number): number {
  let ms: number;
  try {
    ms = parseDurationMs(text);
  } catch (error) {
    throw new SettingsError(`${flag} ${textOf(error)}`);
  }
  if (ms < minMs || ms > maxMs)
    throw new SettingsError(`${flag} '${text}': must be from ${minMs} ms to ${maxMs / 1000} s`);
  return ms;
}

export function whole(flag: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max))
    throw new SettingsError(`${flag} '${text}': must be a whole number from ${min} to ${max}`);
  return value;
}

export function oneOf<const Word extends string>(flag: string, text: string, allowed: readonly Word[]): Word {
  const found = allowed.find((word) => word === text);
  if (found === undefined) throw new SettingsError(`${flag} '${text}': must be one of ${allowed.join(', ')}`);
  return found;
}

export function percent(flag: string, text: string): number {
  const value = /^\d+(?:\.\d+)?%$/.test(text) ? Number(text.slice(0, -1)) / 100 : Number.NaN;
  if (!(value >= 0 && value <= 1))
    throw new SettingsError(`${flag} '${text}': must be a share from 0% to 100%`);
  return value;
}

export function readHeader(text: string): [name: string, value: string] {
  const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):[ \t]*([\t\x20-\x7e]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new SettingsError(`--header '${text}': must be 'name: value' in plain text`);
  if (['host', 'content-length', 'transfer-encoding'].includes(name.toLowerCase()))
    throw new SettingsError(`--header '${text}': ${name} is set by the load itself`);
  return [name.toLowerCase(), value];
}

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
