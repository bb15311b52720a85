/**
 * Reads fields of a request's JSON, with the bounds of the API reference. Each error names the field, the value
 * and what is allowed, as the service does.
 */
import { KINESIS_LIMITS } from '@fleetfall/protocol/kinesis.ts';
import { KinesisError } from './api-error.ts';

/** A request's JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

const SHOWN_LENGTH_MAX = 60;

function invalid(field: string, value: unknown, allowed: string): KinesisError {
  const shown = (JSON.stringify(value) ?? 'null').slice(0, SHOWN_LENGTH_MAX);
  return new KinesisError(
    'ValidationException',
    `1 validation error detected: Value ${shown} at '${field}' failed to satisfy constraint: ${allowed}`,
  );
}

/** A string of a length within bounds. @throws KinesisError */
export function text(fields: Fields, field: string, lengthMax: number, lengthMin = 1): string {
  const value = fields[field];
  if (typeof value !== 'string' || value.length < lengthMin || value.length > lengthMax) {
    throw invalid(field, value, `Member must be a string of ${lengthMin} to ${lengthMax} characters`);
  }
  return value;
}

/** A string of at most `lengthMax` characters that matches a pattern. @throws KinesisError */
export function matching(fields: Fields, field: string, lengthMax: number, pattern: RegExp): string {
  const value = text(fields, field, lengthMax);
  if (pattern.test(value)) return value;
  throw invalid(field, value, `Member must satisfy regular expression pattern: ${pattern.source}`);
}

/** What `read` makes of the fields, or undefined when `field` is not there. @throws KinesisError */
export function optional<Value>(
  fields: Fields,
  field: string,
  read: (fields: Fields, field: string) => Value,
): Value | undefined {
  return fields[field] === undefined || fields[field] === null ? undefined : read(fields, field);
}

/** A whole number within bounds; `fallback` when the field is not there. @throws KinesisError */
export function wholeNumber(
  fields: Fields,
  field: string,
  min: number,
  max: number,
  fallback: number,
): number {
  const value = fields[field] ?? fallback;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    throw invalid(field, value, `Member must be a whole number from ${min} to ${max}`);
  }
  return value;
}

/** One of a set of words. @throws KinesisError */
export function oneOf<Word extends string>(fields: Fields, field: string, words: readonly Word[]): Word {
  const value = fields[field];
  const found = words.find((word) => word === value);
  if (found === undefined)
    throw invalid(field, value, `Member must satisfy enum value set: [${words.join(', ')}]`);
  return found;
}

/** A moment in seconds since the epoch, with fractions. @returns milliseconds. @throws KinesisError */
export function timestampMs(fields: Fields, field: string): number {
  const value = fields[field];
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value * 1_000;
  throw invalid(field, value, 'Member must be seconds since the epoch');
}

/** Base64 data of one record. @throws KinesisError */
export function recordData(fields: Fields): Buffer {
  const value = fields.Data;
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) {
    throw invalid('Data', value, 'Member must be base64');
  }
  const data = Buffer.from(value, 'base64');
  if (data.length > KINESIS_LIMITS.recordBytesMax) {
    throw invalid(
      'Data',
      `${data.length} bytes`,
      `Member must have at most ${KINESIS_LIMITS.recordBytesMax} bytes`,
    );
  }
  return data;
}

/** A list of objects, within bounds. @throws KinesisError */
export function objects(fields: Fields, field: string, countMax: number): readonly Fields[] {
  const value = fields[field];
  const valid =
    Array.isArray(value) &&
    value.length >= 1 &&
    value.length <= countMax &&
    value.every((entry) => typeof entry === 'object' && entry !== null);
  if (!valid)
    throw invalid(
      field,
      Array.isArray(value) ? `${value.length} entries` : value,
      `Member must be a list of 1 to ${countMax} objects`,
    );
  return value as readonly Fields[];
}
