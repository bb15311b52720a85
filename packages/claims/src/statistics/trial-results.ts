/**
 * A trial's journal as what its arms came to: the way from journals to statistics over trials.
 */
import type { JournalRecord, RunRecord } from '@fleetfall/journal/records.ts';
import { recordsOf } from '../arm-timeline.ts';
import { type GoodputByStage, goodputByStage } from '../goodput.ts';
import { judge } from '../judge.ts';
import { firstRefusal, refusalsOf } from '../refusals.ts';
import type { TrialResult } from './over-trials.ts';

/**
 * One result for each arm that the journal holds.
 * @param trial the trial's number.
 */
export function trialResults(records: readonly JournalRecord[], trial: number): TrialResult[] {
  const run = records.find((record): record is RunRecord & JournalRecord => record.kind === 'run');
  return judge(records).arms.map(({ arm, claims }) => {
    const own = records.filter((record) => 'arm' in record && record.arm === arm);
    const goodput = goodputByStage(own, arm);
    const share = (stage: keyof GoodputByStage): number | null => goodput[stage]?.fraction ?? null;
    return {
      trial,
      arm,
      seed: run?.seed ?? '',
      claims: claims.map(({ id, verdict }) => ({ id, verdict })),
      predictedSize: recordsOf(own, arm, 'prediction')[0]?.prediction.size ?? null,
      observedSize: firstRefusal(refusalsOf(own, arm))?.frontEnds ?? null,
      goodput: { before: share('before'), during: share('during'), after: share('after') },
    };
  });
}
