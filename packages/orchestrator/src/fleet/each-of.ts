/**
 * Does one thing for each of many, a bounded number at once. The first failure ends the rest before they begin,
 * and is thrown when those under way have ended.
 */
export async function eachOf<Item>(
  items: readonly Item[],
  concurrent: number,
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (failures.length > 0) return;
      try {
        await act(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrent, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
