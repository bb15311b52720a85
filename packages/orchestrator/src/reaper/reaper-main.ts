/**
 * The reaper: waits for its orchestrator's end and does nothing else until then. Dismissed, it ends at once; when
 * the orders end without that, the orchestrator was killed or could not take everything down, and the reaper removes
 * what is left. What that takes is loaded only then, so that a waiting reaper is a bare Node.
 */
import { createInterface } from 'node:readline';
import type { ReaperNote, ReaperOrder } from './reaper-orders.ts';

/** Long enough for an engine that is being restarted to come back; after that it is left to `prune`. */
const REAPING_DEADLINE_MS = 60_000;

/** Exit codes, for whoever looks: the orchestrator is gone by then, or does not ask. */
const NOTHING_LEFT = 0;
const SOMETHING_LEFT = 4;
const NO_ORDERS = 64;

/** Runs the reaper to its end and returns its exit code. */
export async function runReaper(proc: NodeJS.Process): Promise<number> {
  // It ends when its orchestrator has: a signal to all processes of a service must not leave the last one's things.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) proc.on(signal, () => undefined);
  let watch: Extract<ReaperOrder, { op: 'watch' }> | undefined;
  let note: ReaperNote = {};
  for await (const line of createInterface({ input: proc.stdin })) {
    const order = JSON.parse(line) as ReaperOrder;
    if (order.op === 'dismiss') return NOTHING_LEFT;
    if (order.op === 'note') note = { ...note, ...order };
    else {
      watch = order;
      proc.title = `fleetfall reaper of run ${order.runId}`;
    }
  }
  if (watch === undefined) return NO_ORDERS;
  // Whatever hangs then, an engine most likely, this process does not stay.
  setTimeout(() => proc.exit(SOMETHING_LEFT), REAPING_DEADLINE_MS + 1_000).unref();
  const { reap } = await import('./reap.ts');
  const clean = await reap(
    watch.owner,
    { note, environment: proc.env },
    AbortSignal.timeout(REAPING_DEADLINE_MS),
  );
  return clean ? NOTHING_LEFT : SOMETHING_LEFT;
}
