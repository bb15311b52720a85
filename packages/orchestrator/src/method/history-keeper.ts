/**
 * Keeps what the load of an arm tells of its writes, beside the run's journal: a checker reads it with `readHistory`.
 * The file is made with the first bytes that come; the journal names it then.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Recorder } from './recorder.ts';

export const HISTORY_EXTENSION = '.history';

export interface HistoryKeeper extends Disposable {
  /** @throws what the disk refused: a run must not go on without what it was asked to keep. */
  readonly keep: (stream: string, bytes: Buffer) => void;
}

/** Where the history of an arm's writes is kept. */
export function historyPathOf(journalPath: string, arm: string): string {
  return join(dirname(journalPath), `${arm}${HISTORY_EXTENSION}`);
}

/** @param arm names the file. */
export function openHistoryKeeper(journalPath: string, arm: string, record: Recorder): HistoryKeeper {
  const path = historyPathOf(journalPath, arm);
  let file: number | undefined;
  return {
    keep(stream, bytes) {
      if (file === undefined) {
        // Never written over, as the journal is not.
        file = onDisk(path, () => openSync(path, 'wx'));
        record({ kind: 'history', stream, file: basename(path) });
      }
      const open = file;
      onDisk(path, () => {
        for (let written = 0; written < bytes.length; ) written += writeSync(open, bytes, written);
      });
    },
    [Symbol.dispose]() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

function onDisk<Result>(path: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot write the history ${path}: ${why}`, { cause: error });
  }
}
