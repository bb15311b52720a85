/**
 * Fleets that fell though no thread was refused: each is as expected by the signature of what was done to it, and not
 * by that of anything else.
 */
import { phaseSpan, settledSpan } from '@fleetfall/claims/arm-timeline.ts';
import { judge } from '@fleetfall/claims/judge.ts';
import type { ArmRecord, JournalRecord } from '@fleetfall/journal/records.ts';
import type { Signature } from '@fleetfall/protocol/expectation.ts';
import { describe, expect, test } from 'vitest';
import { withLoadStandingStill, withOutcomes } from './alter-journal.ts';
import { tellRun } from './journal-builder.ts';

/** A told run without a refused thread whose requests all fail for one reason at full size. */
function fallen(signature: Signature, outcome: string, reason: string | null): JournalRecord[] {
  const told = tellRun({ pidsMax: 200, expect: { kind: 'outage', signature, atSize: null } });
  return withOutcomes(told, 'outage', (ended) => ({ ...ended, outcome, reason }));
}

/** What happened just before the hold at full size, or another moment. */
function before(
  records: readonly JournalRecord[],
  happened: readonly ArmEntry[],
  momentMs = phaseSpan(records, 'main', 'outage')?.beginMs ?? 0,
): JournalRecord[] {
  const atMs = momentMs - 1;
  const index = records.findIndex(({ monoMs }) => monoMs > atMs);
  const told = happened.map(
    (entry): JournalRecord => ({ arm: 'main', monoMs: atMs, atMs, ...entry }) as JournalRecord,
  );
  return [...records.slice(0, index), ...told, ...records.slice(index)];
}
type ArmEntry = ArmRecord extends infer Entry ? (Entry extends unknown ? Omit<Entry, 'arm'> : never) : never;

const PARTITION = {
  kind: 'fault',
  faultId: 'partition-1',
  fault: { kind: 'partition', targets: ['be-1'] },
  event: 'inject',
  members: ['be-1'],
  outcome: 'installed',
  evidence: [{ of: 'be-1 → fe-1', reading: 'an answer', before: 'answered', after: 'timeout', holds: true }],
  reason: null,
} as const;
const HEALED = { ...PARTITION, event: 'heal', outcome: 'healed' } as const;

const died = (memberId: string, role: 'front-end' | 'back-end') =>
  ({
    kind: 'member',
    event: 'died',
    memberId,
    role,
    cohort: null,
    incarnation: 1,
    frontEnds: 12,
    detail: 'killed',
  }) as const;

describe('an outage that is to be by back-ends that cannot be reached', () => {
  const unowned = fallen('back-end-unreachable', 'ServiceUnavailable', 'no-owner');

  test('is as expected when they were cut off, and front-ends said so', () => {
    const verdict = judge(before(unowned, [PARTITION]));
    expect([verdict.exitCode, verdict.reasons.join()]).toEqual([
      0,
      expect.stringContaining('1 way between back-ends and front-ends silent (partition-1)'),
    ]);
  });

  test('is as expected when they had died, or acknowledged no probe', () => {
    expect(judge(before(unowned, [died('be-1', 'back-end')])).exitCode).toBe(0);
    const broken = unowned.map((record) =>
      record.kind === 'observer' && record.record.kind === 'probe'
        ? { ...record, record: { ...record.record, ok: false, reason: 'timeout' } }
        : record,
    );
    expect(judge(broken).exitCode).toBe(0);
  });

  /** Only so many of the probes in the hold, of which the first were missed. */
  const probed = (probes: number, missed: number): JournalRecord[] => {
    const hold = settledSpan(unowned, 'main', 'outage');
    let seen = 0;
    return unowned.flatMap((record) => {
      if (record.kind !== 'observer' || record.record.kind !== 'probe') return [record];
      if (hold === undefined || record.monoMs - record.record.tookMs < hold.beginMs) return [record];
      if (record.monoMs > hold.endMs) return [record];
      seen += 1;
      if (seen > probes) return [];
      return [{ ...record, record: { ...record.record, ok: seen > missed, reason: null } }];
    });
  };

  test.each<[string, number, number, number, string]>([
    ['was missed by all of a few probes but one', 4, 3, 0, 'be-1 acknowledged 1 of 4 direct probes'],
    ['missed one probe of a few', 4, 1, 1, 'nothing shows that a back-end was away'],
    ['missed the only one', 1, 1, 2, 'too few probes reached for be-1 to tell'],
    ['was not probed', 0, 0, 2, 'too few probes reached for be-1 to tell'],
  ])('goes by more than one probe: the back-end %s', (_case, probes, missed, exitCode, reason) => {
    const verdict = judge(probed(probes, missed));
    expect([verdict.exitCode, verdict.reasons.join()]).toEqual([exitCode, expect.stringContaining(reason)]);
  });

  test('is unknown when the load was invalid, and says so', () => {
    const { reasons } = judge(withLoadStandingStill(unowned, 600, 'outage'));
    expect(reasons).toContainEqual(expect.stringMatching(/^main: the load was invalid/));
    expect(reasons.join()).not.toContain('no request failed');
  });

  test('is not as expected when nothing shows that a back-end was away', () => {
    const { exitCode, reasons } = judge(unowned);
    expect([exitCode, reasons.join()]).toEqual([
      1,
      expect.stringContaining('nothing shows that a back-end was away'),
    ]);
  });

  test('is not as expected when the fault had been lifted by then', () => {
    expect(judge(before(unowned, [PARTITION, HEALED])).exitCode).toBe(1);
  });

  test('is not as expected when requests failed for another reason, whatever was cut off', () => {
    const aged = fallen('back-end-unreachable', 'ServiceUnavailable', 'map-aged');
    expect(judge(before(aged, [PARTITION])).exitCode).toBe(1);
  });

  test('is not as expected when threads were refused', () => {
    const told = tellRun({ expect: { kind: 'outage', signature: 'back-end-unreachable', atSize: null } });
    const refused = withOutcomes(told, 'outage', (ended) => ({ ...ended, reason: 'no-owner' }));
    expect(judge(before(refused, [PARTITION])).exitCode).toBe(1);
  });
});

