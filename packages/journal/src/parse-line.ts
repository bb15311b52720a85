/**
 * Reads one line of a journal after another. Most of a long journal is front-ends that say whom they know, word for word
 * as a moment ago: what was read so once is not read again, and the records share it.
 */
import type { JournalRecord } from './records.ts';

/** A line as its record. @throws SyntaxError when it is not one JSON object. */
export type ParseLine = (line: string) => JournalRecord;

/** Where it begins: a quotation mark in a JSON string is escaped, so that this can only be a field. */
const RECURRING = '"learnedAtMs":{';

/** So much of a line is said again in an error. */
const QUOTED_MAX = 40;

/** A parser for the lines of one journal. What it gives is what `JSON.parse` gives, but that parts are shared. */
export function parserOfLines(): ParseLine {
  const known = new Map<string, Readonly<Record<string, number>>>();

  /** The record whose recurring part lies from one place to another; undefined when it is not where a sample has it. */
  function withKnown(line: string, from: number, to: number): JournalRecord | undefined {
    const text = line.slice(from, to);
    const record = JSON.parse(`${line.slice(0, from)}null${line.slice(to)}`) as JournalRecord;
    if (record.kind !== 'observer' || record.record.kind !== 'sample') return undefined;
    const { state } = record.record;
    if (state.role !== 'front-end' || state.membership.learnedAtMs !== null) return undefined;
    const learnedAtMs = known.get(text) ?? (JSON.parse(text) as Readonly<Record<string, number>>);
    known.set(text, learnedAtMs);
    Object.assign(state.membership, { learnedAtMs });
    return record;
  }
  return (line) => {
    const field = line.indexOf(RECURRING);
    const end = field < 0 ? -1 : line.indexOf('}', field);
    if (end >= 0) {
      try {
        const record = withKnown(line, field + RECURRING.length - 1, end + 1);
        if (record !== undefined) return record;
      } catch {
        // The part ends elsewhere than at the first brace, or the line is broken: read as a whole, it says which.
      }
    }
    return recordOf(line);
  };
}

/** One line by itself as its record. @throws SyntaxError when it is not one JSON object. */
export function recordOf(line: string): JournalRecord {
  const value: unknown = JSON.parse(line);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SyntaxError(`it is JSON, and no object: ${line.slice(0, QUOTED_MAX)}`);
  return value as JournalRecord;
}
