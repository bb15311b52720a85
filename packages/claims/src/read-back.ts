/**
 * Whether what was acknowledged was there afterwards: what an arm's load read back when it had ended, held against what
 * it had kept of every write; and where that history is, for whoever would check it by other means.
 */
import type { Arm, JournalRecord } from '@fleetfall/journal/records.ts';
import { recordsOf, settingsOf } from './arm-timeline.ts';
import { counted } from './figures.ts';

export interface ReadBack {
  /** null when nothing was read back. */
  readonly result: {
    readonly acknowledged: number;
    readonly lost: number;
    readonly duplicated: number;
    readonly outOfOrder: number;
    /** Writes whose outcome the load never knew, and those among them that were there: both are right. */
    readonly unknown: number;
    readonly unknownFound: number;
    /** Writes that were refused as certainly not written, and were there. */
    readonly refusedButFound: number;
  } | null;
  /** Why nothing was. */
  readonly failure: string;
  /** Whether the client tries again by itself: a write may be there twice then, each time in another place. */
  readonly retries: boolean;
  /** The file beside the journal with what became of writes, of all of them where it says so itself; null without one. */
  readonly history: string | null;
}

/** What was read back, in one clause, with the file of the history. */
export function readBackText({ result, failure, history }: ReadBack): string {
  const seen =
    result === null
      ? `nothing was read back: ${failure}`
      : `${counted(result.acknowledged, 'record')} acknowledged, ${result.lost} lost, ${result.duplicated} there twice, ${result.outOfOrder} out of order; ${result.unknownFound} of ${result.unknown} of unknown outcome were written`;
  return history === null ? seen : `${seen}; the history of writes is in ${history}`;
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
  const history = recordsOf(records, arm, 'history').at(-1)?.file ?? null;
  if (last?.kind === 'read-back') {
    const { acknowledged, lost, duplicated, outOfOrder } = last;
    const { unknown = 0, unknownFound = 0, refusedButFound = 0 } = last;
    const counts = { acknowledged, lost, duplicated, outOfOrder, unknown, unknownFound, refusedButFound };
    return { result: counts, failure: '', retries, history };
  }
  const failure = last?.kind === 'failed' ? last.message : 'the arm did not come so far';
  return { result: null, failure, retries, history };
}