describe('an outage that is to be by members that died', () => {
  const everyFrontEnd = (records: readonly JournalRecord[]) =>
    records.flatMap((record) =>
      record.kind === 'member' && record.event === 'started' ? [died(record.memberId, 'front-end')] : [],
    );

  test('is as expected when the front-ends that were asked were down', () => {
    const hung = fallen('members-died', 'timeout', null);
    expect(judge(before(hung, everyFrontEnd(hung))).exitCode).toBe(0);
  });

  test('is as expected when a back-end was down, and front-ends had no other to go to', () => {
    const unowned = fallen('members-died', 'ServiceUnavailable', 'no-owner');
    expect(judge(before(unowned, [died('be-1', 'back-end')])).exitCode).toBe(0);
  });

  test('is as expected when they were down for most of the hold once the fleet had settled', () => {
    const hung = fallen('members-died', 'timeout', null);
    const { beginMs = 0, endMs = 0 } = phaseSpan(hung, 'main', 'outage') ?? {};
    const diedAt = (share: number): number =>
      judge(before(hung, everyFrontEnd(hung), beginMs + (endMs - beginMs) * share)).exitCode;
    expect([0.1, 0.45, 0.55, 0.9].map(diedAt)).toEqual([0, 0, 1, 1]);
    // What was before it had settled is not looked at.
    const settledMs = beginMs + (endMs - beginMs) * 0.6;
    const settled = before(hung, [{ kind: 'settled', frontEnds: 12 }], settledMs);
    expect(judge(before(settled, everyFrontEnd(settled), settledMs - 1)).exitCode).toBe(0);
  });

  test('is unknown when a balancer hid at which front-ends requests failed, and says so', () => {
    const told = tellRun({
      pidsMax: 200,
      expect: { kind: 'outage', signature: 'members-died', atSize: null },
    });
    const hidden = withOutcomes(told, 'outage', (ended) => ({
      ...{ ...ended, memberId: 'balancer', outcome: 'connection-reset', reason: null },
    }));
    expect(judge(before(hidden, [died('fe-1', 'front-end')]))).toMatchObject({
      exitCode: 2,
      reasons: [expect.stringContaining('went through the balancer, and which front-end')],
    });
    expect(judge(hidden)).toMatchObject({
      exitCode: 1,
      reasons: [expect.stringContaining('nothing shows that a member was down')],
    });
  });

  test('is not as expected when all live, or one died at which nobody asked', () => {
    const hung = fallen('members-died', 'timeout', null);
    expect(judge(hung)).toMatchObject({
      exitCode: 1,
      reasons: [expect.stringContaining('nothing shows that a member was down')],
    });
    expect(judge(before(hung, [died('fe-1', 'front-end')])).exitCode).toBe(1);
  });
});
