/**
 * The history of a load, for a checker: every write with its key, and whether it was acknowledged, certainly refused,
 * or is unknown. Compact and binary, some 80 bytes a write (`format.ts`). A write's key goes out when it begins, so that
 * nothing is held for those under way, however long an outage lasts, and a load that is killed leaves all but the last
 * tenth of a second. Where it goes is `append-blocks.ts`'s, a file, or `tell-blocks.ts`'s, whoever listens.
 */
import type { WriteKeeper } from '../kinesis/workload.ts';
import {
  ENTRY_BYTES_MAX,
  ENTRY_HEAD_BYTES,
  type EntryKind,
  HISTORY_FORMAT,
  type HistoryHeader,
  KINDS,
  TEXT_BYTES_MAX,
} from './format.ts';

/** Takes the bytes of a history, in their order. Disposal hands on what is left. */
export interface HistoryBlocks extends Disposable {
  /** Where the next entry goes: at least `bytesMax` are free behind the place. */
  room(bytesMax: number): { readonly block: Buffer; readonly at: number };
  /** So many bytes were put there. */
  used(bytes: number): void;
  /** Hands on what was put there so far. */
  flush(): void;
}

/** Disposal closes it, and throws what its blocks could not take. */
export interface HistoryWriter extends WriteKeeper, Disposable {
  /** All that was begun has come to its end as far as it ever will: the history is whole unless more begins. */
  settle(): void;
}

/**
 * Begins a new history.
 * @param firstSerial the number of the first write that it keeps.
 */
export function writeHistory(file: HistoryBlocks, header: HistoryHeader, firstSerial = 0): HistoryWriter {
  const shardNumbers = new Map<string, number>();
  let serials = firstSerial;
  let isSettled = false;
  let closed = false;

  const put = (kind: EntryKind, shard: number, serial: number, text: string, sequence: string): void => {
    const goesOn = isSettled && kind !== 'closed';
    isSettled = kind === 'closed';
    const { block, at } = file.room(ENTRY_BYTES_MAX);
    const textAt = at + ENTRY_HEAD_BYTES;
    const textBytes = block.write(text.slice(0, TEXT_BYTES_MAX), textAt, TEXT_BYTES_MAX, 'latin1');
    block[at] = KINDS.indexOf(kind);
    block[at + 1] = textBytes;
    block.writeUInt16LE(shard, at + 2);
    block.writeUInt32LE(serial, at + 4);
    block.writeUInt32LE(Math.max(0, Math.round(Date.now() - header.begunAtMs)), at + 8);
    const hex = sequence === '' ? '' : BigInt(sequence).toString(16);
    const sequenceBytes = (hex.length + 1) >> 1;
    const sequenceAt = textAt + textBytes;
    block[sequenceAt] = sequenceBytes;
    block.write(hex.padStart(sequenceBytes * 2, '0'), sequenceAt + 1, 'hex');
    file.used(ENTRY_HEAD_BYTES + textBytes + 1 + sequenceBytes);
    // What was whole is no more, and must not be taken for it, whatever becomes of what follows.
    if (goesOn) file.flush();
  };
  const shardNumber = (shardId: string): number => {
    const known = shardNumbers.get(shardId);
    if (known !== undefined) return known;
    const number = shardNumbers.size;
    shardNumbers.set(shardId, number);
    put('shard', number, 0, shardId, '');
    return number;
  };
  const head = `${JSON.stringify({ format: HISTORY_FORMAT, ...header })}\n`;
  const { block, at } = file.room(Buffer.byteLength(head));
  file.used(block.write(head, at));
  const settle = (): void => {
    if (!isSettled) put('closed', 0, 0, '', '');
    file.flush();
  };
  return {
    begin(key) {
      put('begun', 0, serials, key, '');
      serials += 1;
      return serials - 1;
    },
    acknowledge(serial, shardId, sequenceNumber) {
      put('acknowledged', shardNumber(shardId), serial, '', sequenceNumber);
    },
    refuse(serial) {
      put('refused', 0, serial, '', '');
    },
    settle,
    [Symbol.dispose]() {
      if (closed) return;
      closed = true;
      settle();
      file[Symbol.dispose]();
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
