/**
 * Appends records to a journal file: one line each, stamped, handed to the kernel before `append` returns, so that
 * a killed orchestrator loses nothing it had said; and to the disk each second, so that a host that goes down loses
 * no more than that. Reading is in `read.ts`.
 */
import { closeSync, fdatasync, fdatasyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { JournalEntry, JournalRecord } from './records.ts';

/** What a host that goes down may cost. */
const FLUSH_INTERVAL_MS = 1_000;

/** The disk refused the journal. A run without its evidence must not go on; what was written can be judged. */
export class JournalWriteError extends Error {
  override readonly name = 'JournalWriteError';
}

/** An open journal. */
export interface Journal extends Disposable {
  readonly path: string;
  /** @throws JournalWriteError once the disk refused; nothing more is written then. */
  append(entry: JournalEntry): JournalRecord;
  /** Hears every record after it was written, until it is disposed. */
  subscribe(listener: (record: JournalRecord) => void): Disposable;
  /** Whether it was closed: its run is over. */
  readonly closed: boolean;
  /** Aborted with a {@link JournalWriteError} when the disk refuses. */
  readonly failed: AbortSignal;
}

/**
 * Opens a new journal and makes its folder.
 * @throws when the file exists (a journal is never written over) or cannot be made.
 */
export function openJournal(path: string): Journal {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'ax');
  const begunMs = performance.now();
  const listeners = new Set<(record: JournalRecord) => void>();
  const failing = new AbortController();
  let open = true;
  let unflushed = false;

  function fail(cause: unknown): void {
    const why = cause instanceof Error ? cause.message : String(cause);
    failing.abort(
      new JournalWriteError(
        `Cannot write the journal ${path}: ${why}; what was written until then is whole`,
        {
          cause,
        },
      ),
    );
  }

  function write(line: Buffer): void {
    failing.signal.throwIfAborted();
    try {
      for (let written = 0; written < line.length; ) written += writeSync(file, line, written);
      unflushed = true;
    } catch (error) {
      // For good: after half a line, a line that found room again would make both unreadable.
      fail(error);
      throw failing.signal.reason;
    }
  }

  const flushing = setInterval(() => {
    if (!unflushed) return;
    unflushed = false;
    fdatasync(file, (error) => {
      // Closed meanwhile: closing has flushed it.
      if (error !== null && open) fail(error);
    });
  }, FLUSH_INTERVAL_MS).unref();

  return {
    path,
    failed: failing.signal,
    get closed() {
      return !open;
    },
    append(entry) {
      if (!open) throw new Error(`Cannot append to ${path}: it is closed`);
      const monoMs = Math.round((performance.now() - begunMs) * 10) / 10;
      const record: JournalRecord = { monoMs, atMs: Date.now(), ...entry };
      write(Buffer.from(`${JSON.stringify(record)}\n`, 'utf8'));
      for (const listener of listeners) listener(record);
      return record;
    },
    subscribe(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    [Symbol.dispose]() {
      if (!open) return;
      open = false;
      clearInterval(flushing);
      try {
        if (!failing.signal.aborted) fdatasyncSync(file);
      } finally {
        closeSync(file);
      }
    },
  };
}
