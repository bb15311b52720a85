/**
 * The size that breaks is the size that was predicted. The prediction counts only when it was journalled before
 * the fleet grew; the size observed is the fleet's at the first refused thread. Where the first user request
 * failed is told apart: between the two lie a construction and the map's ageing.
 */
import type { Arm, JournalRecord, Prediction } from '@fleetfall/journal/records.ts';
import { absent } from '../absent-phase.ts';
import { phaseSpan, recordsOf } from '../arm-timeline.ts';
import { type Claim, type ClaimVerdict, unknownSince } from '../claim.ts';
import { firstFailedRequest } from '../goodput.ts';
import { firstRefusal, type RefusalEvidence, refusalsOf } from '../refusals.ts';

export const limitPredicted: Claim = {
  id: 'limit-predicted',
  statement: 'the first size that breaks is the one that was predicted from small sizes before growing',
  from: 'I',
  measure({ records, arm }) {
    const made = recordsOf(records, arm, 'prediction')[0];
    if (made === undefined) return unknownSince(`no prediction was made${withoutGrowth(records, arm)}`);
    const growth = phaseSpan(records, arm, 'growth');
    if (growth === undefined) return unknownSince('the fleet never grew');
    if (made.monoMs > growth.beginMs) return unknownSince('the prediction was made after growth had begun');

    const { prediction } = made;
    const refusals = refusalsOf(records, arm);
    const breaking = firstRefusal(refusals);
    const grownTo = recordsOf(records, arm, 'member').reduce(
      (largest, { frontEnds }) => Math.max(largest, frontEnds),
      0,
    );
    const failed = firstFailedRequest(records, arm);
    const { verdict, account } = compare(prediction, breaking?.frontEnds ?? null, grownTo, refusals);
    return {
      verdict,
      account,
      evidence: {
        predictedFrontEnds: prediction.size,
        lowFrontEnds: prediction.low,
        highFrontEnds: prediction.high,
        observedFrontEnds: breaking?.frontEnds ?? null,
        errorFrontEnds: breaking && prediction.size !== null ? breaking.frontEnds - prediction.size : null,
        firstRefusalMonoMs: breaking?.firstMonoMs ?? null,
        firstFailedRequestFrontEnds: failed?.frontEnds ?? null,
        firstFailedRequestMonoMs: failed?.monoMs ?? null,
        grownToFrontEnds: grownTo,
      },
    };
  },
};

/** Why there is none, where there was nothing to predict for. */
function withoutGrowth(records: readonly JournalRecord[], arm: Arm): string {
  const why = absent(records, arm, 'growth', '');
  return why === '' ? '' : `: ${why}`;
}

function compare(
  { size, low, high }: Prediction,
  observed: number | null,
  grownTo: number,
  { refusals, watched }: RefusalEvidence,
): { readonly verdict: ClaimVerdict; readonly account: string } {
  if (watched.size === 0) return unknownSince('no kernel counters were read');
  const interval = low === high ? `${size}` : `${size} (${low} to ${high ?? 'any size'})`;
  const doubtful = refusals[0]?.standing === 'unknown' ? refusals[0] : undefined;
  if (observed !== null) {
    if (doubtful !== undefined && doubtful.frontEnds < observed) {
      return unknownSince(
        `a thread was refused at ${observed} front-ends, but one at ${doubtful.frontEnds} cannot be counted: of ${doubtful.memberId}, ${doubtful.why}`,
      );
    }
    if (size === null || low === null) {
      return {
        verdict: 'refuted',
        account: `no size was predicted to break; a thread was refused at ${observed} front-ends`,
      };
    }
    const seen = `a break at ${interval} front-ends was predicted, the first thread was refused at ${observed}`;
    if (high === null && observed >= low) return unknownSince(`${seen}, but the prediction had no upper end`);
    const within = observed >= low && observed <= (high ?? Number.POSITIVE_INFINITY);
    return { verdict: within ? 'held' : 'refuted', account: seen };
  }
  if (doubtful !== undefined)
    return unknownSince(
      `refusals were seen that cannot be counted: of ${doubtful.memberId}, ${doubtful.why}`,
    );
  if (size === null) {
    return {
      verdict: 'held',
      account: `no size was predicted to break, and none did, up to ${grownTo} front-ends`,
    };
  }
  if (high === null || grownTo < high)
    return unknownSince(`a break at ${interval} front-ends was predicted; the fleet grew to ${grownTo} only`);
  return {
    verdict: 'refuted',
    account: `a break at ${interval} front-ends was predicted; nothing was refused up to ${grownTo}`,
  };
}
