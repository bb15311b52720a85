/**
 * Reads a log file from its beginning after a start and finds where its good part ends. A process that was killed,
 * or a machine that lost power, leaves a torn tail: the file is cut at the first record that is not whole. Nothing
 * behind that was acknowledged, since the acknowledgement waits for fdatasync of all before it.
 */
import { LOG_MAGIC, type LogFile } from './log-file.ts';
import { RECORD_BYTES_MAX, readRecord, type StoredRecord } from './record-format.ts';

/** Bytes read at a time: any record fits. */
const WINDOW_BYTES = 4 * RECORD_BYTES_MAX;

export interface Recovered {
  /** Where the next record goes. */
  readonly end: number;
  /** The highest sequence number in the file; 0 when it is empty. */
  readonly lastSequence: number;
  readonly records: number;
  /** Bytes that were cut off the end. */
  readonly truncatedBytes: number;
}

/**
 * Goes through all whole records and cuts off what follows them.
 * @param onRecord sees each record with its offset, in the file's order.
 */
export async function recoverLog(
  file: LogFile,
  onRecord: (record: StoredRecord, offset: number) => void,
): Promise<Recovered> {
  let end = LOG_MAGIC.length;
  let lastSequence = 0;
  let records = 0;
  for (;;) {
    const window = await file.read(end, WINDOW_BYTES);
    let at = 0;
    let record = readRecord(window, at);
    // A sequence number that does not rise is a leftover of a batch that failed and was written over in part.
    while (typeof record === 'object' && record.sequence > lastSequence) {
      onRecord(record, end + at);
      lastSequence = record.sequence;
      records += 1;
      at += record.length;
      record = readRecord(window, at);
    }
    end += at;
    const more = record === 'incomplete' && window.length === WINDOW_BYTES;
    if (!more) break;
  }
  const truncatedBytes = await bytesBehind(file, end);
  if (truncatedBytes > 0) {
    await file.truncate(end);
    await file.sync();
  }
  return { end, lastSequence, records, truncatedBytes };
}

async function bytesBehind(file: LogFile, end: number): Promise<number> {
  let position = end;
  for (;;) {
    const { length } = await file.read(position, WINDOW_BYTES);
    position += length;
    if (length < WINDOW_BYTES) return position - end;
  }
}
