/**
 * How one record lies in the log file: a head of fixed size, the shard's and the partition key, the data; and how
 * to tell a whole record from a torn one. Pure. A record is whole when its lengths are possible, its bytes are all
 * there, and its checksum (CRC-32) is right.
 *
 *   u32 crc of all that follows | u64 sequence number | f64 arrival (ms since the epoch) |
 *   u16 shard bytes | u16 key bytes | u32 data bytes | shard | key | data        (all big-endian)
 */
import { crc32 } from 'node:zlib';
import { KINESIS_LIMITS } from '@fleetfall/protocol/kinesis.ts';
import type { ShardKey } from '@fleetfall/protocol/ownership.ts';

const CHECKSUM_BYTES = 4;
const SEQUENCE_AT = 4;
const ARRIVAL_AT = 12;
const SHARD_BYTES_AT = 20;
const KEY_BYTES_AT = 22;
const DATA_BYTES_AT = 24;
const HEAD_BYTES = 28;

/** Longest shard key: a stream's name of 128 characters, a slash, and room for the shard's id. */
const SHARD_BYTES_MAX = 256;
/** Longest partition key in characters, from the Kinesis API; a character takes up to 3 bytes a UTF-16 unit. */
export const PARTITION_KEY_LENGTH_MAX = 256;
const KEY_BYTES_MAX = PARTITION_KEY_LENGTH_MAX * 3;

/** The most bytes that one record can take in the file. */
export const RECORD_BYTES_MAX = HEAD_BYTES + SHARD_BYTES_MAX + KEY_BYTES_MAX + KINESIS_LIMITS.recordBytesMax;

/** A record to be written. */
export interface NewRecord {
  readonly shard: ShardKey;
  readonly partitionKey: string;
  readonly data: Buffer;
}

/** A record as it lies in the file. `data` is a view of the bytes it was read from. */
export interface StoredRecord extends NewRecord {
  readonly sequence: number;
  readonly arrivedAtMs: number;
  /** Bytes that it takes in the file, its head included. */
  readonly length: number;
}

/** How many bytes a record will take in the file. */
export function recordLength({ shard, partitionKey, data }: NewRecord): number {
  return HEAD_BYTES + Buffer.byteLength(shard) + Buffer.byteLength(partitionKey) + data.length;
}

/**
 * Writes a record at `offset` of a buffer that has {@link recordLength} bytes of room there.
 * @returns the offset behind it.
 */
export function writeRecord(
  into: Buffer,
  offset: number,
  { shard, partitionKey, data }: NewRecord,
  sequence: number,
  arrivedAtMs: number,
): number {
  const shardBytes = into.write(shard, offset + HEAD_BYTES);
  const keyBytes = into.write(partitionKey, offset + HEAD_BYTES + shardBytes);
  const dataAt = offset + HEAD_BYTES + shardBytes + keyBytes;
  const end = dataAt + data.copy(into, dataAt);
  into.writeBigUInt64BE(BigInt(sequence), offset + SEQUENCE_AT);
  into.writeDoubleBE(arrivedAtMs, offset + ARRIVAL_AT);
  into.writeUInt16BE(shardBytes, offset + SHARD_BYTES_AT);
  into.writeUInt16BE(keyBytes, offset + KEY_BYTES_AT);
  into.writeUInt32BE(data.length, offset + DATA_BYTES_AT);
  into.writeUInt32BE(crc32(into.subarray(offset + CHECKSUM_BYTES, end)), offset);
  return end;
}

/**
 * Reads the record at `offset`.
 * @returns `incomplete` when the bytes end before it does, `broken` when no record can look like this.
 */
export function readRecord(from: Buffer, offset: number): StoredRecord | 'incomplete' | 'broken' {
  if (from.length - offset < HEAD_BYTES) return 'incomplete';
  const shardBytes = from.readUInt16BE(offset + SHARD_BYTES_AT);
  const keyBytes = from.readUInt16BE(offset + KEY_BYTES_AT);
  const dataBytes = from.readUInt32BE(offset + DATA_BYTES_AT);
  if (shardBytes > SHARD_BYTES_MAX || keyBytes > KEY_BYTES_MAX || dataBytes > KINESIS_LIMITS.recordBytesMax) {
    return 'broken';
  }
  const length = HEAD_BYTES + shardBytes + keyBytes + dataBytes;
  if (from.length - offset < length) return 'incomplete';
  const end = offset + length;
  if (crc32(from.subarray(offset + CHECKSUM_BYTES, end)) !== from.readUInt32BE(offset)) return 'broken';
  const keyAt = offset + HEAD_BYTES + shardBytes;
  return {
    sequence: Number(from.readBigUInt64BE(offset + SEQUENCE_AT)),
    arrivedAtMs: from.readDoubleBE(offset + ARRIVAL_AT),
    shard: from.toString('utf8', offset + HEAD_BYTES, keyAt) as ShardKey,
    partitionKey: from.toString('utf8', keyAt, keyAt + keyBytes),
    data: from.subarray(keyAt + keyBytes, end),
    length,
  };
}
