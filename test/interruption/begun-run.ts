/**
 * A small run that is under way, followed by its journal as it is written.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Phase } from '@fleetfall/journal/records.ts';
import { type LaunchOptions, startFleetfall, temporaryFolder } from '../fleetfall.ts';

const LOOK_INTERVAL_MS = 50;

export interface BegunRun extends AsyncDisposable {
  readonly process: ReturnType<typeof startFleetfall>;
  readonly runId: string;
  /** The run's own folder in its store. */
  readonly folder: string;
  journalText(): string;
  /** Resolves when the phase has begun. @throws when the run ends before. */
  reach(phase: Phase): Promise<void>;
}

export interface BeginOptions extends LaunchOptions {
  readonly runtime: string;
  /** Flags of the run, besides those of a small one. */
  readonly flags?: readonly string[];
  /** Where its store is. @default a folder of its own, gone afterwards */
  readonly store?: string;
}

/** Starts a run and waits until its journal says which it is. Ended afterwards, if it is not already. */
export async function beginRun({ runtime, store, flags = [], ...launch }: BeginOptions): Promise<BegunRun> {
  const own = await temporaryFolder();
  const place = store ?? own.path;
  const run = ['run', 'kinesis-2020', '--size', 'small', '--runtime', runtime, '--store', place, ...flags];
  const process = startFleetfall(run, launch);
  const folder = join(place, 'kinesis-2020', 'latest');
  const journal = join(folder, 'journal.ndjson');
  const journalText = (): string => (existsSync(journal) ? readFileSync(journal, 'utf8') : '');
  let ended = false;
  void process.then(() => {
    ended = true;
  });

  async function until(what: string, holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (ended) throw new Error(`the run ended before ${what}:\n${(await process).stderr}`);
      await delay(LOOK_INTERVAL_MS);
    }
  }
  const dispose = async (): Promise<void> => {
    process.kill('SIGINT');
    await process;
    own[Symbol.dispose]();
  };
  try {
    await until('its journal began', () => journalText().includes('\n'));
  } catch (error) {
    await dispose();
    throw error;
  }
  const [first = ''] = journalText().split('\n', 1);
  return {
    process,
    runId: (JSON.parse(first) as { runId: string }).runId,
    folder,
    journalText,
    reach: (phase) =>
      until(`it came to ${phase}`, () => journalText().includes(`"phase":"${phase}","event":"begin"`)),
    [Symbol.asyncDispose]: dispose,
  };
}
