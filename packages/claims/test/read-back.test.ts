import { judge } from '@fleetfall/claims/judge.ts';
import { readBackOf, readBackText } from '@fleetfall/claims/read-back.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import type { LoadRecord } from '@fleetfall/protocol/load-stdio.ts';
import { describe, expect, test } from 'vitest';
import { tellRun } from './journal-builder.ts';

/** A run whose main arm was to be verified, with what its load said at the end. */
function verified(
  said: Exclude<LoadRecord, { kind: 'ready' | 'history' }> | null,
  client: 'raw' | 'sdk' = 'raw',
) {
  const asked = tellRun().map((record) =>
    record.kind === 'arm' && record.arm === 'main'
      ? { ...record, settings: { ...record.settings, client, verifies: true } }
      : record,
  );
  const end = asked.findIndex(({ kind }) => kind === 'end');
  const { monoMs, atMs } = asked[end] as JournalRecord;
  const told: JournalRecord[] =
    said === null ? [] : [{ kind: 'load', arm: 'main', record: said, monoMs, atMs }];
  return judge([...asked.slice(0, end), ...told, ...asked.slice(end)]);
}

const readBack = (found: Partial<Extract<LoadRecord, { kind: 'read-back' }>> = {}) =>
  ({
    kind: 'read-back',
    acknowledged: 1_000,
    found: 1_000,
    lost: 0,
    duplicated: 0,
    outOfOrder: 0,
    lostExamples: [],
    ...found,
  }) as const;

describe('a run that is read back', () => {
  test('is as expected when every acknowledged record is there, once and in order', () => {
    const verdict = verified(readBack());
    expect(verdict.verdict).toBe('as-expected');
    expect(verdict.reasons).toContain(
      'main: of 1000 acknowledged records 0 were lost, 0 were there twice, 0 were out of order; 0 were there that had been refused',
    );
  });

  test.each([{ lost: 1, found: 999 }, { duplicated: 2 }, { outOfOrder: 3 }, { refusedButFound: 1 }])(
    'is not as expected with %o',
    (found) => {
      expect(verified(readBack(found)).verdict).toBe('not-as-expected');
    },
  );

  test('may hold twice, and in another place, what a client wrote again by itself', () => {
    expect(verified(readBack({ duplicated: 2, outOfOrder: 2 }), 'sdk').verdict).toBe('as-expected');
    expect(verified(readBack({ lost: 1, found: 999 }), 'sdk').verdict).toBe('not-as-expected');
  });

  test('tells where the history of its writes is, and none of a run that kept none', () => {
    const stamp = { monoMs: 0, atMs: 0, arm: 'main' } as const;
    const asked = tellRun().map((record) =>
      record.kind === 'arm' ? { ...record, settings: { ...record.settings, verifies: true } } : record,
    );
    const kept: JournalRecord = { ...stamp, kind: 'history', stream: 'orders', file: 'main.history' };
    const text = (records: readonly JournalRecord[]): string => {
      const read = readBackOf([...records, { ...stamp, kind: 'load', record: readBack() }], 'main');
      return read === null ? '' : readBackText(read);
    };
    expect(text([...asked, kept])).toMatch(
      /^1000 records acknowledged, 0 lost.*; the history of writes is in main\.history$/,
    );
    expect(text(asked)).not.toContain('history');
  });

  test('is inconclusive when nothing was read back, and says why', () => {
    const failed = verified({ kind: 'failed', op: 'read-back', message: 'Cannot read-back: no answer' });
    expect(failed.verdict).toBe('inconclusive');
    expect(failed.reasons.join()).toContain('main: nothing was read back: Cannot read-back: no answer');
    expect(verified(null).verdict).toBe('inconclusive');
    expect(verified(readBack({ acknowledged: 0, found: 0 })).verdict).toBe('inconclusive');
  });

  test('is judged so only where the experiment asks for it', () => {
    expect(judge(tellRun()).arms[0]?.readBack).toBeNull();
  });
});
