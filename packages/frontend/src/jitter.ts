/**
 * Random choices of a front-end, all from the seed in its boot line, so that a run can be repeated with the same
 * delays. Mulberry32: 32 bits of state are enough for jitter.
 */

/** A source of numbers in [0, 1). */
export type Random = () => number;

/** A generator that gives the same numbers for the same seed. */
export function seededRandom(seed: string): Random {
  let state = 0x811c9dc5;
  for (let index = 0; index < seed.length; index += 1)
    state = Math.imul(state ^ seed.charCodeAt(index), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A doubling delay with full jitter in its upper half: `attempt` counts from 0. */
export function backOffMs(attempt: number, firstMs: number, maxMs: number, random: Random): number {
  const ceiling = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 16));
  return ceiling * (0.5 + random() / 2);
}
