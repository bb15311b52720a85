/**
 * The kinds of field that an experiment is written in: counts, words, and quantities with their unit, each with a
 * message that says what is allowed.
 */
import type { KeyDistribution } from '@fleetfall/protocol/load-stdio.ts';
import type { Spike } from '@fleetfall/protocol/rate-profile.ts';
import { z } from 'zod';
import { parseKeys, parseRates, parseSpike, type Rates } from './load-fields.ts';
import { parseBound, parseBytes, parseDurationMs, parseShare } from './quantity.ts';

/** A whole number within bounds. */
export function count(min: number, max: number) {
  const allowed = `must be a whole number from ${min} to ${max}`;
  return z.int(allowed).min(min, allowed).max(max, allowed);
}

/** One of some words. */
export function word<const Words extends readonly [string, ...string[]]>(...words: Words) {
  return z.enum(words, `must be one of ${words.join(', ')}`);
}

/** True or false. */
export const flag = z.boolean('must be true or false');

/** Text within a length. */
export function text(maxLength: number) {
  return z
    .string('must be text')
    .min(1, 'must not be empty')
    .max(maxLength, `must have at most ${maxLength} characters`);
}

/** A duration with its unit, within bounds; read as milliseconds. */
export function duration(minMs: number, maxMs: number) {
  return quantity(parseDurationMs, '^\\d+(\\.\\d+)?(ms|s|m|h)$').pipe(
    z.number().min(minMs, `must be at least ${minMs}ms`).max(maxMs, `must be at most ${maxMs}ms`),
  );
}

const RATE_PATTERN = '\\d+(\\.\\d+)?/(s|m)';

/** Rates such as `300/s`, `100/s..2000/s` or `100/s,400/s`, each within bounds. */
export function rates(minPerSecond: number, maxPerSecond: number) {
  return quantity(parseRates, `^${RATE_PATTERN}(\\.\\.${RATE_PATTERN}|(,\\s*${RATE_PATTERN})*)$`).refine(
    ({ perSecond }: Rates) => perSecond.every((rate) => rate >= minPerSecond && rate <= maxPerSecond),
    `must be from ${minPerSecond}/s to ${maxPerSecond}/s`,
  );
}

/** A spike such as `2000/s@10s+2s`, its rate within bounds. */
export function spike(minPerSecond: number, maxPerSecond: number) {
  return quantity(parseSpike, `^${RATE_PATTERN}@\\d+(\\.\\d+)?(ms|s|m|h)\\+\\d+(\\.\\d+)?(ms|s|m|h)$`).refine(
    ({ ratePerSecond }: Spike) => ratePerSecond >= minPerSecond && ratePerSecond <= maxPerSecond,
    `must be from ${minPerSecond}/s to ${maxPerSecond}/s`,
  );
}

/** How keys are distributed: `uniform`, `zipf:1.1` or `hot:90%`. */
export const keyDistribution = quantity<KeyDistribution>(
  parseKeys,
  '^(uniform|zipf:\\d+(\\.\\d+)?|hot:\\d+(\\.\\d+)?%)$',
);

/** A size such as `512B`, within bounds; read as bytes. */
export function bytes(min: number, max: number) {
  const allowed = `must be from ${min}B to ${max}B`;
  return quantity(parseBytes, '^\\d+(\\.\\d+)?(B|kB|KiB)$').pipe(
    z.number().min(min, allowed).max(max, allowed),
  );
}

/** A share such as `20%`; read as a fraction. */
export const percent = quantity(parseShare, '^\\d+(\\.\\d+)?%$').pipe(
  z.number().max(1, 'must be at most 100%'),
);

/** A bound such as `>= 99%`. */
export const bound = quantity(parseBound, '^(<=|>=|==|<|>)\\s*\\d+(\\.\\d+)?\\s*(%|ms|s|m|/s)?$');

/** Text that is read by `parse`, whose error becomes the message. The pattern is for editors. */
function quantity<Read>(parse: (text: string) => Read, pattern: string) {
  return z
    .string({ error: ({ input }) => whyNot(parse, input) })
    .meta({ pattern })
    .transform((written, context): Read => {
      try {
        return parse(written);
      } catch (error) {
        context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
        return z.NEVER;
      }
    });
}

/** What is wrong with a value that is no text: mostly a number, whose unit was forgotten. */
function whyNot(parse: (text: string) => unknown, input: unknown): string {
  if (typeof input !== 'number') return 'must be a number with its unit';
  try {
    parse(String(input));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'must be text';
}
