/**
 * Reads a journal back. A last line cut short (the writer was killed) is left out and told; any other broken
 * line is an error, since evidence that cannot be read must not look like evidence that was never there.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ParseLine, parserOfLines } from './parse-line.ts';
import { JOURNAL_VERSION, type JournalRecord, type RunRecord } from './records.ts';

/** A journal is read by so much at a time: one of hours is longer than the longest string. */
const CHUNK_BYTES = 4 << 20;
const NEWLINE = 0x0a;

export interface ReadJournal {
  readonly run: RunRecord;
  readonly records: readonly JournalRecord[];
  /** Whether the last line was cut short. */
  readonly torn: boolean;
}

/** The file of a journal that is named by itself or by the folder that holds it. @throws when there is neither. */
export function journalFile(path: string): string {
  return statSync(path).isDirectory() ? join(path, 'journal.ndjson') : path;
}

/** @throws when the file cannot be read, has no run record first, another version, or a broken line inside. */
export function readJournal(path: string): ReadJournal {
  const parse = parserOfLines();
  const records: JournalRecord[] = [];
  const torn = eachLine(path, (line) => records.push(parsed(path, parse, line, records.length + 1)));
  const run = records[0];
  if (run?.kind !== 'run') throw new Error(`Cannot read ${path}: its first record must be of kind 'run'`);
  if (run.version !== JOURNAL_VERSION) {
    throw new Error(
      `Cannot read ${path}: its version is ${run.version}, this fleetfall reads ${JOURNAL_VERSION}`,
    );
  }
  return { run, records, torn };
}

function parsed(path: string, parse: ParseLine, line: string, number: number): JournalRecord {
  try {
    return parse(line);
  } catch (error) {
    throw new Error(`Cannot read ${path}:${number}: it is not one JSON object`, { cause: error });
  }
}

/** Hands out every line that has its end. @returns whether something is left behind the last of them. */
function eachLine(path: string, take: (line: string) => void): boolean {
  const file = openSync(path, 'r');
  try {
    let buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    /** What is in the buffer and not handed out: the beginning of a line. */
    let held = 0;
    for (;;) {
      if (held === buffer.length) buffer = Buffer.concat([buffer], 2 * buffer.length);
      const read = readSync(file, buffer, held, buffer.length - held, null);
      if (read === 0) return held > 0;
      // No byte of a character of several is a newline, so that whole lines are whole characters.
      const end = buffer.subarray(held, held + read).lastIndexOf(NEWLINE);
      if (end < 0) {
        held += read;
        continue;
      }
      const whole = held + end;
      for (const line of buffer.toString('utf8', 0, whole).split('\n')) take(line);
      buffer.copyWithin(0, whole + 1, held + read);
      held = held + read - (whole + 1);
    }
  } finally {
    closeSync(file);
  }
}
