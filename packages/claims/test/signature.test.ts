/**
 * Fleets that fell though no thread was refused: each is as expected by the signature of what was done to it, and not
 * by that of anything else.
 */
import { phaseSpan } from '@fleetfall/claims/arm-timeline.ts';
import { judge } from '@fleetfall/claims/judge.ts';
import type { ArmRecord, JournalRecord } from '@fleetfall/journal/records.ts';
import type { Signature } from '@fleetfall/protocol/expectation.ts';
import { describe, expect, test } from 'vitest';
import { withOutcomes } from './alter-journal.ts';
import { tellRun } from './journal-builder.ts';

/** A told run without a refused thread whose requests all fail for one reason at full size. */
function fallen(signature: Signature, outcome: string, reason: string | null): JournalRecord[] {
  const told = tellRun({ pidsMax: 200, expect: { kind: 'outage', signature, atSize: null } });
  return withOutcomes(told, 'outage', (ended) => ({ ...ended, outcome, reason }));
}

/** What happened just before the hold at full size. */
function before(records: readonly JournalRecord[], happened: readonly ArmEntry[]): JournalRecord[] {
  const atMs = (phaseSpan(records, 'main', 'outage')?.beginMs ?? 0) - 1;
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

  test('is not as expected when all live, or one died at which nobody asked', () => {
    const hung = fallen('members-died', 'timeout', null);
    expect(judge(hung)).toMatchObject({
      exitCode: 1,
      reasons: [expect.stringContaining('nothing shows that a member was down')],
    });
    expect(judge(before(hung, [died('fe-1', 'front-end')])).exitCode).toBe(1);
  });
});
