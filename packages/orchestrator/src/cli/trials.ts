/**
 * Runs the trials of an experiment that are still to be run, each with a journal and a seed of its own, and judges
 * each from its journal.
 */
import { randomBytes } from 'node:crypto';
import { judge, type Verdict } from '@fleetfall/claims/judge.ts';
import type { RunLayout } from '@fleetfall/experiment/layout.ts';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import { openJournal } from '@fleetfall/journal/append.ts';
import type { JournalRecord, RunRecord } from '@fleetfall/journal/records.ts';
import { runExperiment } from '../method/run.ts';
import { type Reaper, startReaper, whereabouts } from '../reaper/reaper-host.ts';
import { chooseRuntime } from '../runtime/choose.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { type Account, startAccount } from './account.ts';
import type { CommandContext } from './command-context.ts';
import { leaveReport } from './report-file.ts';
import { assertSameRun, claimRun } from './run-owner.ts';
import { finishedTrial, journalOf } from './store.ts';

/** One trial with what it came to. */
export interface JudgedTrial {
  readonly number: number;
  readonly journalPath: string;
  readonly records: readonly JournalRecord[];
  readonly verdict: Verdict;
}

export interface RanTrials {
  readonly trials: readonly JudgedTrial[];
  /** What could not be taken down behind them. */
  readonly leftBehind: unknown;
}

/**
 * Runs what is still to be run.
 * @param folder the run's: its journals go there, and those that are there and whole are not run again.
 * @param out where the account of it goes.
 * @throws RuntimeUnavailableError, and what ended a trial early; the journals that there are stay.
 */
export async function runTrials(
  layout: RunLayout,
  folder: string,
  out: CommandContext['stdout'],
  context: CommandContext,
): Promise<RanTrials> {
  const { trials: count } = layout;
  using _claimed = claimRun(folder);
  const trials: JudgedTrial[] = [];
  const missing: number[] = [];
  const add = (number: number, records: readonly JournalRecord[]): void => {
    trials.push({ number, journalPath: journalOf(folder, number, count), records, verdict: judge(records) });
  };
  for (let number = 1; number <= count; number += 1) {
    const records = finishedTrial(journalOf(folder, number, count));
    if (records === null) missing.push(number);
    else add(number, records);
  }
  const leftBehind =
    missing.length === 0
      ? undefined
      : await runMissing(missing, {
          layout,
          folder,
          out,
          context,
          done: trials[0]?.records.find((record) => record.kind === 'run'),
          onDone: add,
        }).catch((error: unknown) => {
          if (!(error instanceof SettingsError)) context.stderr.write(toGoOn(folder, count, trials.length));
          throw error;
        });
  return { trials: trials.toSorted((left, right) => left.number - right.number), leftBehind };
}

interface Missing {
  readonly layout: RunLayout;
  readonly folder: string;
  readonly out: CommandContext['stdout'];
  readonly context: CommandContext;
  /** The head of a trial that was run before; undefined without any. */
  readonly done: RunRecord | undefined;
  readonly onDone: (trial: number, records: readonly JournalRecord[]) => void;
}

/** @returns what could not be taken down; undefined when all is gone. */
async function runMissing(numbers: readonly number[], missing: Missing): Promise<unknown> {
  const { layout, folder, out, context } = missing;
  using account = startAccount(out, out.isTTY === true && context.environment.TERM !== 'dumb');
  // Before anything is made: from here on this process may be killed at any moment.
  const runId = randomBytes(4).toString('hex');
  const reaper = await startReaper(runId, account.say);
  let leftBehind: unknown;
  try {
    const runtime = await chooseRuntime({
      wanted: layout.runtime,
      onProgress: account.say,
      environment: context.environment,
      signal: context.signal,
    });
    try {
      if (missing.done !== undefined)
        assertSameRun(folder, missing.done, { layout, runtime, version: context.version });
      for (const number of numbers) {
        missing.onDone(number, await runOne(number, { ...missing, runId, runtime, reaper, account }));
      }
    } finally {
      leftBehind = await takeDownRuntime(runtime, context);
    }
  } finally {
    if (leftBehind === undefined) await reaper.dismiss();
  }
  return leftBehind;
}

interface Trial extends Missing {
  readonly runId: string;
  readonly runtime: Runtime;
  readonly reaper: Reaper;
  readonly account: Account;
}

async function runOne(number: number, trial: Trial): Promise<readonly JournalRecord[]> {
  const { layout, folder, runtime, context } = trial;
  trial.reaper.note({ ...whereabouts(runtime), folder });
  const path = journalOf(folder, number, layout.trials);
  using journal = openJournal(path);
  using _told = journal.subscribe(trial.account.heed);
  const seen: JournalRecord[] = [];
  using _kept = journal.subscribe((record) => seen.push(record));
  return await runExperiment({
    runId: layout.trials === 1 ? trial.runId : `${trial.runId}${number}`,
    layout: alternated(layout, number),
    trial: { number, of: layout.trials },
    seed: layout.trials === 1 ? layout.seed : `${layout.seed}-${number}`,
    runtime,
    journal,
    version: context.version,
    signal: context.signal,
  }).catch(async (error: unknown) => {
    // What a run that broke off had seen is worth a page; whoever ended it by a signal is not kept waiting.
    if (!context.signal.aborted) await leaveReport(seen, path, context);
    throw error;
  });
}

/** Never throws: what it cannot take down must hide neither a verdict nor why the run ended early. */
async function takeDownRuntime(runtime: Runtime, { stderr }: CommandContext): Promise<unknown> {
  try {
    await runtime[Symbol.asyncDispose]();
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    stderr.write(
      `fleetfall: not all could be taken down: ${why}. The reaper goes on with it for a minute; ` +
        `'fleetfall prune' removes what it cannot\n`,
    );
    return error;
  }
}

/** Controls take turns in who follows the experiment, so that no one of them has the coldest machine every time. */
function alternated(layout: RunLayout, trial: number): RunLayout {
  const [main, ...others] = layout.arms;
  const turned = others.map(
    (_, index) => others[(index + trial - 1) % others.length] as (typeof others)[number],
  );
  return { ...layout, arms: [main, ...turned] };
}

function toGoOn(folder: string, count: number, finished: number): string {
  if (count === 1) return `the journal up to here: ${journalOf(folder, 1, 1)}\n`;
  return `${finished} of ${count} trials are done; to go on with them: fleetfall resume ${folder}\n`;
}
