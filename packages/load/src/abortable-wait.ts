/** Waits between two looks at something, and no longer than anybody is interested in it. */
import { setTimeout as wait } from 'node:timers/promises';

/** Resolves after `milliseconds`, or at once when `signal` aborts: the caller looks at the signal. */
export async function waitUnlessAborted(milliseconds: number, signal: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, { signal }).catch((error: unknown) => {
    // The abort is the answer, and the only thing that can reject.
    if (!signal.aborted) throw error;
  });
}
