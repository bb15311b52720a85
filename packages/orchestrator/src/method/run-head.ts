/**
 * The first and the last record of a run's journal: what was run, on what, and how it ended.
 */
import { digestsOf } from '@fleetfall/experiment/digest.ts';
import type { RunLayout } from '@fleetfall/experiment/layout.ts';
import { type Journal, JournalWriteError } from '@fleetfall/journal/append.ts';
import { type EndRecord, JOURNAL_VERSION, type RunRecord } from '@fleetfall/journal/records.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { StoppedError, UnsteadyError, UntriedError } from './endings.ts';

export interface RunHead {
  readonly runId: string;
  readonly layout: RunLayout;
  readonly trial: RunRecord['trial'];
  /** Of this trial. */
  readonly seed: string;
  readonly runtime: Runtime;
  readonly journal: Journal;
  readonly version: string;
}

export function recordHead({ layout, runtime, journal, ...head }: RunHead): void {
  journal.append({
    kind: 'run',
    version: JOURNAL_VERSION,
    experiment: layout.experiment,
    runId: head.runId,
    seed: head.seed,
    runtime: runtime.name,
    runtimeReason: runtime.reason,
    size: layout.size,
    trial: head.trial,
    timeScale: layout.timeScale,
    host: runtime.host,
    digests: digestsOf(layout),
    fleetfall: head.version,
    effective: layout.effective,
  });
}

/** @returns how the run ended: a run that was stopped by its own conditions, or came to no steady state, broke nothing. */
export function recordEarlyEnd(journal: Journal, error: unknown): EndRecord['how'] {
  const how = endOf(error);
  const reason = error instanceof Error ? error.message : String(error);
  try {
    journal.append({ kind: 'end', how, reason });
  } catch (refusal) {
    // A journal without an end is judged as one that was cut off, which it is; what ended the run is thrown.
    if (!(refusal instanceof JournalWriteError)) throw refusal;
  }
  return how;
}

function endOf(error: unknown): EndRecord['how'] {
  if (error instanceof StoppedError) return 'stopped';
  if (error instanceof UntriedError) return 'untried';
  return error instanceof UnsteadyError ? 'unsteady' : 'failed';
}
