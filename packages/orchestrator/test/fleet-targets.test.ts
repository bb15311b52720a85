/**
 * Whom a verb is for, and what evidence is worth: decided from data alone.
 */
import { expect, test } from 'vitest';
import { judgeEvidence } from '../src/fleet/faults/evidence.ts';
import { pickSubjects, pickTargets, pickToRemove, type Targetable } from '../src/fleet/targets.ts';

const MEMBERS: readonly Targetable[] = [
  { memberId: 'observer', role: 'observer', cohort: null },
  { memberId: 'load', role: 'load', cohort: null },
  { memberId: 'be-1', role: 'back-end', cohort: null },
  { memberId: 'fe-01', role: 'front-end', cohort: 'incumbent' },
  { memberId: 'fe-02', role: 'front-end', cohort: 'incumbent' },
  { memberId: 'fe-03', role: 'front-end', cohort: 'newcomer' },
];

test('a description without a role means front-ends, and a count the newest of them', () => {
  expect(pickTargets({}, MEMBERS, 'pause')).toEqual(['fe-01', 'fe-02', 'fe-03']);
  expect(pickTargets({ count: 2 }, MEMBERS, 'pause')).toEqual(['fe-02', 'fe-03']);
  expect(pickTargets({ cohort: 'incumbent', count: 1 }, MEMBERS, 'pause')).toEqual(['fe-02']);
  expect(pickTargets({ role: 'back-end' }, MEMBERS, 'pause')).toEqual(['be-1']);
  expect(() => pickTargets({ count: 0 }, MEMBERS, 'pause')).toThrow(/count must be a whole number from 1/);
});

test('ids are taken once each, the oldest first, and an unknown one is refused', () => {
  expect(pickTargets(['fe-02', 'be-1', 'fe-02'], MEMBERS, 'kill')).toEqual(['be-1', 'fe-02']);
  expect(() => pickTargets(['fe-9'], MEMBERS, 'kill')).toThrow(
    "kill: there is no member 'fe-9': the members are observer, load, be-1",
  );
});

test('what a run measures with is no subject', () => {
  expect(() => pickSubjects({ role: 'load' }, MEMBERS, 'kill')).toThrow(/'load' is what the run measures/);
});

test('only front-ends are taken out of a fleet, and no more than there are', () => {
  expect(pickToRemove(2, MEMBERS)).toEqual(['fe-02', 'fe-03']);
  expect(pickToRemove({ cohort: 'newcomer' }, MEMBERS)).toEqual(['fe-03']);
  expect(() => pickToRemove(4, MEMBERS)).toThrow(/from 1 to 3/);
  expect(() => pickToRemove(['be-1'], MEMBERS)).toThrow(/'be-1' is no front-end/);
});

test('a fault is credited only when there is evidence and all of it shows it', () => {
  const seen = { of: 'fe-01', reading: 'pids.max', before: 64, after: 48, holds: true };
  expect(judgeEvidence([seen], 'installed')).toEqual({ outcome: 'installed', reason: null });
  expect(judgeEvidence([], 'installed').outcome).toBe('indeterminate');
  expect(judgeEvidence([seen, { ...seen, of: 'fe-02', after: 64, holds: false }], 'healed')).toEqual({
    outcome: 'indeterminate',
    reason: 'fe-02: pids.max is 64',
  });
  expect(judgeEvidence([{ ...seen, holds: null }], 'installed').reason).toMatch(/could not be looked at/);
});
