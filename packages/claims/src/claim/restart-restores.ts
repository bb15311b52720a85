/**
 * A full restart after the removal brings service back. AWS restarted the whole fleet, and errors fell. It can
 * be shown only from a service that was down: one that the removal had healed has nothing to be restored. Members
 * have no CPU quotas yet: a busy host can delay a recovery and never feign one, so how long it took is not judged.
 */
import { absent } from '../absent-phase.ts';
import { OUTAGE_BELOW, RESTORED_AT_LEAST } from '../arm-outcome.ts';
import { type Claim, unknownSince } from '../claim.ts';
import { percent } from '../figures.ts';
import { goodputByStage, invalidLoad } from '../goodput.ts';

export const restartRestores: Claim = {
  id: 'restart-restores',
  statement: 'a full restart after the removal brings service back',
  from: 'A',
  measure({ records, arm }) {
    const { afterRemoval, after } = goodputByStage(records, arm);
    const why = (phase: 'recovery' | 'removal', otherwise: string): string =>
      invalidLoad(records, arm, phase, 'settled') ?? absent(records, arm, phase, otherwise);
    if (after === null) return unknownSince(why('recovery', 'there is no load window after a restart'));
    if (afterRemoval === null)
      return unknownSince(why('removal', 'there is no load window before the restart'));
    const wasDown = afterRemoval.fraction < OUTAGE_BELOW;
    const restored = after.fraction >= RESTORED_AT_LEAST;
    const evidence = {
      beforeRestartFraction: afterRemoval.fraction,
      afterRestartFraction: after.fraction,
      afterRestartOkPerSecond: after.okPerSecond,
      wasDown,
    };
    if (restored && !wasDown) {
      const account = `service was not down before the restart (${percent(afterRemoval.fraction)} served): the restart had nothing to restore`;
      return { verdict: 'unknown', account, evidence };
    }
    return {
      verdict: restored ? 'held' : 'refuted',
      account: `${percent(afterRemoval.fraction)} of requests were served before the restart, ${percent(after.fraction)} after it (members without CPU quotas)`,
      evidence,
    };
  },
};
