/**
 * Holding a fleet as it is: the one place where a run waits for time alone, with nothing to look for that would end it
 * sooner.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** @throws the signal's reason when aborted. */
export async function hold(durationMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  try {
    await delay(durationMs, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
