/**
 * Reads a journal back. A last line cut short (the writer was killed) is left out and told; any other broken
 * line is an error, since evidence that cannot be read must not look like evidence that was never there.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { JOURNAL_VERSION, type JournalRecord, type RunRecord } from './records.ts';

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
  const lines = readFileSync(path, 'utf8').split('\n');
  const tail = lines.pop() ?? '';
  const records = lines.map((line, index) => parseLine(path, line, index + 1));
  const run = records[0];
  if (run?.kind !== 'run') throw new Error(`Cannot read ${path}: its first record must be of kind 'run'`);
  if (run.version !== JOURNAL_VERSION) {
    throw new Error(
      `Cannot read ${path}: its version is ${run.version}, this fleetfall reads ${JOURNAL_VERSION}`,
    );
  }
  return { run, records, torn: tail !== '' };
}

function parseLine(path: string, line: string, number: number): JournalRecord {
  try {
    return JSON.parse(line) as JournalRecord;
  } catch (error) {
    throw new Error(`Cannot read ${path}:${number}: it is not one JSON object`, { cause: error });
  }
}
