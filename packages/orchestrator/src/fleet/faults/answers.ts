/**
 * Evidence that comes from outside of a member: whether it answers the observer. It is the observer's own word, as
 * it came after the fault was put into force or lifted, so that no two clocks are compared.
 */
import type { FaultEvidence } from '@fleetfall/protocol/faults.ts';
import { StepTimeoutError } from '../fleet-view.ts';
import type { FaultContext } from './fault-maker.ts';

/** Several of the observer's intervals, each of which may take its time-out of a second. */
const EFFECT_DEADLINE_MS = 6_000;

/**
 * Waits until a member answers, or until it does not.
 * @param silent whether it is to be silent.
 */
export async function seeAnswers(
  memberId: string,
  silent: boolean,
  { view, signal }: Pick<FaultContext, 'view' | 'signal'>,
): Promise<FaultEvidence> {
  const sinceMs = performance.now();
  const shows = (): boolean => {
    const last = view.lastHeard(memberId);
    return last !== undefined && last.heardAtMs >= sinceMs && (last.unanswered !== null) === silent;
  };
  let holds = true;
  try {
    const what = silent ? `${memberId} to answer no more` : `${memberId} to answer`;
    await view.until(what, shows, EFFECT_DEADLINE_MS, signal);
  } catch (error) {
    // That it did not come about is what there is to tell.
    if (!(error instanceof StepTimeoutError)) throw error;
    holds = false;
  }
  const last = view.lastHeard(memberId);
  const now = last === undefined ? 'nothing heard' : (last.unanswered ?? 'answers');
  return {
    of: memberId,
    reading: 'answers to the observer',
    before: silent ? 'answers' : 'none',
    after: now,
    holds,
  };
}
