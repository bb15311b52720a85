/**
 * Quantities as people write them, each with its unit: `800ms`, `300/s`, `512B`, `>= 99%`. A number alone is refused
 * where a unit belongs, since nobody can tell what it means.
 */

const MS_OF_UNIT = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const BYTES_OF_UNIT = { B: 1, kB: 1_000, KiB: 1_024 } as const;

/**
 * Reads a duration.
 * @returns milliseconds, whole.
 * @throws RangeError when the text is not a number with a unit.
 */
export function parseDurationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  if (match === null)
    throw new RangeError(`'${text}' is not a duration: write a number and a unit, such as 200ms, 1.5s or 2m`);
  const [, amount, unit] = match as unknown as [string, string, keyof typeof MS_OF_UNIT];
  return Math.round(Number(amount) * MS_OF_UNIT[unit]);
}

/**
 * Reads a rate.
 * @returns events a second.
 * @throws RangeError when the text is not a number and `/s` or `/m`.
 */
export function parseRatePerSecond(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\/(s|m)$/.exec(text);
  if (match === null)
    throw new RangeError(`'${text}' is not a rate: write a number and a unit, such as 300/s`);
  return Number(match[1]) / (match[2] === 'm' ? 60 : 1);
}

/**
 * Reads a size.
 * @returns bytes, whole.
 * @throws RangeError when the text is not a number with a unit.
 */
export function parseBytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(B|kB|KiB)$/.exec(text);
  if (match === null)
    throw new RangeError(`'${text}' is not a size: write a number and a unit, such as 512B or 2KiB`);
  const [, amount, unit] = match as unknown as [string, string, keyof typeof BYTES_OF_UNIT];
  return Math.round(Number(amount) * BYTES_OF_UNIT[unit]);
}

/**
 * Reads a share.
 * @returns a fraction: 0.2 of `20%`.
 * @throws RangeError when the text is not a number and `%`.
 */
export function parseShare(text: string): number {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text);
  if (match === null) throw new RangeError(`'${text}' is not a share: write a number and %, such as 20%`);
  return Number(match[1]) / 100;
}

/** What a figure is measured in: `99%`, `50ms`, `300/s`, `20`. */
export type Quantity = 'share' | 'duration' | 'rate' | 'count';

/** A bound that a figure is held against. */
export interface Bound {
  readonly operator: '<' | '<=' | '>' | '>=' | '==';
  /** Percent as a fraction, durations in milliseconds, rates a second. */
  readonly value: number;
  readonly of: Quantity;
}

const QUANTITY_OF_UNIT = {
  '%': 'share',
  ms: 'duration',
  s: 'duration',
  m: 'duration',
  '/s': 'rate',
} as const;
type BoundUnit = keyof typeof QUANTITY_OF_UNIT;

/**
 * Reads a bound: an operator and a figure, with its unit where it has one.
 * @throws RangeError when the text is anything else.
 */
export function parseBound(text: string): Bound {
  const match = /^(<=|>=|==|<|>)\s*(\d+(?:\.\d+)?)\s*(%|ms|s|m|\/s)?$/.exec(text);
  if (match === null)
    throw new RangeError(
      `'${text}' is not a bound: write <, <=, >, >= or ==, a number and its unit, such as '>= 99%'`,
    );
  const [, operator, amount, unit] = match as unknown as [
    string,
    Bound['operator'],
    string,
    BoundUnit | undefined,
  ];
  return {
    operator,
    value: Number(amount) * factorOf(unit),
    of: unit === undefined ? 'count' : QUANTITY_OF_UNIT[unit],
  };
}

function factorOf(unit: BoundUnit | undefined): number {
  if (unit === '%') return 0.01;
  return unit === 'ms' || unit === 's' || unit === 'm' ? MS_OF_UNIT[unit] : 1;
}
