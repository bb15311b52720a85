/**
 * What becomes of each thing that carries a run's mark: kept when its run is not proven dead, else removed. One that
 * cannot be removed is told of, and the rest goes on.
 */
import { type Owner, reasonToKeep } from './owner.ts';
import type { Leftover } from './runtime.ts';

/** Removals under way at once: an engine gains nothing by more. */
const CONCURRENT_REMOVALS = 8;

export interface Found extends Pick<Leftover, 'runtime' | 'kind' | 'name'> {
  readonly owner: Owner | null;
  remove(): Promise<void>;
}

/**
 * Removes those whose owner is proven dead.
 * @param check only says what would be removed.
 */
export async function pruneEach(found: readonly Found[], check: boolean): Promise<Leftover[]> {
  const leftovers: Leftover[] = [];
  const queue = found.entries();
  const worker = async (): Promise<void> => {
    for (const [index, { owner, remove, runtime, kind, name }] of queue) {
      const living = reasonToKeep(owner);
      const keptBecause = living ?? (check ? null : await whyNotRemoved(remove));
      leftovers[index] = { runtime, kind, name, dead: living === null, keptBecause };
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENT_REMOVALS, found.length) }, worker));
  return leftovers;
}

/** @returns why it could not be removed; null when it is gone. */
export async function whyNotRemoved(remove: () => Promise<unknown>): Promise<string | null> {
  try {
    await remove();
    return null;
  } catch (error) {
    return `it could not be removed: ${error instanceof Error ? error.message.trim() : String(error)}`;
  }
}
