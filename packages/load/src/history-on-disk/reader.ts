/** Gives back the history that a load left on disk (`fleetfall load --history`, or a run that verifies), for a checker. */
import { existsSync, readFileSync } from 'node:fs';
import {
  ENTRY_HEAD_BYTES,
  type EntryKind,
  HISTORY_FORMAT,
  type HistoryHeader,
  historyPathOf,
  KINDS,
} from './format.ts';

/** One write as the load saw it. Times are wall clock, in milliseconds. */
export interface HistoryWrite {
  /** Of one generator's writes, from 0. */
  readonly serial: number;
  /** Names the generator; with the serial number it is in the record's data: `ff-WRITER-SERIAL`, ten digits. */
  readonly writer: string;
  readonly key: string;
  /** `unknown`: it may have been written. `refused`: it certainly was not. */
  readonly state: 'unknown' | 'acknowledged' | 'refused';
  /** null unless it was acknowledged. */
  readonly shardId: string | null;
  readonly sequenceNumber: string | null;
  readonly begunAtMs: number;
  /** When its end was known; null for one that is unknown. */
  readonly endedAtMs: number | null;
}

export interface LoadHistory {
  readonly stream: string;
  /** In the order in which they began, generator by generator. */
  readonly writes: readonly HistoryWrite[];
  /** False when the load was killed: writes of its last tenth of a second may be missing. */
  readonly complete: boolean;
}

/**
 * Reads a history back, of all generators that kept one beside one another.
 * @param path as it was given to `--history`, or of the file that a run left beside its journal.
 * @throws Error when a file cannot be read or is no history.
 */
export function readHistory(path: string): LoadHistory {
  const parts = [readPart(path)];
  for (let generator = 1; existsSync(historyPathOf(path, generator)); generator += 1)
    parts.push(readPart(historyPathOf(path, generator)));
  return {
    stream: parts[0]?.stream ?? '',
    writes: parts.flatMap(({ writes }) => writes),
    complete: parts.every(({ complete }) => complete),
  };
}

interface Entry {
  readonly kind: EntryKind;
  readonly shard: number;
  readonly serial: number;
  readonly sinceMs: number;
  readonly text: string;
  readonly sequence: string;
}

function readPart(path: string): LoadHistory {
  const bytes = readFileSync(path);
  const lineEnd = bytes.indexOf('\n');
  const { begunAtMs, stream, writer } = readHeader(path, bytes.toString('utf8', 0, Math.max(0, lineEnd)));
  const shardIds: string[] = [];
  const writes: HistoryWrite[] = [];
  let complete = false;
  for (const { kind, shard, serial, sinceMs, text, sequence } of entries(path, bytes, lineEnd + 1)) {
    const atMs = begunAtMs + sinceMs;
    complete = kind === 'closed';
    if (kind === 'closed') continue;
    if (kind === 'shard') shardIds[shard] = text;
    else if (kind === 'begun')
      writes[serial] = {
        ...{ serial, writer, key: text, state: 'unknown', shardId: null, sequenceNumber: null },
        ...{ begunAtMs: atMs, endedAtMs: null },
      };
    else {
      const begun = writes[serial];
      if (begun === undefined) throw new Error(`Cannot read ${path}: write ${serial} ends and never began`);
      writes[serial] = {
        ...begun,
        state: kind,
        shardId: kind === 'acknowledged' ? (shardIds[shard] ?? null) : null,
        sequenceNumber: kind === 'acknowledged' ? BigInt(`0x${sequence || '0'}`).toString() : null,
        endedAtMs: atMs,
      };
    }
  }
  return { stream, writes, complete };
}

function readHeader(path: string, line: string): HistoryHeader {
  const wrong = `Cannot read ${path}:1: it must be a ${HISTORY_FORMAT}, as 'fleetfall load --history' and runs write it`;
  let header: (HistoryHeader & { readonly format?: string }) | null;
  try {
    header = JSON.parse(line);
  } catch (error) {
    throw new Error(wrong, { cause: error });
  }
  if (header?.format !== HISTORY_FORMAT) throw new Error(wrong);
  return header;
}

/** An entry that was cut short at the end (the load was killed) is left out. */
function* entries(path: string, bytes: Buffer, from: number): Generator<Entry> {
  for (let at = from; at + ENTRY_HEAD_BYTES < bytes.length; ) {
    const kind = KINDS[bytes[at] as number];
    const textAt = at + ENTRY_HEAD_BYTES;
    const textEnd = textAt + (bytes[at + 1] as number);
    const end = textEnd + 1 + (bytes[textEnd] ?? 0);
    if (kind === undefined) throw new Error(`Cannot read ${path}: byte ${at} begins no entry`);
    if (end > bytes.length) return;
    yield {
      kind,
      shard: bytes.readUInt16LE(at + 2),
      serial: bytes.readUInt32LE(at + 4),
      sinceMs: bytes.readUInt32LE(at + 8),
      text: bytes.toString('latin1', textAt, textEnd),
      sequence: bytes.toString('hex', textEnd + 1, end),
    };
    at = end;
  }
}
