import { firstRefusal, refusalsOf, refusalsOfCohort } from '@fleetfall/claims/refusals.ts';
import type { JournalRecord, WitnessReading } from '@fleetfall/journal/records.ts';
import type { KernelCounters } from '@fleetfall/protocol/member-state.ts';
import { describe, expect, test } from 'vitest';
import { tellRun } from './journal-builder.ts';

const KERNEL: KernelCounters = {
  tasks: 24,
  limit: 24,
  limitHits: 3,
  peak: 24,
  hitsAreLocal: false,
  cgroupVersion: 1,
};

/** A journal of one member, read by the host at the given counters, one reading a second. */
function witnessed(
  ...readings: Partial<WitnessReading & { readonly kernel: KernelCounters }>[]
): JournalRecord[] {
  const started = (monoMs: number, incarnation: number): JournalRecord => ({
    monoMs,
    atMs: monoMs,
    arm: 'main',
    kind: 'member',
    event: 'started',
    memberId: 'fe-1',
    role: 'front-end',
    cohort: 'incumbent',
    incarnation,
    frontEnds: 1,
    detail: null,
  });
  const lives = new Set(readings.map(({ incarnation = 1 }) => incarnation));
  return [
    ...[...lives].map((incarnation) => started(0, incarnation)),
    ...readings.map((reading, index): JournalRecord => {
      const full = { memberId: 'fe-1', incarnation: 1, kernel: KERNEL, ancestorAtLimit: false, ...reading };
      const monoMs = 1_000 * (index + 1);
      return { monoMs, atMs: monoMs, arm: 'main', kind: 'witness', sampledAtMs: monoMs, readings: [full] };
    }),
  ];
}

describe('a refusal', () => {
  test('counts when the counter rose at the own limit and no ancestor stood at its', () => {
    const { refusals } = refusalsOf(witnessed({ kernel: { ...KERNEL, limitHits: 0 } }, {}), 'main');
    expect(refusals).toMatchObject([
      { memberId: 'fe-1', standing: 'counted', hits: 3, firstMonoMs: 2_000, frontEnds: 1 },
    ]);
  });

  test('counts when only the peak shows that the limit was reached', () => {
    const { refusals } = refusalsOf(witnessed({ kernel: { ...KERNEL, tasks: 23 } }), 'main');
    expect(refusals[0]?.standing).toBe('counted');
  });

  test('is unknown when an ancestor stood at its limit', () => {
    const { refusals } = refusalsOf(witnessed({ ancestorAtLimit: true }), 'main');
    expect(refusals).toMatchObject([{ standing: 'unknown', why: 'a cgroup above it stood at its limit' }]);
  });

  test('is unknown when the member was never at its own limit', () => {
    const below = { kernel: { ...KERNEL, tasks: 20, peak: 22 } };
    expect(refusalsOf(witnessed(below), 'main').refusals).toMatchObject([
      { standing: 'unknown', why: 'it was never seen at its own limit' },
    ]);
  });

  test('is unknown when the member has no limit of its own', () => {
    const unlimited = { kernel: { ...KERNEL, limit: null } };
    expect(refusalsOf(witnessed(unlimited), 'main').refusals[0]?.standing).toBe('unknown');
  });

  test('is unknown without a witness when the counter may be an ancestor’s', () => {
    const evidence = refusalsOf(tellRun({ witnessed: false }), 'main');
    expect(new Set(evidence.refusals.map(({ standing }) => standing))).toEqual(new Set(['unknown']));
    expect(firstRefusal(evidence)).toBeUndefined();
    expect(refusalsOfCohort(evidence, 'incumbent')).toMatchObject({
      members: 0,
      hits: 0,
      unknown: 12,
      watched: 12,
    });
  });

  test('counts without a witness when the counter is the member’s alone', () => {
    const evidence = refusalsOf(tellRun({ witnessed: false, hitsAreLocal: true }), 'main');
    expect(refusalsOfCohort(evidence, 'incumbent')).toMatchObject({ members: 12, unknown: 0 });
  });

  test('is of one incarnation: a restart begins at zero', () => {
    const after = { incarnation: 2, kernel: { ...KERNEL, tasks: 20, peak: 21, limitHits: 0 } };
    const { refusals } = refusalsOf(witnessed({}, after), 'main');
    expect(refusals.map(({ incarnation, hits }) => [incarnation, hits])).toEqual([[1, 3]]);
  });

  test('does not borrow the limit that another incarnation reached', () => {
    const before = { kernel: { ...KERNEL, limitHits: 0 } };
    const after = { incarnation: 2, kernel: { ...KERNEL, tasks: 20, peak: 21 } };
    expect(refusalsOf(witnessed(before, after), 'main').refusals).toMatchObject([
      { incarnation: 2, standing: 'unknown' },
    ]);
  });

  test('is added up over incarnations for the member, who is one', () => {
    const { members, hits } = refusalsOfCohort(
      refusalsOf(witnessed({}, { incarnation: 2 }), 'main'),
      'incumbent',
    );
    expect([members, hits]).toEqual([1, 6]);
  });
});

test('the first refusal of a told run is at the size that breaks', () => {
  expect(firstRefusal(refusalsOf(tellRun(), 'main'))?.frontEnds).toBe(14);
});

test('an empty journal has no refusals and watched nobody', () => {
  const { refusals, watched } = refusalsOf([], 'main');
  expect([refusals.length, watched.size]).toEqual([0, 0]);
});
