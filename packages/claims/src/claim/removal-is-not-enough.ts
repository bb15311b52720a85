/**
 * Removing the added capacity alone does not bring service back. AWS never says why it did not; here it hangs on
 * an authored assumption, what happens after a failed construction. So the claim is never held: the run is
 * consistent or inconsistent with the assumption in force.
 */
import { absent } from '../absent-phase.ts';
import { OUTAGE_BELOW, outcomeOf, RESTORED_AT_LEAST } from '../arm-outcome.ts';
import { frontEndSettingsAt, phaseSpan } from '../arm-timeline.ts';
import { type Claim, unknownSince } from '../claim.ts';
import { percent } from '../figures.ts';
import { goodputOf, invalidLoad } from '../goodput.ts';

export const removalIsNotEnough: Claim = {
  id: 'removal-is-not-enough',
  statement: 'removing the added capacity alone does not bring service back',
  from: 'I',
  measure({ records, arm }) {
    const removedByMs = phaseSpan(records, arm, 'removal')?.endMs ?? 0;
    const assumed = frontEndSettingsAt(records, arm, removedByMs)?.onBuildFailure;
    if (assumed === undefined) return unknownSince("the arm's settings were not journalled");
    const { outcome, reason } = outcomeOf(records, arm);
    if (outcome === 'unknown') return unknownSince(reason);
    if (outcome !== 'outage') return unknownSince(`there was no outage to come back from: ${reason}`);
    const after = goodputOf(records, arm, 'removal', 'settled');
    if (after === null) {
      const invalid = invalidLoad(records, arm, 'removal', 'settled');
      return unknownSince(
        invalid ?? absent(records, arm, 'removal', 'there is no load window after the removal'),
      );
    }

    const staysDown = after.fraction < OUTAGE_BELOW;
    const healed = after.fraction >= RESTORED_AT_LEAST;
    const expected = assumed === 'stop' ? 'stays down' : 'heals';
    return {
      verdict: (assumed === 'stop' ? staysDown : healed) ? 'consistent' : 'inconsistent',
      account: `${percent(after.fraction)} of requests were served after the removal; under onBuildFailure ${assumed} the fleet ${expected}`,
      evidence: {
        onBuildFailure: assumed,
        afterRemovalFraction: after.fraction,
        afterRemovalOkPerSecond: after.okPerSecond,
        staysDown,
        healed,
      },
    };
  },
};
