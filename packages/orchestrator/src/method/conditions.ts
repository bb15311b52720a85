/**
 * The experiment's conditions, held against the journal as it is written: the steady state that an arm must come to,
 * and what stops a run.
 */
import type { ArmSoFar } from '@fleetfall/claims/arm-so-far.ts';
import { watchCondition } from '@fleetfall/claims/condition-watch.ts';
import type { Condition } from '@fleetfall/experiment/condition.ts';
import type { ArmLayout } from '@fleetfall/experiment/layout.ts';
import type { Journal } from '@fleetfall/journal/append.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { StoppedError, UnsteadyError } from './endings.ts';
import { hold } from './hold.ts';

/** A service that is not steady by then, after all the time that its conditions ask for, has something else the matter with it. */
const STEADY_TIMEOUT_MS = 30_000;
/** How long the service is watched before anything is done to it when the experiment does not say. */
const WATCHED_MS = 1_500;

/**
 * Waits until all of an arm's steady-state conditions hold at once.
 * @throws UnsteadyError with each that does not when time is over; the signal's reason when aborted.
 */
export async function reachSteadyState(
  { name, steadyState }: ArmLayout,
  soFar: ArmSoFar,
  journal: Journal,
  signal: AbortSignal,
): Promise<void> {
  if (steadyState.length === 0) return hold(WATCHED_MS, signal);
  const timeoutMs = STEADY_TIMEOUT_MS + Math.max(...steadyState.map((each) => each.for + each.after));
  await comeAbout(steadyState, {
    arm: name,
    soFar,
    journal,
    timeoutMs,
    signal,
    onLate: (unmet) =>
      new UnsteadyError(`${name} came to no steady state in ${timeoutMs / 1_000} s: ${unmet}`),
  });
}

export interface Awaited {
  readonly arm: string;
  /** What is known of the arm by now. */
  readonly soFar: ArmSoFar;
  readonly journal: Journal;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** The error when time is over, of a clause for each condition that does not hold. */
  readonly onLate: (unmet: string) => Error;
}

/**
 * Waits until all of some conditions hold at once, by what the journal is told from now on.
 * @throws what `onLate` makes when time is over; the signal's reason when aborted.
 */
export async function comeAbout(
  conditions: readonly Condition[],
  { arm, soFar, journal, timeoutMs, signal, onLate }: Awaited,
): Promise<void> {
  const watches = conditions.map((condition) => watchCondition(condition, arm, soFar));
  const { promise: holding, resolve, reject } = Promise.withResolvers<void>();
  using _listening = journal.subscribe((record) => {
    for (const watch of watches) watch.heed(record);
    if (watches.every((watch) => watch.holds())) resolve();
  });
  const late = setTimeout(() => {
    const unmet = watches.filter((watch) => !watch.holds()).map((watch) => watch.account());
    reject(onLate(unmet.join('; ')));
  }, timeoutMs);
  const aborted = (): void => reject(signal.reason);
  signal.addEventListener('abort', aborted, { once: true });
  try {
    signal.throwIfAborted();
    await holding;
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', aborted);
  }
}

/** What of an arm is watched for the experiment's stop conditions. */
export interface StopWatch extends Disposable {
  /** Aborted with a {@link StoppedError} when one of them holds. */
  readonly signal: AbortSignal;
}

/** Watches one arm for the experiment's stop conditions. */
export function watchForStop(conditions: readonly Condition[], arm: string, journal: Journal): StopWatch {
  const controller = new AbortController();
  const watches = conditions.map((condition) => watchCondition(condition, arm));
  const listening = journal.subscribe((record: JournalRecord) => {
    for (const watch of watches) {
      watch.heed(record);
      if (watch.holds()) controller.abort(new StoppedError(`stopped in ${arm}: ${watch.account()}`));
    }
  });
  return { signal: controller.signal, [Symbol.dispose]: () => listening[Symbol.dispose]() };
}
