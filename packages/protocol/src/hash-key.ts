/**
 * Hash keys: the 128-bit ring on which Kinesis places partition keys (MD5 of the key, read as an unsigned
 * big-endian integer). A key is held as four 32-bit words, most significant first, so that a table of shards can
 * be searched without big integers. Source: Kinesis API reference, HashKeyRange. What is routed where is not
 * decided here.
 */
import { hash } from 'node:crypto';

/** A 128-bit hash key as four unsigned 32-bit words, most significant first. */
export type HashKey = readonly [number, number, number, number];

/** An inclusive range of hash keys, as decimal strings: the form that the Kinesis API shows. */
export interface HashKeyRange {
  readonly startingHashKey: string;
  readonly endingHashKey: string;
}

const RING_SIZE = 1n << 128n;

/** The hash key of a partition key: its MD5 over UTF-8. */
export function hashKeyOf(partitionKey: string): HashKey {
  const digest = hash('md5', partitionKey, 'buffer');
  return [digest.readUInt32BE(0), digest.readUInt32BE(4), digest.readUInt32BE(8), digest.readUInt32BE(12)];
}

/**
 * Reads a decimal hash key, as in `ExplicitHashKey`.
 * @throws RangeError when the text is not a whole number from 0 to 2^128 − 1.
 */
export function parseHashKey(decimal: string): HashKey {
  if (!/^(0|[1-9]\d{0,38})$/.test(decimal) || BigInt(decimal) >= RING_SIZE) {
    throw new RangeError(`Cannot read hash key '${decimal}': it must be a whole number from 0 to 2^128 - 1`);
  }
  const value = BigInt(decimal);
  const word = (shift: bigint): number => Number((value >> shift) & 0xffffffffn);
  return [word(96n), word(64n), word(32n), word(0n)];
}

/** Cuts the ring into `count` contiguous ranges of equal size (the last takes the remainder), as CreateStream does. */
export function splitRing(count: number): HashKeyRange[] {
  const width = RING_SIZE / BigInt(count);
  return Array.from({ length: count }, (_, index) => {
    const start = width * BigInt(index);
    const end = index === count - 1 ? RING_SIZE - 1n : start + width - 1n;
    return { startingHashKey: start.toString(), endingHashKey: end.toString() };
  });
}
