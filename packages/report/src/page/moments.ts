/**
 * The moments of a run that are marked on every plot: the first refused thread and the first failed request of each
 * arm, as the judge finds them.
 */
import { firstFailedRequest } from '@fleetfall/claims/goodput.ts';
import type { Verdict } from '@fleetfall/claims/judge.ts';
import { firstRefusal, refusalsOf } from '@fleetfall/claims/refusals.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { failureMoment, refusalMoment } from './moment-texts.ts';
import type { Moment } from './page-data.ts';

export function momentsOf(records: readonly JournalRecord[], { arms }: Verdict): Moment[] {
  return arms.flatMap(({ arm }): Moment[] => {
    const refusal = firstRefusal(refusalsOf(records, arm));
    const failure = firstFailedRequest(records, arm);
    return [
      ...(refusal === undefined
        ? []
        : [refusalMoment(arm, { atMs: refusal.firstMonoMs, frontEnds: refusal.frontEnds })]),
      ...(failure === null
        ? []
        : [failureMoment(arm, { atMs: failure.monoMs, frontEnds: failure.frontEnds })]),
    ];
  });
}
