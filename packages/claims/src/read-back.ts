/**
 * Whether what was acknowledged was there afterwards: what an arm's load read back when it had ended, held against what
 * it had kept of every write.
 */
import type { Arm, JournalRecord } from '@fleetfall/journal/records.ts';
import type { LoadRecord } from '@fleetfall/protocol/load-stdio.ts';
import { recordsOf, settingsOf } from './arm-timeline.ts';

export interface ReadBack {
  /** null when nothing was read back. */
  readonly result: Omit<Extract<LoadRecord, { kind: 'read-back' }>, 'kind' | 'lostExamples'> | null;
  /** Why nothing was. */
  readonly failure: string;
  /** Whether the client tried again by itself: then a write may be there twice, as Kinesis has it too. */
  readonly retries: boolean;
}

/** What an arm's load read back; null where the experiment did not ask for it. */
export function readBackOf(records: readonly JournalRecord[], arm: Arm): ReadBack | null {
  const settings = settingsOf(records, arm);
  if (settings?.verifies !== true) return null;
  const told = recordsOf(records, arm, 'load').map(({ record }) => record);
  const last = told.findLast(
    (record) => record.kind === 'read-back' || (record.kind === 'failed' && record.op === 'read-back'),
  );
  const retries = settings.client === 'sdk';
  if (last?.kind === 'read-back') {
    const { acknowledged, found, lost, duplicated, outOfOrder } = last;
    return { result: { acknowledged, found, lost, duplicated, outOfOrder }, failure: '', retries };
  }
  const failure = last?.kind === 'failed' ? last.message : 'the arm did not come so far';
  return { result: null, failure, retries };
}
