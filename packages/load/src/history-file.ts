/**
 * The history of a load on disk, for a checker: every write with its key, and whether it was acknowledged, certainly
 * refused, or is unknown. Compact and binary, some 50 bytes a write, appended in blocks; `readHistory` gives it back.
 *
 * A first line of JSON says what it is. Then entries: a byte of kind, a byte of key length, a u16 of shard number, u32
 * of serial number, begin and end (ms since the header's time), the key, a byte of length and the sequence number as a
 * big-endian integer. An entry is written when its write has ended, those that never did at the end; a serial number
 * that is missing below the highest is a write of a load that was killed, and unknown. Little-endian throughout.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { WriteKeeper } from './kinesis/workload.ts';

export const HISTORY_FORMAT = 'fleetfall-history-1';
const BLOCK_BYTES = 64 * 1024;
const ENTRY_HEAD_BYTES = 16;
const ENTRY_BYTES_MAX = ENTRY_HEAD_BYTES + 255 + 1 + 255;
const KINDS = ['unknown', 'acknowledged', 'refused', 'shard'] as const;
type WriteState = 'unknown' | 'acknowledged' | 'refused';

export interface HistoryHeader {
  readonly stream: string;
  readonly writer: string;
  readonly begunAtMs: number;
}

/** One write as the load saw it. Times are wall clock. */
export interface HistoryWrite {
  readonly serial: number;
  readonly key: string;
  readonly state: WriteState;
  /** null unless it was acknowledged. */
  readonly shardId: string | null;
  readonly sequenceNumber: string | null;
  readonly begunAtMs: number;
  /** When its end was known, or the history was closed. */
  readonly endedAtMs: number;
}

/** Disposal writes what is still open, as unknown. */
export interface HistoryFile extends WriteKeeper, Disposable {}

interface OpenWrite {
  readonly key: string;
  readonly beganMs: number;
}

/** Opens a new history. @throws when the file is there already, and later when the disk refuses. */
export function openHistoryFile(path: string, header: HistoryHeader): HistoryFile {
  const file = openSync(path, 'wx');
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  const open = new Map<number, OpenWrite>();
  const shardNumbers = new Map<string, number>();
  let used = 0;
  let serials = 0;
  let closed = false;

  const flush = (): void => {
    for (let written = 0; written < used; ) written += writeSync(file, block, written, used - written);
    used = 0;
  };
  const put = (
    kind: (typeof KINDS)[number],
    shard: number,
    serial: number,
    write: OpenWrite,
    sequence: string,
  ): void => {
    if (used + ENTRY_BYTES_MAX > BLOCK_BYTES) flush();
    const keyBytes = block.write(write.key.slice(0, 255), used + ENTRY_HEAD_BYTES, 255, 'latin1');
    block[used] = KINDS.indexOf(kind);
    block[used + 1] = keyBytes;
    block.writeUInt16LE(shard, used + 2);
    block.writeUInt32LE(serial, used + 4);
    block.writeUInt32LE(write.beganMs, used + 8);
    block.writeUInt32LE(nowMs(), used + 12);
    used += ENTRY_HEAD_BYTES + keyBytes;
    const hex = sequence === '' ? '' : BigInt(sequence).toString(16);
    const sequenceBytes = (hex.length + 1) >> 1;
    block[used] = sequenceBytes;
    block.write(hex.padStart(sequenceBytes * 2, '0'), used + 1, 'hex');
    used += 1 + sequenceBytes;
  };
  const nowMs = (): number => Math.max(0, Math.round(Date.now() - header.begunAtMs));
  const take = (serial: number): OpenWrite => {
    const write = open.get(serial);
    if (write === undefined) throw new RangeError(`Cannot end write ${serial}: it is not under way`);
    open.delete(serial);
    return write;
  };
  const shardNumber = (shardId: string): number => {
    const known = shardNumbers.get(shardId);
    if (known !== undefined) return known;
    const number = shardNumbers.size;
    shardNumbers.set(shardId, number);
    put('shard', number, 0, { key: shardId, beganMs: 0 }, '');
    return number;
  };
  writeSync(file, `${JSON.stringify({ format: HISTORY_FORMAT, ...header })}\n`);
  return {
    begin(key) {
      open.set(serials, { key, beganMs: nowMs() });
      serials += 1;
      return serials - 1;
    },
    acknowledge(serial, shardId, sequenceNumber) {
      put('acknowledged', shardNumber(shardId), serial, take(serial), sequenceNumber);
    },
    refuse(serial) {
      put('refused', 0, serial, take(serial), '');
    },
    [Symbol.dispose]() {
      if (closed) return;
      closed = true;
      for (const [serial, write] of open) put('unknown', 0, serial, write, '');
      flush();
      closeSync(file);
    },
  };
}

/** A keeper that gives serial numbers and keeps nothing. */
export function keepNothing(): WriteKeeper {
  let serials = 0;
  return {
    begin() {
      serials += 1;
      return serials - 1;
    },
    acknowledge: () => undefined,
    refuse: () => undefined,
  };
}

/**
 * Reads a history back. An entry that was cut short at the end (the load was killed) is left out.
 * @throws when the file cannot be read or is no history.
 */
export function readHistory(path: string): {
  readonly header: HistoryHeader;
  readonly writes: HistoryWrite[];
} {
  const bytes = readFileSync(path);
  const lineEnd = bytes.indexOf('\n');
  const { format, ...header } = JSON.parse(
    bytes.toString('utf8', 0, Math.max(0, lineEnd)) || '{}',
  ) as HistoryHeader & {
    format?: string;
  };
  if (format !== HISTORY_FORMAT) throw new Error(`Cannot read ${path}: it must be a ${HISTORY_FORMAT}`);
  const shardIds: string[] = [];
  const writes: HistoryWrite[] = [];
  for (let at = lineEnd + 1; at + ENTRY_HEAD_BYTES < bytes.length; ) {
    const kind = KINDS[bytes[at] as number];
    const keyEnd = at + ENTRY_HEAD_BYTES + (bytes[at + 1] as number);
    const end = keyEnd + 1 + (bytes[keyEnd] ?? 0);
    if (kind === undefined) throw new Error(`Cannot read ${path}: byte ${at} begins no entry`);
    if (end > bytes.length) break;
    const key = bytes.toString('latin1', at + ENTRY_HEAD_BYTES, keyEnd);
    const shard = bytes.readUInt16LE(at + 2);
    if (kind === 'shard') shardIds[shard] = key;
    else {
      const acknowledged = kind === 'acknowledged';
      writes.push({
        serial: bytes.readUInt32LE(at + 4),
        key,
        state: kind,
        shardId: acknowledged ? (shardIds[shard] ?? null) : null,
        sequenceNumber: acknowledged
          ? BigInt(`0x${bytes.toString('hex', keyEnd + 1, end) || '0'}`).toString()
          : null,
        begunAtMs: header.begunAtMs + bytes.readUInt32LE(at + 8),
        endedAtMs: header.begunAtMs + bytes.readUInt32LE(at + 12),
      });
    }
    at = end;
  }
  return { header, writes };
}
