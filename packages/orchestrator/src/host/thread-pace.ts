/**
 * Measures how long this host takes for a thread with all its cores at work, as a fleet is that grows. The times of
 * the incident were chosen on two cores that take 10 ms for one: a host that takes longer is given more of them.
 */
import { Worker } from 'node:worker_threads';

/** What the times were chosen for: two cores, 20 ms of processor for a thread with nothing in it. */
const CHOSEN_FOR_MS = 10;
/** A host that needs more is too busy to be measured; a run on it may come to nothing, and says so. */
const STRETCH_MAX = 5;
const THREADS = 24;
/** As many front-ends as open a link at once when one is added. */
const AT_ONCE = 8;

export interface ThreadPace {
  /** For each thread, all cores at work. */
  readonly perThreadMs: number;
  /** By how much the incident's times are to be stretched: 1 or more, in tenths. */
  readonly stretch: number;
}

/** Takes a quarter of a second on such a host. @throws when this host refuses a thread. */
export async function measureThreadPace(): Promise<ThreadPace> {
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
  const perThreadMs = (performance.now() - beganMs) / THREADS;
  const stretch = Math.round((10 * perThreadMs) / CHOSEN_FOR_MS) / 10;
  return { perThreadMs, stretch: Math.min(STRETCH_MAX, Math.max(1, stretch)) };
}

async function oneThread(): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const worker = new Worker('', { eval: true });
  worker.once('error', reject);
  worker.once('exit', () => resolve());
  await promise;
}
