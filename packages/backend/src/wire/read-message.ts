/**
 * Reads what a front-end sends: frames into requests, texts into watches, nothing taken on trust. A refusal names
 * the field, what is allowed, and the value that came.
 */
import { KINESIS_LIMITS } from '@fleetfall/protocol/kinesis.ts';
import { SLICE_COUNT } from '@fleetfall/protocol/ownership.ts';
import {
  type AppendEntry,
  cutPayload,
  decodeFrame,
  type ShardRequest,
  type WatchMessage,
} from '@fleetfall/protocol/shard-frames.ts';
import { PARTITION_KEY_LENGTH_MAX } from '../storage/record-format.ts';

/** Longest sequence number that is looked at; longer than any that was given. */
const SEQUENCE_NUMBER_PATTERN = /^\d{0,40}$/;
/** As much of a refused value as a message repeats. */
const SHOWN_VALUE_LENGTH_MAX = 80;

/** A request that cannot be granted as it stands; it can be answered, since its id could be read. */
export class BadRequestError extends Error {
  override readonly name = 'BadRequestError';
  readonly id: number;
  constructor(id: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.id = id;
  }
}

/** A message that cannot even be answered: no id can be read from it. */
export class UnreadableMessageError extends Error {
  override readonly name = 'UnreadableMessageError';
}

/** A request as it was checked. `data` holds the records of an append, one for each entry. */
export interface ReceivedRequest {
  readonly request: ShardRequest;
  readonly data: readonly Buffer[];
}

/** @throws BadRequestError or UnreadableMessageError */
export function readFrame(frame: Buffer): ReceivedRequest {
  const { head, payload } = decode(frame);
  const id = (head as { id?: unknown } | null)?.id;
  if (typeof id !== 'number' || !Number.isSafeInteger(id)) {
    throw new UnreadableMessageError(
      'Cannot read a frame: its head must be an object with a whole-numbered id',
    );
  }
  const refuse = (field: string, allowed: string, value: unknown): never => {
    const shown = (JSON.stringify(value) ?? 'undefined').slice(0, SHOWN_VALUE_LENGTH_MAX);
    throw new BadRequestError(
      id,
      `Cannot accept '${field}': it must be ${allowed}: current value is ${shown}`,
    );
  };
  const request = head as ShardRequest;
  switch (request.op) {
    case 'append':
      checkEntries(request.entries, refuse);
      return { request, data: cut(id, payload, request.entries) };
    case 'read': {
      const { afterSequenceNumber: after, limit, shard } = request;
      if (typeof shard !== 'string') refuse('shard', 'a text', shard);
      if (typeof after !== 'string' || !SEQUENCE_NUMBER_PATTERN.test(after)) {
        refuse('afterSequenceNumber', "'' or up to 40 digits", after);
      }
      if (!isWholeNumber(limit, 1, KINESIS_LIMITS.getRecordsMax)) {
        refuse('limit', `a whole number from 1 to ${KINESIS_LIMITS.getRecordsMax}`, limit);
      }
      return { request, data: [] };
    }
    case 'bounds': {
      const { arrivedBeforeMs, shard } = request;
      if (typeof shard !== 'string') refuse('shard', 'a text', shard);
      if (arrivedBeforeMs !== undefined && typeof arrivedBeforeMs !== 'number') {
        refuse('arrivedBeforeMs', 'milliseconds since the epoch', arrivedBeforeMs);
      }
      return { request, data: [] };
    }
    default:
      return refuse('op', 'one of append, read, bounds', (head as { op?: unknown }).op);
  }
}

/** @throws UnreadableMessageError */
export function readWatch(text: string): ReadonlySet<number> {
  let message: Partial<WatchMessage> | null;
  try {
    message = JSON.parse(text) as Partial<WatchMessage> | null;
  } catch (cause) {
    throw new UnreadableMessageError('Cannot read a text message: it must be one JSON object', { cause });
  }
  const slices: unknown = message?.slices;
  const valid =
    message?.op === 'watch' &&
    Array.isArray(slices) &&
    slices.every((slice) => isWholeNumber(slice, 0, SLICE_COUNT - 1));
  if (!valid) {
    throw new UnreadableMessageError(
      `Cannot read a text message: it must be a watch of slices from 0 to ${SLICE_COUNT - 1}`,
    );
  }
  return new Set(slices as number[]);
}

function decode(frame: Buffer): { head: unknown; payload: Buffer } {
  try {
    return decodeFrame<ShardRequest>(frame);
  } catch (cause) {
    throw new UnreadableMessageError('Cannot read a frame: it is cut short or its head is not JSON', {
      cause,
    });
  }
}

type Refuse = (field: string, allowed: string, value: unknown) => never;

function checkEntries(entries: unknown, refuse: Refuse): asserts entries is AppendEntry[] {
  const countMax = KINESIS_LIMITS.putRecordsEntriesMax;
  if (!Array.isArray(entries) || !isWholeNumber(entries.length, 1, countMax)) {
    refuse('entries', `a list of 1 to ${countMax}`, entries);
    return;
  }
  for (const [index, entry] of (entries as (Partial<AppendEntry> | null)[]).entries()) {
    const field = `entries[${index}]`;
    if (typeof entry?.shard !== 'string') refuse(`${field}.shard`, 'a text', entry?.shard);
    const key = entry?.partitionKey;
    if (typeof key !== 'string' || !isWholeNumber(key.length, 1, PARTITION_KEY_LENGTH_MAX)) {
      refuse(`${field}.partitionKey`, `a text of 1 to ${PARTITION_KEY_LENGTH_MAX} characters`, key);
    }
    if (!isWholeNumber(entry?.dataBytes, 0, KINESIS_LIMITS.recordBytesMax)) {
      refuse(
        `${field}.dataBytes`,
        `a whole number from 0 to ${KINESIS_LIMITS.recordBytesMax}`,
        entry?.dataBytes,
      );
    }
  }
}

function cut(id: number, payload: Buffer, entries: readonly AppendEntry[]): Buffer[] {
  try {
    return cutPayload(payload, entries);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new BadRequestError(id, message, { cause });
  }
}

function isWholeNumber(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}
