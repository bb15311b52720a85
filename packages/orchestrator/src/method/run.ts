/**
 * One run of all arms of an experiment: its journal headed, each arm gone through, its end recorded. Verdicts are made
 * from the journal afterwards, by whoever wants one.
 */
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { TeardownError, workError } from '../runtime/take-down.ts';
import { runArm } from './arm.ts';
import { watchForStop } from './conditions.ts';
import { type RunHead, recordEarlyEnd, recordHead } from './run-head.ts';

export interface RunContext extends RunHead {
  readonly signal: AbortSignal;
}

/**
 * Runs all arms once.
 * @returns all that the journal holds.
 * @throws what broke, after it was recorded and everything was taken down. A run that was stopped by its own
 * conditions, or came to no steady state, broke nothing: its journal says so.
 */
export async function runExperiment(context: RunContext): Promise<readonly JournalRecord[]> {
  const { journal } = context;
  const records: JournalRecord[] = [];
  using _keeping = journal.subscribe((record) => records.push(record));
  recordHead(context);
  try {
    const signal = AbortSignal.any([context.signal, journal.failed]);
    const reason = await runArms({ ...context, signal }, () => records);
    journal.append({ kind: 'end', how: 'complete', reason });
  } catch (error) {
    if (recordEarlyEnd(journal, error) === 'failed') throw error;
  }
  return records;
}

/**
 * Runs one arm to its end. Its last act is its teardown: when that alone failed, all that is to be seen was seen, and
 * the runtime's disposal tells what is left. Another arm beside the remains would not be one that has the machine for
 * itself.
 */
async function inOrder<Result>(isLast: boolean, arm: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await arm();
  } catch (error) {
    if (isLast && error instanceof TeardownError) return undefined;
    throw workError(error);
  }
}

/**
 * The arms one after another, each with the machine for itself: arms that share it measure one another.
 * @returns what is to be told of their rollbacks; null when nothing is.
 */
async function runArms(
  { layout, signal, journal, runtime, runId, seed }: RunContext,
  records: () => readonly JournalRecord[],
): Promise<string | null> {
  const unrolled: string[] = [];
  const grownBy = new Map<string, readonly number[]>();
  for (const arm of layout.arms) {
    using watch = watchForStop(layout.stopWhen, arm.name, journal);
    const context = {
      runtime,
      runId,
      seed,
      layout: arm,
      journal,
      records,
      grownBy,
      signal,
      stop: watch.signal,
    };
    const gone = await inOrder(arm === layout.arms.at(-1), () => runArm(context));
    grownBy.set(arm.name, gone?.grown ?? []);
    if (gone?.notRolledBack != null)
      unrolled.push(`the rollback of ${arm.name} failed: ${gone.notRolledBack}`);
  }
  return unrolled.length === 0 ? null : unrolled.join('; ');
}
