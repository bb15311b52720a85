/**
 * Follows a journal that is being written: whole lines from its beginning, then those that are appended. The file is
 * looked at and never held on to in the writer's way; it may not be there yet.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { recordOf } from '@fleetfall/journal/parse-line.ts';
import { JOURNAL_VERSION } from '@fleetfall/journal/records.ts';
import type { LooseRecord } from '../page/model/loose-records.ts';

/** What one look takes in at the most; a longer file takes several. */
const READ_BYTES_MAX = 4 * 1024 * 1024;

export interface FollowedFile {
  /**
   * The records that came since the last call, as many as one look takes in; none while nothing came.
   * @throws Error when the file is not a journal of this version, or a line of it is not one JSON object.
   */
  next(): LooseRecord[];
}

export function followFile(path: string): FollowedFile {
  const bytes = Buffer.allocUnsafe(READ_BYTES_MAX);
  let offset = 0;
  let rest = Buffer.alloc(0);
  let lines = 0;

  function read(): Buffer {
    let file: number;
    try {
      file = openSync(path, 'r');
    } catch (error) {
      // A journal that is yet to be begun.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' && offset === 0) return Buffer.alloc(0);
      throw error;
    }
    try {
      const count = readSync(file, bytes, 0, READ_BYTES_MAX, offset);
      offset += count;
      return bytes.subarray(0, count);
    } finally {
      closeSync(file);
    }
  }
  return {
    next() {
      const text = Buffer.concat([rest, read()]);
      const end = text.lastIndexOf(0x0a);
      rest = Buffer.from(text.subarray(end + 1));
      if (end < 0) return [];
      const records = text
        .subarray(0, end)
        .toString('utf8')
        .split('\n')
        .map((line, index) => parsed(path, line, lines + index + 1));
      if (lines === 0 && records[0] !== undefined) assertJournal(path, records[0]);
      lines += records.length;
      return records;
    },
  };
}

function parsed(path: string, line: string, number: number): LooseRecord {
  try {
    return recordOf(line) as LooseRecord;
  } catch (error) {
    throw new Error(`Cannot follow ${path}:${number}: it is not one JSON object`, { cause: error });
  }
}

function assertJournal(path: string, first: LooseRecord): void {
  if (first.kind !== 'run') throw new Error(`Cannot follow ${path}: its first record must be of kind 'run'`);
  const { version } = first as { version?: unknown };
  if (version !== JOURNAL_VERSION) {
    throw new Error(
      `Cannot follow ${path}: its version is ${String(version)}, this fleetfall reads ${JOURNAL_VERSION}`,
    );
  }
}
