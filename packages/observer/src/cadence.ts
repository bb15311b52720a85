/**
 * Does something again and again at an interval, and never twice at once: what hangs is not asked a second time
 * and holds nobody else up, since everyone watched has a cadence of its own.
 */

/**
 * Begins `task` now and then every `intervalMs`; a turn that comes while it is under way is left out. Disposal
 * begins no further one.
 * @param task must not reject: what it finds, failures too, it tells itself.
 */
export function everyInterval(intervalMs: number, task: () => Promise<void>): Disposable {
  let underWay = false;
  const turn = (): void => {
    if (underWay) return;
    underWay = true;
    void task().finally(() => {
      underWay = false;
    });
  };
  const turns = setInterval(turn, intervalMs);
  turn();
  return { [Symbol.dispose]: () => clearInterval(turns) };
}
