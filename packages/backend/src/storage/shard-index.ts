/**
 * Where a shard's records lie in the log file, in the order of their sequence numbers, and when they arrived: 28
 * bytes of memory a record, in typed arrays that double. Holds only what is on disk; the bytes themselves stay in the file.
 */

/** Room of a new shard. Most shards of a test fleet stay small. */
const FIRST_CAPACITY = 16;

/** A record's place in the log file. */
export interface RecordPlace {
  readonly offset: number;
  readonly length: number;
}

export interface ShardIndex {
  /** The newest record's sequence number; 0 while there is none. */
  readonly latestSequence: number;
  /** When the newest record arrived, ms since the epoch. */
  readonly latestArrivedAtMs: number;
  /** @param sequence higher than any before it. */
  add(sequence: number, place: RecordPlace, arrivedAtMs: number): void;
  /** The sequence number before the first record that arrived at `atMs` or later; 0 when that is the oldest. */
  sequenceBefore(atMs: number): number;
  /** The places of up to `countMax` records behind `sequence`, as many as fit into `bytesMax`, but at least one. */
  placesAfter(sequence: number, countMax: number, bytesMax: number): RecordPlace[];
}

export function createShardIndex(): ShardIndex {
  let sequences = new Float64Array(FIRST_CAPACITY);
  let offsets = new Float64Array(FIRST_CAPACITY);
  let lengths = new Uint32Array(FIRST_CAPACITY);
  /** The latest arrival up to each record: it never falls, even where the clock was set back. */
  let arrivals = new Float64Array(FIRST_CAPACITY);
  let count = 0;
  let latestArrivedAtMs = 0;

  function double(): void {
    const grow = <Column extends Float64Array | Uint32Array>(old: Column, fresh: Column): Column => {
      fresh.set(old);
      return fresh;
    };
    sequences = grow(sequences, new Float64Array(count * 2));
    offsets = grow(offsets, new Float64Array(count * 2));
    lengths = grow(lengths, new Uint32Array(count * 2));
    arrivals = grow(arrivals, new Float64Array(count * 2));
  }

  /** How many records there are before the first whose value in the column is above `bound`. The column never falls. */
  function countUpTo(column: Float64Array, bound: number): number {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (column[middle]! <= bound) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    get latestSequence() {
      return count === 0 ? 0 : sequences[count - 1]!;
    },
    get latestArrivedAtMs() {
      return latestArrivedAtMs;
    },
    add(sequence, { offset, length }, arrivedAtMs) {
      if (count === sequences.length) double();
      sequences[count] = sequence;
      offsets[count] = offset;
      lengths[count] = length;
      arrivals[count] = count === 0 ? arrivedAtMs : Math.max(arrivals[count - 1]!, arrivedAtMs);
      count += 1;
      latestArrivedAtMs = arrivedAtMs;
    },
    sequenceBefore(atMs) {
      // Arrivals are whole milliseconds: those before `atMs` are at most the last whole one before it.
      const before = countUpTo(arrivals, Math.ceil(atMs) - 1);
      return before === 0 ? 0 : sequences[before - 1]!;
    },
    placesAfter(sequence, countMax, bytesMax) {
      const places: RecordPlace[] = [];
      let bytes = 0;
      for (let at = countUpTo(sequences, sequence); at < count && places.length < countMax; at += 1) {
        const length = lengths[at]!;
        bytes += length;
        if (bytes > bytesMax && places.length > 0) break;
        places.push({ offset: offsets[at]!, length });
      }
      return places;
    },
  };
}
