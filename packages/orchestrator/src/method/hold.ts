/**
 * Holding a fleet as it is: the one place where a run waits for time itself, because time is the experiment (the
 * discovery delay, the ageing of maps).
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
