/**
 * Log-linear histograms of durations that can be added up: each octave of microseconds is split into 128 equal
 * buckets, so a percentile is off by at most 0.4 %, and two histograms merge by adding counts. Percentiles of
 * seconds or of generators cannot be averaged; their histograms can be added. (Layout after G. Tene's HdrHistogram.)
 */
import type { HistogramCounts } from '@fleetfall/protocol/load-stdio.ts';

const SUB_BUCKET_BITS = 7;
/** Below this every microsecond has a bucket of its own. */
const LINEAR_END = 2 << SUB_BUCKET_BITS;
const PER_OCTAVE = 1 << SUB_BUCKET_BITS;
/** 35 minutes. What is longer is counted there, and `maxMs` still tells the truth. */
const VALUE_MAX_MICROSECONDS = 2 ** 31 - 1;
const BUCKETS = LINEAR_END + (31 - SUB_BUCKET_BITS - 1) * PER_OCTAVE;

/** 13 kB each; recording allocates nothing. */
export class DurationHistogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #count = 0;
  #minMs = Number.POSITIVE_INFINITY;
  #maxMs = 0;

  get count(): number {
    return this.#count;
  }

  /** The longest duration as it was recorded, not its bucket; null without any. */
  get maxMs(): number | null {
    return this.#count === 0 ? null : this.#maxMs;
  }

  /** Counts a duration. One below zero counts as zero: clocks of two threads may differ by that much. */
  record(milliseconds: number): void {
    const ms = milliseconds > 0 ? milliseconds : 0;
    const microseconds = ms * 1000;
    const index = bucketOf(microseconds < VALUE_MAX_MICROSECONDS ? microseconds : VALUE_MAX_MICROSECONDS);
    (this.#counts[index] as number) += 1;
    this.#count += 1;
    if (ms > this.#maxMs) this.#maxMs = ms;
    if (ms < this.#minMs) this.#minMs = ms;
  }

  /**
   * The duration that `percentile` % of those recorded do not exceed, in milliseconds; null without any.
   * @param percentile above 0, at most 100.
   */
  percentileMs(percentile: number): number | null {
    if (this.#count === 0) return null;
    const rank = Math.max(1, Math.ceil((percentile / 100) * this.#count - 1e-9));
    if (rank >= this.#count) return this.#maxMs;
    for (let index = 0, seen = 0; index < BUCKETS; index += 1) {
      seen += this.#counts[index] as number;
      if (seen >= rank) return Math.min(this.#maxMs, Math.max(this.#minMs, middleMs(index)));
    }
    return this.#maxMs;
  }

  /** Adds what another histogram, or the record of one, has counted. */
  add(other: DurationHistogram | HistogramCounts): void {
    if (other instanceof DurationHistogram) {
      for (let index = 0; index < BUCKETS; index += 1)
        (this.#counts[index] as number) += other.#counts[index] as number;
      this.#widen(other.#count, other.#minMs, other.#maxMs);
      return;
    }
    for (let at = 0, index = 0; at + 1 < other.buckets.length; at += 2) {
      index += other.buckets[at] as number;
      if (!(index >= 0 && index < BUCKETS)) throw new RangeError(`Cannot add bucket ${index} of ${BUCKETS}`);
      (this.#counts[index] as number) += other.buckets[at + 1] as number;
    }
    if (other.count > 0) this.#widen(other.count, other.minMs, other.maxMs);
  }

  clear(): void {
    this.#counts.fill(0);
    this.#count = 0;
    this.#minMs = Number.POSITIVE_INFINITY;
    this.#maxMs = 0;
  }

  /** As it goes into a record: only the buckets that hold something, some hundred numbers at the most. */
  toCounts(): HistogramCounts {
    const buckets: number[] = [];
    for (let index = 0, last = 0; index < BUCKETS; index += 1) {
      const count = this.#counts[index] as number;
      if (count === 0) continue;
      buckets.push(index - last, count);
      last = index;
    }
    const minMs = this.#count === 0 ? 0 : roundedMs(this.#minMs);
    return { count: this.#count, minMs, maxMs: roundedMs(this.#maxMs), buckets };
  }

  #widen(count: number, minMs: number, maxMs: number): void {
    this.#count += count;
    if (minMs < this.#minMs) this.#minMs = minMs;
    if (maxMs > this.#maxMs) this.#maxMs = maxMs;
  }
}

/** The buckets of a record that hold something, each by its middle. @throws RangeError when one is none of this layout. */
export function* bucketsIn({
  buckets,
}: HistogramCounts): Generator<{ readonly middleMs: number; readonly count: number }> {
  for (let at = 0, index = 0; at + 1 < buckets.length; at += 2) {
    index += buckets[at] as number;
    if (!(index >= 0 && index < BUCKETS)) throw new RangeError(`Cannot read bucket ${index} of ${BUCKETS}`);
    yield { middleMs: middleMs(index), count: buckets[at + 1] as number };
  }
}

/** All that some records hold, in one histogram. */
export function sumOf(parts: Iterable<HistogramCounts>): DurationHistogram {
  const sum = new DurationHistogram();
  for (const part of parts) sum.add(part);
  return sum;
}

function bucketOf(microseconds: number): number {
  const value = microseconds | 0;
  if (value < LINEAR_END) return value;
  const shift = 31 - Math.clz32(value) - SUB_BUCKET_BITS;
  return LINEAR_END + (shift - 1) * PER_OCTAVE + (value >>> shift) - PER_OCTAVE;
}

function middleMs(index: number): number {
  if (index < LINEAR_END) return (index + 0.5) / 1000;
  const above = index - LINEAR_END;
  const shift = Math.floor(above / PER_OCTAVE) + 1;
  const low = (PER_OCTAVE + (above % PER_OCTAVE)) * 2 ** shift;
  return (low + 2 ** shift / 2) / 1000;
}

const roundedMs = (ms: number): number => Math.round(ms * 1000) / 1000;
