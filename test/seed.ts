/**
 * What `npm test` draws by lot, another lot each day: a seed, and numbers that it stands for.
 */
import { createHash } from 'node:crypto';

/** `FLEETFALL_TEST_SEED`, or the day. */
export const SEED = process.env.FLEETFALL_TEST_SEED ?? new Date().toISOString().slice(0, 10);

/** A number from 0 to below 1 that the seed and a name stand for. */
export function chance(name: string): number {
  return createHash('sha256').update(`${SEED} ${name}`).digest().readUInt32BE(0) / 2 ** 32;
}
