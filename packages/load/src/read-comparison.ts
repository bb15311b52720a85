/**
 * Holds what was read of a stream against what was acknowledged. Pure: records are handed in shard by shard, in
 * the order in which the shard gave them; reading them is `read-back.ts`'s.
 */
import { sequenceFingerprint, type WriteHistory } from './history.ts';
import { recordId, serialOf } from './record-data.ts';

const LOST_EXAMPLES_MAX = 10;

/** One record as GetRecords gives it. */
export interface ReadRecord {
  readonly SequenceNumber: string;
  /** Base64. */
  readonly Data: string;
}

export interface Comparison {
  readonly acknowledged: number;
  /** Acknowledged writes that were found. */
  readonly found: number;
  /** Acknowledged writes that were not. */
  readonly lost: number;
  /** Writes that were found more than once, acknowledged or not. */
  readonly duplicated: number;
  /** Records out of their order; see {@link ReadComparison.read}. */
  readonly outOfOrder: number;
  /** Writes of which the load never knew what became of them, and those among them that were found: both are right. */
  readonly unknown: number;
  readonly unknownFound: number;
  /** Writes that were certainly refused, and found all the same. */
  readonly refusedButFound: number;
  /** Ids of lost writes, with shard and time of acknowledgement; at most ten. */
  readonly lostExamples: readonly string[];
}

export interface ReadComparison {
  /**
   * Takes the next record of a shard. It is out of order when its sequence number is not above the one before
   * it; when an acknowledgement named another shard or sequence number for it; or when it was acknowledged before
   * a record that stands ahead of it was even sent. Records that the load did not write count for the first only.
   */
  read(shardId: string, record: ReadRecord): void;
  /** Once every shard was read to its end. */
  result(): Comparison;
}

/**
 * @param writer whose writes the history holds.
 */
export function compareWith(history: WriteHistory, writer: string): ReadComparison {
  const timesFound = new Uint8Array(history.count);
  const lastOf = new Map<string, { sequenceNumber: string; newestSentAtMs: number }>();
  let outOfOrder = 0;
  return {
    read(shardId, { SequenceNumber: sequenceNumber, Data: data }) {
      const last = lastOf.get(shardId) ?? { sequenceNumber: '', newestSentAtMs: -1 };
      lastOf.set(shardId, last);
      let inOrder = compareSequenceNumbers(last.sequenceNumber, sequenceNumber) < 0;
      last.sequenceNumber = sequenceNumber;

      const serial = serialOf(writer, data);
      if (serial !== undefined && serial < history.count) {
        timesFound[serial] = Math.min(2, (timesFound[serial] as number) + 1);
        if (history.stateOf(serial) === 'acknowledged') {
          const told = history.acknowledgementOf(serial);
          if (told.shardId !== shardId || told.sequence !== sequenceFingerprint(sequenceNumber))
            inOrder = false;
          if (told.acknowledgedAtMs < last.newestSentAtMs) inOrder = false;
          last.newestSentAtMs = Math.max(last.newestSentAtMs, told.sentAtMs);
        }
      }
      if (!inOrder) outOfOrder += 1;
    },
    result: () => ({ ...countWrites(history, writer, timesFound), outOfOrder }),
  };
}

function countWrites(
  history: WriteHistory,
  writer: string,
  timesFound: Uint8Array,
): Omit<Comparison, 'outOfOrder'> {
  let found = 0;
  let lost = 0;
  let duplicated = 0;
  let unknown = 0;
  let unknownFound = 0;
  let refusedButFound = 0;
  const lostExamples: string[] = [];
  for (let serial = 0; serial < history.count; serial += 1) {
    const times = timesFound[serial] as number;
    const state = history.stateOf(serial);
    if (times > 1) duplicated += 1;
    if (state === 'refused' && times > 0) refusedButFound += 1;
    if (state === 'unknown') {
      unknown += 1;
      if (times > 0) unknownFound += 1;
    }
    if (state !== 'acknowledged') continue;
    if (times > 0) found += 1;
    else {
      lost += 1;
      if (lostExamples.length < LOST_EXAMPLES_MAX) lostExamples.push(lostExample(history, writer, serial));
    }
  }
  return {
    acknowledged: found + lost,
    found,
    lost,
    duplicated,
    unknown,
    unknownFound,
    refusedButFound,
    lostExamples,
  };
}

function lostExample(history: WriteHistory, writer: string, serial: number): string {
  const { shardId, acknowledgedAtMs } = history.acknowledgementOf(serial);
  return `${recordId(writer, serial)} in ${shardId}, acknowledged ${acknowledgedAtMs} ms after the load began`;
}

/** Sequence numbers are decimals too long for a number: the longer is the larger, then the digits tell. */
function compareSequenceNumbers(left: string, right: string): number {
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : left > right ? 1 : 0;
}
