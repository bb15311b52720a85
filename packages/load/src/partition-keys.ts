/**
 * Which partition keys a load writes to: spread evenly, as the popularity of things is spread (Zipf), or with one
 * hot key. MD5 over the keys makes them uniform on the ring, so an even spread of keys is an even load on shards,
 * and a hot key is a hot shard. Pure.
 */
import type { KeyDistribution } from '@fleetfall/protocol/load-stdio.ts';
import { seededFraction, seededUint32 } from './random.ts';

export type { KeyDistribution };

/** Two hexadecimal digits for each byte: a key is put together for every record. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Keys of the Zipf distribution: enough that the tail is no handful, few enough for a table. */
const ZIPF_KEYS = 10_000;

/** An endless row of partition keys, the same for the same seed. */
export function partitionKeys(distribution: KeyDistribution, seed: string): () => string {
  const uniform = uniformKeys(seed);
  if (distribution.kind === 'uniform') return uniform;
  const fraction = seededFraction(seed, 'key-popularity');
  if (distribution.kind === 'hot') return () => (fraction() < distribution.fraction ? 'hot' : uniform());
  const shares = zipfShares(distribution.exponent);
  return () => `key-${firstAbove(shares, fraction())}`;
}

function uniformKeys(seed: string): () => string {
  const next = seededUint32(seed, 'partition-keys');
  return () => hexOf(next()) + hexOf(next());
}

function hexOf(uint32: number): string {
  const byte = (at: number): string => HEX[(uint32 >>> at) & 0xff] as string;
  return byte(24) + byte(16) + byte(8) + byte(0);
}

/** For each key the share of it and all more popular ones, up to 1. */
function zipfShares(exponent: number): Float64Array {
  const shares = new Float64Array(ZIPF_KEYS);
  let sum = 0;
  for (let key = 0; key < ZIPF_KEYS; key += 1) {
    sum += 1 / (key + 1) ** exponent;
    shares[key] = sum;
  }
  return shares.map((share) => share / sum);
}

function firstAbove(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
