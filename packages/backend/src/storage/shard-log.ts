/**
 * The storage of a back-end: many ordered, append-only shards over one log file. A record is readable once it is
 * on disk and never before. Sequence numbers come from one counter for all shards, so that they rise within each,
 * across restarts too. Nothing is ever trimmed: a run is minutes long. Who may use a shard is decided elsewhere.
 */
import type { ShardKey } from '@fleetfall/protocol/ownership.ts';
import { type CommittedRecord, OverloadedError, startGroupCommit } from './group-commit.ts';
import { openLogFile } from './log-file.ts';
import { type NewRecord, readRecord, type StoredRecord } from './record-format.ts';
import { type Recovered, recoverLog } from './recover.ts';
import { createShardIndex, type RecordPlace, type ShardIndex } from './shard-index.ts';

/** Most bytes of records in one page: half a frame, so that a frame holds them and their heads. */
export const PAGE_BYTES_MAX = 4 * 1024 * 1024;
/** Bytes of a record's JSON head besides its partition key, whose every byte JSON may write as six. */
const HEAD_JSON_BYTES = 128;
const KEY_JSON_BYTES_PER_BYTE = 6;
/** Other shards' bytes that are read along rather than reading twice: about what one more read costs. */
const GAP_BYTES_MAX = 16 * 1024;
/** Reads under way at once. Each holds a page in memory, and a thread of the pool that appends need too. */
const READS_MAX = 16;

/** Records of one shard, from a position on. */
export interface ShardPage {
  readonly records: readonly StoredRecord[];
  /** How far the shard's newest record is ahead of the last one here, in arrival time; 0 when it is that one. */
  readonly behindLatestMs: number;
}

export interface ShardLog extends AsyncDisposable {
  /** What the file held when it was opened. */
  readonly recovered: Recovered;
  /**
   * Appends records, in their order. @returns their sequence numbers, once they are on disk.
   * @throws OverloadedError or StorageFailedError, for all of them.
   */
  append(records: readonly NewRecord[]): Promise<number[]>;
  /**
   * Reads up to `countMax` records behind a sequence number, {@link PAGE_BYTES_MAX} at most but at least one.
   * @throws OverloadedError
   */
  readAfter(shard: ShardKey, sequence: number, countMax: number): Promise<ShardPage>;
  /** The newest sequence number of a shard; 0 while it is empty. */
  latestSequence(shard: ShardKey): number;
  /** The sequence number before the first record that arrived at `atMs` or later; 0 when that is the oldest. */
  sequenceBefore(shard: ShardKey, atMs: number): number;
  /** Batches brought to disk, each by one fdatasync. */
  readonly commits: number;
  /** Records that wait for the disk now. */
  readonly inFlight: number;
}

/**
 * Opens the log in a folder, which is made where it is missing, and cuts off what a crash left torn.
 * @throws when the folder cannot be used, or holds a log of another layout.
 */
export async function openShardLog(dataDir: string, log: (message: string) => void): Promise<ShardLog> {
  await using parts = new AsyncDisposableStack();
  const file = parts.use(await openLogFile(dataDir));
  const shards = new Map<ShardKey, ShardIndex>();
  let reads = 0;

  function publish({ shard, sequence, arrivedAtMs, offset, length }: CommittedRecord): void {
    let index = shards.get(shard);
    if (index === undefined) {
      index = createShardIndex();
      shards.set(shard, index);
    }
    index.add(sequence, { offset, length }, arrivedAtMs);
  }

  const recovered = await recoverLog(file, (record, offset) => publish({ ...record, offset }));
  if (recovered.truncatedBytes > 0) log(`cut ${recovered.truncatedBytes} torn bytes off the log`);
  const { end, lastSequence } = recovered;
  const commit = parts.use(startGroupCommit({ file, end, lastSequence, onCommitted: publish, log }));

  /** One read after another: together they would take the pool's threads, and fdatasync would wait. */
  async function readPlaces(places: readonly RecordPlace[]): Promise<StoredRecord[]> {
    const records: StoredRecord[] = [];
    for (const span of spansOf(places)) {
      const last = span.at(-1)!;
      const from = span[0]!.offset;
      const bytes = await file.read(from, last.offset + last.length - from);
      for (const { offset } of span) records.push(wholeRecord(bytes, offset - from, offset));
    }
    return records;
  }

  const started = parts.move();
  return {
    recovered,
    append: (records) => commit.append(records),
    async readAfter(shard, sequence, countMax) {
      const index = shards.get(shard);
      const places = index?.placesAfter(sequence, countMax, PAGE_BYTES_MAX) ?? [];
      if (index === undefined || places.length === 0) return { records: [], behindLatestMs: 0 };
      if (reads >= READS_MAX) throw new OverloadedError(`${READS_MAX} reads are under way`);
      reads += 1;
      try {
        const records = fitting(await readPlaces(places));
        const { sequence: lastRead, arrivedAtMs } = records.at(-1)!;
        const isLatest = lastRead === index.latestSequence;
        return {
          records,
          behindLatestMs: isLatest ? 0 : Math.max(0, index.latestArrivedAtMs - arrivedAtMs),
        };
      } finally {
        reads -= 1;
      }
    },
    latestSequence: (shard) => shards.get(shard)?.latestSequence ?? 0,
    sequenceBefore: (shard, atMs) => shards.get(shard)?.sequenceBefore(atMs) ?? 0,
    get commits() {
      return commit.commits;
    },
    get inFlight() {
      return commit.inFlight;
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** Places that lie close enough together to be read at once. */
function spansOf(places: readonly RecordPlace[]): RecordPlace[][] {
  const spans: RecordPlace[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const place of places) {
    if (place.offset - end <= GAP_BYTES_MAX) spans.at(-1)!.push(place);
    else spans.push([place]);
    end = place.offset + place.length;
  }
  return spans;
}

/** As many of the records as fit into a page with their heads, but at least the first. */
function fitting(records: readonly StoredRecord[]): StoredRecord[] {
  let bytes = 0;
  const tooMany = records.findIndex(({ partitionKey, data }) => {
    bytes += HEAD_JSON_BYTES + KEY_JSON_BYTES_PER_BYTE * Buffer.byteLength(partitionKey) + data.length;
    return bytes > PAGE_BYTES_MAX;
  });
  return records.slice(0, tooMany === -1 ? records.length : Math.max(1, tooMany));
}

function wholeRecord(bytes: Buffer, at: number, offset: number): StoredRecord {
  const record = readRecord(bytes, at);
  if (typeof record === 'string') {
    throw new Error(`Cannot read the record at ${offset} of the log: it was whole once and is ${record} now`);
  }
  return record;
}
