/**
 * Draws with replacement, and the same ones again from the same seed. Pure: the generator lives for one call.
 */
import { createHash } from 'node:crypto';

/**
 * Numbers in [0, 1): sfc32 by Chris Doty-Humphrey (PractRand), keyed by the SHA-256 of the seed.
 */
export function seededNumbers(seed: string): () => number {
  const key = createHash('sha256').update(seed).digest();
  let [a, b, c, counter] = [0, 4, 8, 12].map((at) => key.readInt32LE(at)) as [number, number, number, number];
  return () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
}

/** As many values as there are, each drawn from all of them. */
export function resampled(values: readonly number[], random: () => number): number[] {
  return values.map(() => values[Math.floor(random() * values.length)] as number);
}
