/**
 * Frames between a front-end and a back-end, over one WebSocket that carries many requests at once.
 *
 * A request or a reply is one binary message: a JSON head, and the records' bytes behind it, untouched. Leases
 * are pushed by the back-end on the same socket as JSON text messages, for the slices that the front-end asked
 * to watch; a lease that stops coming is one that can no longer be relied on.
 *
 *   binary: u32 head length (big-endian) | head (JSON, UTF-8) | payloads, back to back
 */
import type { OwnershipEntry, ShardKey } from './ownership.ts';

/** The path on which a back-end accepts front-ends (WebSocket). */
export const SHARD_PATH = '/shards';

/**
 * A shard that every back-end holds for itself and announces to nobody: direct probes append to it and read it
 * back, past every front-end and without touching a user's stream.
 */
export function probeShardOf(backEndId: string): ShardKey {
  return `probe/${backEndId}`;
}

/** The most bytes that one frame may have: a PutRecords request of 5 MiB and room for its head. */
export const FRAME_BYTES_MAX = 8 * 1024 * 1024;

/** One record to append. Its data are the next `dataBytes` bytes of the payload. */
export interface AppendEntry {
  readonly shard: ShardKey;
  readonly partitionKey: string;
  readonly dataBytes: number;
}

export type ShardRequest =
  | { readonly id: number; readonly op: 'append'; readonly entries: readonly AppendEntry[] }
  | {
      readonly id: number;
      readonly op: 'read';
      readonly shard: ShardKey;
      /** Reads records after this sequence number; `''` from the oldest on. */
      readonly afterSequenceNumber: string;
      readonly limit: number;
    }
  | {
      readonly id: number;
      readonly op: 'bounds';
      readonly shard: ShardKey;
      /** Looks at the records before the first that arrived at this moment or later, ms since the epoch; at all without. */
      readonly arrivedBeforeMs?: number;
    };

/** What became of one entry of an append, in the order of the request. */
export type AppendResult =
  | { readonly sequenceNumber: string }
  | { readonly error: ShardErrorCode; readonly message: string };

/** One stored record. Its data are the next `dataBytes` bytes of the payload. */
export interface StoredRecordHead {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly arrivedAtMs: number;
  readonly dataBytes: number;
}

/** Why a back-end refused. `NotOwner`: the shard is not (or not yet) held here. */
export type ShardErrorCode = 'NotOwner' | 'StorageFailed' | 'Overloaded' | 'BadFrame';

export type ShardReply =
  | { readonly id: number; readonly op: 'append'; readonly results: readonly AppendResult[] }
  | {
      readonly id: number;
      readonly op: 'read';
      readonly records: readonly StoredRecordHead[];
      /** How far the newest record of the shard is ahead of the last one returned, in time. */
      readonly behindLatestMs: number;
    }
  /** The newest sequence number of the records that were looked at, `''` when there are none. */
  | { readonly id: number; readonly op: 'bounds'; readonly latestSequenceNumber: string }
  | { readonly id: number; readonly op: 'error'; readonly error: ShardErrorCode; readonly message: string };

/** Front-end → back-end, text: from now on push leases for these slices, at once and then at the lease interval. */
export interface WatchMessage {
  readonly op: 'watch';
  readonly slices: readonly number[];
}

/**
 * Back-end → front-end, text: the back-end vouches for its shards in the watched slices for `leaseMs` from now.
 * `owners` holds every shard of the watched slices that it owns.
 */
export interface LeaseMessage {
  readonly op: 'lease';
  readonly backEndId: string;
  readonly leaseEpoch: number;
  readonly leaseMs: number;
  readonly owners: readonly OwnershipEntry[];
}

/** Lays a head and its payloads into one frame. */
export function encodeFrame(head: ShardRequest | ShardReply, payloads: readonly Uint8Array[] = []): Buffer {
  const headBytes = Buffer.from(JSON.stringify(head), 'utf8');
  const prefix = Buffer.allocUnsafe(4);
  prefix.writeUInt32BE(headBytes.length);
  return Buffer.concat([prefix, headBytes, ...payloads]);
}

/**
 * Takes a frame apart. The payload is a view into `frame`, not a copy.
 * @throws RangeError when the frame is shorter than it says; SyntaxError when the head is not JSON.
 */
export function decodeFrame<Head extends ShardRequest | ShardReply>(
  frame: Buffer,
): { head: Head; payload: Buffer } {
  const headLength = frame.length >= 4 ? frame.readUInt32BE(0) : -1;
  if (headLength < 0 || 4 + headLength > frame.length) {
    throw new RangeError(`Cannot read a frame of ${frame.length} bytes: it is shorter than its head says`);
  }
  const head = JSON.parse(frame.toString('utf8', 4, 4 + headLength)) as Head;
  return { head, payload: frame.subarray(4 + headLength) };
}

/**
 * Cuts a payload into the pieces that the head's entries or records name.
 * @throws RangeError when the lengths do not add up to the payload.
 */
export function cutPayload(payload: Buffer, parts: readonly { readonly dataBytes: number }[]): Buffer[] {
  let offset = 0;
  const pieces = parts.map(({ dataBytes }) => {
    const piece = payload.subarray(offset, offset + dataBytes);
    offset += dataBytes;
    return piece;
  });
  if (offset !== payload.length) {
    throw new RangeError(`Cannot cut a payload of ${payload.length} bytes: its entries name ${offset}`);
  }
  return pieces;
}
