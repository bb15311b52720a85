/**
 * Runs a standalone load: one generator in this thread, or several in threads of their own when one core does not do.
 * Each takes every n-th request of the one schedule; what they record is added up second by second.
 */
import { once } from 'node:events';
import { extname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { WindowRecord } from '../open-loop.ts';
import { findShards } from './find-shards.ts';
import { startGenerator } from './generator.ts';
import { CUT_SHORT_MS, type GeneratorMessage } from './generator-messages.ts';
import type { GeneratorPlan, LoadPlan } from './generator-plan.ts';
import { mergeWindows } from './merge-windows.ts';

/** Beside this module, and with its ending: in the clone a source, in the package JavaScript. */
const THREAD_ENTRY = join(import.meta.dirname, `generator-thread${extname(import.meta.filename)}`);
/** Time for threads to load, and for first connections, before the first request is due. */
const THREADS_LEAD_MS = 1_500;
const LEAD_MS = 200;
/** Longest wait for a thread to end after the load was cut short. */
const THREAD_END_MAX_MS = CUT_SHORT_MS + 1_000;

/**
 * Runs a plan to its end.
 * @param onSecond hears each second of all generators together, in their order.
 * @param signal cuts the load short: what is under way has a second to end, and the last second is told.
 * @throws the signal's reason when it aborts; Error when a generator breaks.
 */
export async function runLoad(
  load: LoadPlan,
  onSecond: (window: WindowRecord) => void,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const shardIds =
    'method' in load.request || load.request.workload.readFraction === 0
      ? []
      : await findShards(load, load.request, signal);
  if (load.generators === 1) await runHere({ load, shardIds }, onSecond, signal);
  else await runInThreads({ load, shardIds }, onSecond, signal);
  signal.throwIfAborted();
}

/** What all generators of a load have in common. */
type SharedPlan = Pick<GeneratorPlan, 'load' | 'shardIds'>;

const now = (): number => performance.timeOrigin + performance.now();

async function runHere(
  plan: SharedPlan,
  onSecond: (window: WindowRecord) => void,
  signal: AbortSignal,
): Promise<void> {
  using generator = await startGenerator({ ...plan, generator: 0, beginAtMs: now() + LEAD_MS }, onSecond);
  signal.throwIfAborted();
  await Promise.race([generator.loop.over, aborted(signal)]);
  if (signal.aborted) await generator.loop.cutShort(CUT_SHORT_MS);
}

async function runInThreads(
  plan: SharedPlan,
  onSecond: (window: WindowRecord) => void,
  signal: AbortSignal,
): Promise<void> {
  const beginAtMs = now() + THREADS_LEAD_MS;
  const { generators } = plan.load;
  const seconds = createSeconds(generators, onSecond);
  const threads = Array.from({ length: generators }, (_, generator) => {
    const workerData: GeneratorPlan = { ...plan, generator, beginAtMs };
    const thread = new Worker(THREAD_ENTRY, { workerData });
    let over = false;
    thread.on('message', (message: GeneratorMessage) => {
      if ('window' in message) seconds.take(generator, message.window);
      else over = true;
    });
    // An uncaught error of the thread rejects this.
    const ended = once(thread, 'exit').then(() => {
      seconds.end(generator);
      if (!over && !signal.aborted) throw new Error(`generator ${generator} ended before its schedule`);
    });
    return { thread, ended };
  });
  try {
    await Promise.race([Promise.all(threads.map(({ ended }) => ended)), aborted(signal)]);
  } finally {
    // Those that still run tell their last second and close their histories first.
    for (const { thread } of threads) thread.postMessage('cut short');
    const allEnded = Promise.allSettled(threads.map(({ ended }) => ended));
    await Promise.race([allEnded, wait(THREAD_END_MAX_MS, undefined, { ref: false })]);
    await Promise.allSettled(threads.map(({ thread }) => thread.terminate()));
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

interface Seconds {
  take(generator: number, window: WindowRecord): void;
  end(generator: number): void;
}

/** Tells a second once every generator that still runs has told its part of it. */
function createSeconds(generators: number, onSecond: (window: WindowRecord) => void): Seconds {
  const queues: WindowRecord[][] = Array.from({ length: generators }, () => []);
  const ended = new Set<number>();
  const tell = (): void => {
    while (
      queues.some((queue) => queue.length > 0) &&
      queues.every((queue, generator) => queue.length > 0 || ended.has(generator))
    )
      onSecond(mergeWindows(queues.flatMap((queue) => queue.shift() ?? [])));
  };
  return {
    take(generator, window) {
      queues[generator]?.push(window);
      tell();
    },
    end(generator) {
      ended.add(generator);
      tell();
    },
  };
}
