/**
 * One arm of an experiment, from its first member to its rollback: start → steady state → the phases of its method →
 * rollback. What it shows is judged from the journal; nothing here knows what should happen.
 */
import { TeardownError } from '../runtime/take-down.ts';
import { type ArmContext, type ArmSession, openArm } from './arm-session.ts';
import { endLoad } from './service.ts';

/** What an arm came to that was gone through. */
export interface GoneThrough {
  /** The sizes by which its fleet grew. */
  readonly grown: readonly number[];
  /** Why its rollback failed; null when it did not. All that is judged was seen by then, and the teardown takes the rest. */
  readonly notRolledBack: string | null;
  /** Why its fleet was not taken down whole; null when it was. */
  readonly left: TeardownError | null;
}

/**
 * Runs the arm and takes its fleet down.
 * @throws UnsteadyError, StoppedError, or what broke, after its rollback; wrapped in a SuppressedError where the teardown
 * failed as well.
 */
export async function runArm(context: ArmContext): Promise<GoneThrough> {
  let gone: GoneThrough | undefined;
  try {
    await using arm = await openArm(context);
    await arm.start();
    const ended = await failureOf(goThrough(arm, context));
    const rollback = await failureOf(arm.rollBack());
    // What ended the method comes before what its rollback met then.
    if (ended !== null) throw ended.error;
    context.signal.throwIfAborted();
    gone = {
      grown: arm.grown,
      notRolledBack: rollback === null ? null : messageOf(rollback.error),
      left: null,
    };
  } catch (error) {
    if (gone === undefined || !(error instanceof TeardownError)) throw error;
    return { ...gone, left: error };
  }
  return gone;
}

async function failureOf(work: Promise<void>): Promise<{ readonly error: unknown } | null> {
  try {
    await work;
    return null;
  } catch (error) {
    return { error };
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The steady state and the phases of the method; the last of them ends the load. */
async function goThrough(arm: ArmSession, { layout: { method, fleet } }: ArmContext): Promise<void> {
  await arm.reachSteadyState();
  for (const [index, { phase, steps }] of method.entries()) {
    await arm.inPhase(phase, async () => {
      await arm.runSteps(steps);
      if (index === method.length - 1) await endLoad(arm.fleet, fleet);
    });
  }
}
