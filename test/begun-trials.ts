/**
 * A run of several small trials on cgroups that is under way, to be cut short in one of them.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { startFleetfall } from './fleetfall.ts';

const LOOK_INTERVAL_MS = 100;

/** What its command line is, but for its number of trials and its store. */
export const TRIALS_RUN = ['run', 'kinesis-2020', '--size', 'small', '--runtime', 'cgroup'] as const;

export interface BegunTrials {
  readonly process: ReturnType<typeof startFleetfall>;
  /** The run's own folder in its store. */
  readonly folder: string;
}

/** Starts the run. @param flags its further ones. @returns when the journal of its second trial is there. */
export async function beginSecondTrial(
  trials: number,
  store: string,
  flags: readonly string[],
  timeoutMs: number,
): Promise<BegunTrials> {
  const args = [...TRIALS_RUN, ...flags, '--trials', String(trials), '--store', store];
  const process = startFleetfall(args, { timeoutMs });
  const folder = join(store, 'kinesis-2020', 'latest');
  let ended = false;
  void process.then(() => {
    ended = true;
  });
  while (!existsSync(join(folder, 'trial-002', 'journal.ndjson'))) {
    expect(ended, 'it ended by itself').toBe(false);
    await delay(LOOK_INTERVAL_MS);
  }
  return { process, folder };
}
