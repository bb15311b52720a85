/**
 * Random numbers that are the same for the same seed and purpose, so that a run can be told again. Source of the
 * generator: sfc32 of PractRand (C. Doty-Humphrey). Not for secrets.
 */
import { createHash } from 'node:crypto';

/**
 * An endless row of whole numbers from 0 to 2^32 − 1.
 * @param purpose tells rows of one seed apart.
 */
export function seededUint32(seed: string, purpose: string): () => number {
  const digest = createHash('sha256').update(`${purpose}/${seed}`, 'utf8').digest();
  let a = digest.readUInt32BE(0) | 0;
  let b = digest.readUInt32BE(4) | 0;
  let c = digest.readUInt32BE(8) | 0;
  let counter = 1;
  return () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
}

/** An endless row of numbers from 0 up to but not 1. */
export function seededFraction(seed: string, purpose: string): () => number {
  const next = seededUint32(seed, purpose);
  return () => next() / 2 ** 32;
}
