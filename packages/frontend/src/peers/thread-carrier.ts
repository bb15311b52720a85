/**
 * Links with a worker thread each: `threadsPerPeer` for every other front-end. This is where the fleet's threads
 * are made, and where the kernel refuses them: `new Worker` throws, at once, and nothing that runs is touched.
 */
import { Worker } from 'node:worker_threads';
import { threadEntry } from '../thread-entry.ts';
import { asThreadRefusal } from '../thread-refusal.ts';
import type { LinkCarrier } from './link-carrier.ts';
import type { LinkEvent, LinkTarget } from './thread-messages.ts';

/**
 * Heap of a link's thread. Measured: saves about 4 MB a thread; half of it doubles the CPU, a quarter kills the
 * thread.
 */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 } as const;

export function createThreadCarrier(threadsPerPeer: number): LinkCarrier {
  const entry = threadEntry('link-thread');
  const workers = new Set<Worker>();

  function startWorker(target: LinkTarget): Worker {
    try {
      return new Worker(entry, {
        workerData: target,
        resourceLimits: RESOURCE_LIMITS,
        name: `link ${target.linkId}`,
      });
    } catch (error) {
      throw asThreadRefusal(error);
    }
  }

  return {
    linksPerPeer: threadsPerPeer,
    threads: () => workers.size,
    open(target, onEvent, onEnd) {
      const worker = startWorker(target);
      workers.add(worker);
      let closing = false;
      let reason = 'its thread ended';
      worker.on('message', (event: LinkEvent) => {
        if (!closing) onEvent(event);
      });
      // 'exit' always follows 'error', and goes on with the reason.
      worker.on('error', (error) => {
        reason = error instanceof Error ? error.message : String(error);
      });
      const exited = new Promise<void>((resolve) => {
        worker.once('exit', () => {
          workers.delete(worker);
          if (!closing) onEnd(reason);
          resolve();
        });
      });
      return {
        async close() {
          closing = true;
          await worker.terminate();
          await exited;
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...workers].map((worker) => worker.terminate()));
    },
  };
}
