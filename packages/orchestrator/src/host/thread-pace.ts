/**
 * Measures how long this host takes for a thread with all its cores at work, as a fleet is that grows. An experiment says
 * for what pace its times were chosen (`threadPace`): a host that takes longer is given more of them.
 */
import { Worker } from 'node:worker_threads';

/**
 * What may come of it: coarse, so that runs of one host are of one configuration and can be compared. A host that needs
 * more than the last is too busy to be measured; a run on it may come to nothing, and says so.
 */
const STRETCH_MAX = 5;
const STRETCHES = [1, 1.25, 1.5, 2, 2.5, 3, 4, STRETCH_MAX] as const;
const THREADS = 24;
/** As many front-ends as open a link at once when one is added. */
const AT_ONCE = 8;

/**
 * By how much times are to be stretched that were chosen for another pace: 1 or more.
 * @param perThreadMs what was measured. @param chosenForMs the experiment's `threadPace`.
 */
export function stretchFor(perThreadMs: number, chosenForMs: number): number {
  const factor = perThreadMs / chosenForMs;
  return STRETCHES.find((each) => each >= factor) ?? STRETCH_MAX;
}

/**
 * Takes a quarter of a second on two cores.
 * @returns milliseconds for each thread, all cores at work.
 * @throws when this host refuses a thread.
 */
export async function measureThreadPace(): Promise<number> {
  const beganMs = performance.now();
  let begun = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (; begun < THREADS; ) {
        begun += 1;
        await oneThread();
      }
    }),
  );
  return (performance.now() - beganMs) / THREADS;
}

async function oneThread(): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const worker = new Worker('', { eval: true });
  worker.once('error', reject);
  worker.once('exit', () => resolve());
  await promise;
}
