/**
 * Where a construction gets its thread: piscina, with one thread. `on-demand` makes a pool for each construction
 * and destroys it, thread and all, before it answers; `resident` makes one at boot and keeps it.
 *
 * The thread is asked for in piscina's constructor (`minThreads: 1`), because there a refusal throws and leaves
 * nothing behind. Refused inside `run()` instead, the task stays queued in the pool, and its promise is rejected
 * later with nobody to hear it.
 */
import type { FrontEndSettings } from '@fleetfall/protocol/settings.ts';
import { Piscina } from 'piscina';
import { threadEntry } from '../thread-entry.ts';
import { asThreadRefusal } from '../thread-refusal.ts';
import type { ConstructedTable, ConstructionInput } from './construct.ts';

export interface ConstructionPool extends AsyncDisposable {
  /**
   * Constructs a table.
   * @throws ThreadRefusedError when the kernel refuses the thread.
   */
  construct(input: ConstructionInput, signal: AbortSignal): Promise<ConstructedTable>;
}

/** @throws ThreadRefusedError when a resident thread is refused. */
export function createConstructionPool(kind: FrontEndSettings['constructionThread']): ConstructionPool {
  const entry = threadEntry('construction-thread').href;
  if (kind === 'on-demand') {
    return {
      async construct(input, signal) {
        const pool = startPool(entry);
        try {
          return await pool.run(input, { signal });
        } finally {
          await pool.destroy();
        }
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const pool = startPool(entry);
  return {
    construct: (input, signal) => pool.run(input, { signal }),
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

function startPool(filename: string): Piscina<ConstructionInput, ConstructedTable> {
  try {
    return new Piscina({
      filename,
      minThreads: 1,
      maxThreads: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      recordTiming: false,
    });
  } catch (error) {
    throw asThreadRefusal(error);
  }
}
