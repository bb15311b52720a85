/**
 * Reads what members send: JSON bodies into the protocol's requests, field by field. A refusal names the field,
 * what is allowed, and the value that came. Whether a valid request can be granted is decided elsewhere.
 */
import type {
  CreateStreamRequest,
  HeartbeatRequest,
  LeaveRequest,
  MemberRole,
} from '@fleetfall/protocol/membership.ts';
import { RefusalError } from './refusal.ts';

/** As many shards as the store takes, over all streams: a guard, several times what a front-end's map is tested for. */
export const SHARDS_MAX = 100_000;

/** As much of a refused value as a message repeats. */
const SHOWN_VALUE_LENGTH_MAX = 80;

const MEMBER_ROLES: readonly MemberRole[] = ['front-end', 'back-end'];

type Fields = Readonly<Record<string, unknown>>;

/** @throws RefusalError InvalidArgument */
export function readHeartbeat(body: Buffer): HeartbeatRequest {
  const fields = readFields(body);
  return {
    memberId: memberId(fields),
    role: oneOf(fields, 'role', MEMBER_ROLES),
    incarnation: incarnation(fields),
    host: matching(fields, 'host', /^[A-Za-z0-9.:-]{1,253}$/, 'a host name or an IP address'),
    port: wholeNumber(fields, 'port', 1, 65_535),
  };
}

/** @throws RefusalError InvalidArgument */
export function readLeave(body: Buffer): LeaveRequest {
  const fields = readFields(body);
  return { memberId: memberId(fields), incarnation: incarnation(fields) };
}

/** @throws RefusalError InvalidArgument */
export function readCreateStream(body: Buffer): CreateStreamRequest {
  const fields = readFields(body);
  return {
    name: matching(fields, 'name', /^[a-zA-Z0-9_.-]{1,128}$/, "1 to 128 letters, digits, '_', '.' or '-'"),
    shardCount: wholeNumber(fields, 'shardCount', 1, SHARDS_MAX),
  };
}

/** The refusal of one field's value. */
export function invalidField(field: string, allowed: string, value: unknown): RefusalError {
  const shown = (JSON.stringify(value) ?? 'undefined').slice(0, SHOWN_VALUE_LENGTH_MAX);
  return new RefusalError(
    'InvalidArgument',
    `Cannot accept '${field}': it must be ${allowed}: current value is ${shown}`,
  );
}

function readFields(body: Buffer): Fields {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new RefusalError('InvalidArgument', 'Cannot read the body: it must be one JSON object', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RefusalError('InvalidArgument', 'Cannot read the body: it must be one JSON object');
  }
  return value as Fields;
}

const memberId = (fields: Fields): string =>
  matching(fields, 'memberId', /^[a-z0-9-]{1,40}$/, "1 to 40 lower-case letters, digits or '-'");

const incarnation = (fields: Fields): string =>
  matching(fields, 'incarnation', /^[\x21-\x7e]{1,64}$/, '1 to 64 printable characters');

function matching(fields: Fields, field: string, pattern: RegExp, allowed: string): string {
  const value = fields[field];
  if (typeof value !== 'string' || !pattern.test(value)) throw invalidField(field, allowed, value);
  return value;
}

function wholeNumber(fields: Fields, field: string, min: number, max: number): number {
  const value = fields[field];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    throw invalidField(field, `a whole number from ${min} to ${max}`, value);
  }
  return value;
}

function oneOf<Value extends string>(fields: Fields, field: string, allowed: readonly Value[]): Value {
  const value = allowed.find((candidate) => candidate === fields[field]);
  if (value === undefined) throw invalidField(field, `one of ${allowed.join(', ')}`, fields[field]);
  return value;
}
