/**
 * The orchestrator's side of the reaper: a small process in a session of its own that outlives the orchestrator for
 * as long as it takes to remove what the run has made. It knows of the orchestrator's end by its standard input,
 * which the kernel closes however the orchestrator ended.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { extname, join } from 'node:path';
import { currentOwner } from '../runtime/owner.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { ReaperNote, ReaperOrder } from './reaper-orders.ts';

/** Beside this file, in the clone as in a built package. */
const REAPER_ENTRY = join(import.meta.dirname, `main${extname(import.meta.filename)}`);
/** It waits: V8 needs no helpers for that. */
const LEAN = ['--v8-pool-size=0'];
/** An idle process ends in milliseconds. */
const DISMISSAL_DEADLINE_MS = 3_000;

export interface Reaper {
  /** Adds to what the reaper knows of the run. */
  note(note: ReaperNote): void;
  /**
   * Ends the reaper: all is taken down. Where that failed it is not to be called: the reaper then goes on with the
   * teardown once this process has ended. Idempotent; resolves when the reaper's process is gone.
   */
  dismiss(): Promise<void>;
}

/** Where to look for what is made on a runtime. */
export function whereabouts({ name, engine }: Pick<Runtime, 'name' | 'engine'>): ReaperNote {
  return { runtime: name, ...(engine === undefined ? {} : { engine }) };
}

/**
 * Starts a reaper for all that the calling process makes from now on, and waits until it has been forked: from then
 * on it will notice this process's end, whether or not it has come up by then. It keeps nobody waiting for it.
 * @param onLost hears, in words for people, that the reaper ended before it was dismissed.
 * @throws Error when it cannot be started: nothing must be made then.
 */
export async function startReaper(runId: string, onLost: (message: string) => void): Promise<Reaper> {
  const child = spawn(process.execPath, [...LEAN, REAPER_ENTRY], {
    // A session of its own: Ctrl-C in the terminal, or its end, is for the orchestrator.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const orders = child.stdin as Socket;
  // A reaper that is gone reads no more: its exit says so.
  orders.on('error', () => undefined);
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new Error('Cannot start the reaper, without which a killed run would leave things behind', {
      cause: error,
    });
  }
  let dismissed = false;
  const exited = once(child, 'exit').then(() => {
    if (dismissed) return;
    onLost("the reaper has ended: should this run be killed, 'fleetfall prune' removes what it leaves");
  });
  const tell = (order: ReaperOrder): void => void orders.write(`${JSON.stringify(order)}\n`);
  tell({ op: 'watch', owner: currentOwner(), runId });
  child.unref();
  orders.unref();

  return {
    note: (note) => tell({ op: 'note', ...note }),
    async dismiss() {
      if (!dismissed) {
        dismissed = true;
        tell({ op: 'dismiss' });
        orders.end();
      }
      child.ref();
      const timer = setTimeout(() => child.kill('SIGKILL'), DISMISSAL_DEADLINE_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}
