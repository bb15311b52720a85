/**
 * Shard iterators: a position in a shard as an opaque string that any front-end can read, so that a reader may
 * come to another front-end with the next page. They lapse after five minutes, as the service's do.
 */
import { KINESIS_LIMITS } from '@fleetfall/protocol/kinesis.ts';
import { KinesisError } from './api-error.ts';

export interface ShardPosition {
  readonly stream: string;
  readonly shardId: string;
  /** Records after this sequence number; `''` from the oldest on. */
  readonly after: string;
}

export function writeIterator({ stream, shardId, after }: ShardPosition, nowMs: number = Date.now()): string {
  return Buffer.from(JSON.stringify([stream, shardId, after, nowMs])).toString('base64url');
}

/** @throws KinesisError when the iterator is not one, or has lapsed. */
export function readIterator(iterator: string, nowMs: number = Date.now()): ShardPosition {
  const [stream, shardId, after, issuedAtMs] = parse(iterator);
  if (nowMs - issuedAtMs > KINESIS_LIMITS.shardIteratorLifeMs) {
    throw new KinesisError('ExpiredIteratorException', 'Iterator expired: it is older than 5 minutes');
  }
  return { stream, shardId, after };
}

function parse(iterator: string): [string, string, string, number] {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(iterator, 'base64url').toString('utf8'));
  } catch {
    parts = undefined;
  }
  if (isPosition(parts)) return parts;
  throw new KinesisError(
    'InvalidArgumentException',
    'Invalid ShardIterator: it was not made by GetShardIterator',
  );
}

function isPosition(parts: unknown): parts is [string, string, string, number] {
  if (!Array.isArray(parts) || parts.length !== 4) return false;
  const [stream, shardId, after, issuedAtMs]: unknown[] = parts;
  return (
    typeof stream === 'string' &&
    typeof shardId === 'string' &&
    typeof after === 'string' &&
    /^\d{0,40}$/.test(after) &&
    typeof issuedAtMs === 'number'
  );
}
