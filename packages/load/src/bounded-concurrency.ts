/** Runs tasks side by side, at most so many at once. */

/**
 * Does `task` for each item in order. The first failure is thrown once those under way have ended; no further
 * task is begun after it.
 * @param concurrency how many tasks may be under way at once, at least 1.
 */
export async function forEachBounded<Item>(
  items: readonly Item[],
  concurrency: number,
  task: (item: Item) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const item of left) {
      if (failures.length > 0) return;
      try {
        await task(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
