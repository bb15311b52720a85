/**
 * Does something again and again at an interval, and never twice at once: what hangs is not asked a second time
 * and holds nobody else up, since everyone watched has a cadence of its own.
 */

/**
 * Begins `task` now and then every `intervalMs`; turns that come while it is under way are made up for by one as soon
 * as it ends, so that a slow answer costs its own time and no more. Disposal begins no further one.
 * @param task must not reject: what it finds, failures too, it tells itself.
 */
export function everyInterval(intervalMs: number, task: () => Promise<void>): Disposable {
  let underWay = false;
  let due = false;
  let disposed = false;
  const turn = (): void => {
    due = underWay;
    if (underWay) return;
    underWay = true;
    void task().finally(() => {
      underWay = false;
      if (due && !disposed) turn();
    });
  };
  const turns = setInterval(turn, intervalMs);
  turn();
  return {
    [Symbol.dispose]() {
      disposed = true;
      clearInterval(turns);
    },
  };
}
