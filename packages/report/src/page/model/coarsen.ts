/**
 * Keeps what happened within bounds, however long it goes on: of what happened to one thing within a period only the
 * last is kept, and the period is doubled until there is room. How a thing stood at the end of any period stays known.
 */

/** The interval at which members are sampled: nothing is known more closely. */
const PERIOD_FIRST_MS = 250;

export interface Happening<T> {
  readonly atMs: (item: T) => number;
  /** The thing that it happened to. */
  readonly thing: (item: T) => string | number;
}

/**
 * @param most how many may stay; more do where there are more things than that.
 * @returns in the order of time.
 */
export function coarsened<T>(items: readonly T[], most: number, { atMs, thing }: Happening<T>): T[] {
  let kept = items.toSorted((left, right) => atMs(left) - atMs(right));
  const spanMs = kept.length === 0 ? 0 : atMs(kept.at(-1) as T) - atMs(kept[0] as T);
  for (let periodMs = PERIOD_FIRST_MS; kept.length > most; periodMs *= 2) {
    const last = new Map(kept.map((item) => [`${thing(item)} ${Math.floor(atMs(item) / periodMs)}`, item]));
    const stays = new Set(last.values());
    kept = kept.filter((item) => stays.has(item));
    // Everything is one period, of which each thing has its last.
    if (periodMs > 2 * spanMs) break;
  }
  return kept;
}
