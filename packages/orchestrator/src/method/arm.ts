/**
 * One arm of an experiment, from its first member to its rollback: start → steady state → the phases of its method →
 * rollback. What it shows is judged from the journal; nothing here knows what should happen.
 */
import { type ArmContext, type ArmSession, openArm } from './arm-session.ts';
import { stopLoad } from './service.ts';

/**
 * Runs the arm and takes its fleet down.
 * @returns the sizes by which its fleet grew.
 * @throws UnsteadyError, StoppedError, or what broke, after its rollback; wrapped in a SuppressedError where the
 * rollback or the teardown failed as well; TeardownError where nothing but the teardown did.
 */
export async function runArm(context: ArmContext): Promise<readonly number[]> {
  await using arm = await openArm(context);
  await arm.start();
  // Disposed before the fleet, and not able to hide what ended the method, as a `finally` would.
  await using rollback = new AsyncDisposableStack();
  rollback.defer(() => arm.rollBack());
  await goThrough(arm, context);
  return arm.grown;
}

/** The steady state and the phases of the method; the last of them ends the load. */
async function goThrough(arm: ArmSession, { layout: { method } }: ArmContext): Promise<void> {
  await arm.reachSteadyState();
  for (const [index, { phase, steps }] of method.entries()) {
    await arm.inPhase(phase, async () => {
      await arm.runSteps(steps);
      if (index === method.length - 1) await stopLoad(arm.fleet);
    });
  }
}
