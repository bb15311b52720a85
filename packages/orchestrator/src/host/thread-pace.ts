/**
 * Measures how long this host takes for a thread with all its cores at work, as a fleet is that grows. The times of
 * the incident were chosen on two cores that take 8 ms for one: a host that takes longer is given more of them.
 */
import { Worker } from 'node:worker_threads';

/**
 * What the times hold for with room to spare: two cores, 16 ms of processor for a thread with nothing in it. On two that
 * take 20, a fleet that grew in containers lost requests to maps that nobody had a processor to build.
 */
const CHOSEN_FOR_MS = 8;
/**
 * What may come of it: coarse, so that runs of one host are of one configuration and can be compared. A host that needs
 * more than the last is too busy to be measured; a run on it may come to nothing, and says so.
 */
const STRETCH_MAX = 5;
const STRETCHES = [1, 1.25, 1.5, 2, 2.5, 3, 4, STRETCH_MAX] as const;
const THREADS = 24;
/** As many front-ends as open a link at once when one is added. */
const AT_ONCE = 8;

export interface ThreadPace {
  /** For each thread, all cores at work. */
  readonly perThreadMs: number;
  /** By how much the incident's times are to be stretched: 1 or more. */
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
  const factor = perThreadMs / CHOSEN_FOR_MS;
  return { perThreadMs, stretch: STRETCHES.find((each) => each >= factor) ?? STRETCH_MAX };
}

async function oneThread(): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const worker = new Worker('', { eval: true });
  worker.once('error', reject);
  worker.once('exit', () => resolve());
  await promise;
}
