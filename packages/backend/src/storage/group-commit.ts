/**
 * Writes records so that many share one fdatasync: while one batch is on its way to disk the next gathers, and an
 * append resolves when the batch it is part of is on disk. With hundreds of shards and small records this is what
 * makes one shared file the fastest layout: a file a shard would cost an fdatasync a shard.
 *
 * When the disk refuses a write, that batch fails, the file is cut back to where the batch began, and the next
 * batch starts there: no acknowledged record ever lies behind a hole. When the cut or an fdatasync fails, what is
 * on disk is no longer known (a kernel may drop dirty pages it could not write, and report it once): the log then
 * refuses every append until the process is started again and reads the file anew.
 */
import type { LogFile } from './log-file.ts';
import { type NewRecord, recordLength, writeRecord } from './record-format.ts';
import type { RecordPlace } from './shard-index.ts';

/** Records that may wait for the disk. At 10,000 a second, several seconds of a disk that stands still. */
const IN_FLIGHT_RECORDS_MAX = 65_536;
/** Their bytes: twelve of the largest requests. Both batches are held in memory. */
const IN_FLIGHT_BYTES_MAX = 64 * 1024 * 1024;
/** A batch's first buffer; one that had to grow past it is let go afterwards. */
const BATCH_BUFFER_BYTES = 1024 * 1024;

/** The disk refused: the records were not stored, or what became of them is not known. */
export class StorageFailedError extends Error {
  override readonly name = 'StorageFailedError';
}

/** Too many records wait for the disk. Nothing was written. */
export class OverloadedError extends Error {
  override readonly name = 'OverloadedError';
}

/** A record that is on disk. */
export interface CommittedRecord extends RecordPlace {
  readonly shard: NewRecord['shard'];
  readonly sequence: number;
  readonly arrivedAtMs: number;
}

export interface GroupCommit extends AsyncDisposable {
  /**
   * Appends records, in their order and with no other's between them.
   * @returns their sequence numbers, once they are on disk.
   * @throws OverloadedError or StorageFailedError, for all of them.
   */
  append(records: readonly NewRecord[]): Promise<number[]>;
  /** Batches that were brought to disk. */
  readonly commits: number;
  /** Records that wait for the disk now. */
  readonly inFlight: number;
}

export interface GroupCommitOptions {
  readonly file: LogFile;
  /** Where the first record goes. */
  readonly end: number;
  /** The highest sequence number given so far. */
  readonly lastSequence: number;
  /** Hears of each record once it is on disk, before its append resolves. */
  readonly onCommitted: (record: CommittedRecord) => void;
  readonly log: (message: string) => void;
}

/** What gathers while another is on its way to disk. Offsets are relative to the batch. */
interface Batch {
  buffer: Buffer;
  bytes: number;
  readonly records: CommittedRecord[];
  readonly waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[];
}

const emptyBatch = (buffer: Buffer): Batch => ({ buffer, bytes: 0, records: [], waiting: [] });

export function startGroupCommit(options: GroupCommitOptions): GroupCommit {
  const { file, onCommitted, log } = options;
  let { end, lastSequence } = options;
  let gathering = emptyBatch(Buffer.allocUnsafe(BATCH_BUFFER_BYTES));
  let spare: Buffer = Buffer.allocUnsafe(BATCH_BUFFER_BYTES);
  let committing: Promise<void> | undefined;
  let inFlight = 0;
  let inFlightBytes = 0;
  let commits = 0;
  let refusing: StorageFailedError | undefined;
  let closed = false;

  function gather(record: NewRecord, length: number, arrivedAtMs: number): number {
    const { bytes: offset } = gathering;
    lastSequence += 1;
    gathering.bytes = writeRecord(gathering.buffer, offset, record, lastSequence, arrivedAtMs);
    gathering.records.push({ shard: record.shard, sequence: lastSequence, arrivedAtMs, offset, length });
    return lastSequence;
  }

  function makeRoom(bytes: number): void {
    const needed = gathering.bytes + bytes;
    if (needed <= gathering.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, gathering.buffer.length * 2));
    gathering.buffer.copy(larger, 0, 0, gathering.bytes);
    gathering.buffer = larger;
  }

  async function commitAll(): Promise<void> {
    // What else arrives in this turn of the event loop belongs to the same batch.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (gathering.records.length > 0) {
      const batch = gathering;
      gathering = emptyBatch(spare);
      const failure = refusing ?? (await bringToDisk(batch));
      inFlight -= batch.records.length;
      inFlightBytes -= batch.bytes;
      spare =
        batch.buffer.length > BATCH_BUFFER_BYTES ? Buffer.allocUnsafe(BATCH_BUFFER_BYTES) : batch.buffer;
      if (failure === undefined) publish(batch);
      else for (const { reject } of batch.waiting) reject(failure);
    }
    committing = undefined;
  }

  /** @returns why it is not on disk, or undefined when it is. */
  async function bringToDisk(batch: Batch): Promise<StorageFailedError | undefined> {
    try {
      await file.write(batch.buffer.subarray(0, batch.bytes), end);
    } catch (cause) {
      return cutBack(cause);
    }
    try {
      await file.sync();
    } catch (cause) {
      return refuseFromNowOn('fdatasync failed', cause);
    }
    commits += 1;
    return undefined;
  }

  async function cutBack(writeFailure: unknown): Promise<StorageFailedError> {
    log(`a batch could not be written: ${String(writeFailure)}`);
    try {
      await file.truncate(end);
    } catch (cause) {
      return refuseFromNowOn('a failed batch could not be cut off', cause);
    }
    return new StorageFailedError(`The log could not be written: ${String(writeFailure)}`, {
      cause: writeFailure,
    });
  }

  function refuseFromNowOn(what: string, cause: unknown): StorageFailedError {
    const message = `The log takes no more records until a restart: ${what}: ${String(cause)}`;
    log(message);
    refusing = new StorageFailedError(message, { cause });
    return refusing;
  }

  function publish(batch: Batch): void {
    for (const record of batch.records) onCommitted({ ...record, offset: end + record.offset });
    end += batch.bytes;
    for (const { resolve } of batch.waiting) resolve();
  }

  return {
    async append(records) {
      if (refusing !== undefined) throw refusing;
      if (closed) throw new StorageFailedError('The log is closed');
      const lengths = records.map(recordLength);
      const bytes = lengths.reduce((sum, length) => sum + length, 0);
      if (inFlight + records.length > IN_FLIGHT_RECORDS_MAX || inFlightBytes + bytes > IN_FLIGHT_BYTES_MAX) {
        throw new OverloadedError(`${inFlight} records of ${inFlightBytes} bytes wait for the disk`);
      }
      inFlight += records.length;
      inFlightBytes += bytes;
      makeRoom(bytes);
      const arrivedAtMs = Date.now();
      const sequences = records.map((record, index) => gather(record, lengths[index]!, arrivedAtMs));
      const { waiting } = gathering;
      const committed = new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }));
      committing ??= commitAll();
      await committed;
      return sequences;
    },
    get commits() {
      return commits;
    },
    get inFlight() {
      return inFlight;
    },
    /** Takes no more, and brings to disk what it took. */
    async [Symbol.asyncDispose]() {
      closed = true;
      await committing;
    },
  };
}
