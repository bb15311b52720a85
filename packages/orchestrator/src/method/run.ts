/**
 * One run of all arms of an experiment: its journal headed, each arm gone through, its end recorded. Verdicts are made
 * from the journal afterwards, by whoever wants one.
 */
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { workError } from '../runtime/take-down.ts';
import { type GoneThrough, runArm } from './arm.ts';
import type { ArmContext } from './arm-session.ts';
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
 * Runs one arm to its end. When its teardown alone failed, all that is to be seen was seen, and the runtime's disposal
 * tells what is left; the run's next arm goes on only beside remains that take nothing of the machine.
 */
async function inOrder(isLast: boolean, context: ArmContext): Promise<GoneThrough> {
  try {
    const gone = await runArm(context);
    if (gone.left !== null && !isLast && !gone.left.isIdle) throw gone.left;
    return gone;
  } catch (error) {
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
    const { grown, notRolledBack } = await inOrder(arm === layout.arms.at(-1), context);
    grownBy.set(arm.name, grown);
    if (notRolledBack !== null) unrolled.push(`the rollback of ${arm.name} failed: ${notRolledBack}`);
  }
  return unrolled.length === 0 ? null : unrolled.join('; ');
}
