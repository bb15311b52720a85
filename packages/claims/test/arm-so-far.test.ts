/**
 * What an arm's journal has told of it: whether anything but front-ends was changed since its fleet was up.
 */
import type { JournalEntry } from '@fleetfall/journal/records.ts';
import { expect, test } from 'vitest';
import { ArmSoFar } from '../src/arm-so-far.ts';

const ARM = { arm: 'main' } as const;
const UP: JournalEntry = { ...ARM, kind: 'phase', phase: 'start', event: 'end', frontEnds: 3 };

const DRILL: JournalEntry = { ...ARM, kind: 'drill', event: 'alarm' };

type Event = Extract<JournalEntry, { kind: 'member' }>['event'];

const member = (role: 'front-end' | 'back-end', event: Event, arm = 'main'): JournalEntry => ({
  arm,
  kind: 'member',
  event,
  memberId: role === 'front-end' ? 'fe-01' : 'be-1',
  role,
  cohort: null,
  incarnation: 1,
  frontEnds: 3,
  detail: null,
});

const fault = (arm = 'main'): JournalEntry => ({
  arm,
  kind: 'fault',
  faultId: 'fault-1',
  fault: { kind: 'pause', targets: ['be-1'] },
  event: 'inject',
  outcome: 'installed',
  members: ['be-1'],
  evidence: [],
  reason: null,
});

function isUndisturbed(...entries: readonly JournalEntry[]): boolean {
  const soFar = new ArmSoFar('main');
  for (const entry of entries) soFar.heed({ monoMs: 0, atMs: 0, ...entry });
  expect(soFar.fork().isUndisturbed).toBe(soFar.isUndisturbed);
  return soFar.isUndisturbed;
}

test('a fleet whose front-ends come and go is undisturbed', () => {
  const comesUp = [member('back-end', 'started'), member('front-end', 'started'), UP];
  expect(isUndisturbed(...comesUp)).toBe(true);
  expect(isUndisturbed(...comesUp, member('front-end', 'removed'), member('front-end', 'started'))).toBe(
    true,
  );
  expect(isUndisturbed(...comesUp, fault('control'), member('back-end', 'died', 'control'))).toBe(true);
});

test.each([
  ['a fault was asked for', fault()],
  ['a back-end was restarted', member('back-end', 'started')],
  ['a back-end went', member('back-end', 'removed')],
  ['a front-end died', member('front-end', 'died')],
  ['it is a drill, whose cause is not to be told', DRILL],
])('it is not any more once %s', (_what, entry) => {
  expect(isUndisturbed(UP, entry)).toBe(false);
  expect(isUndisturbed(UP, entry, member('front-end', 'started'))).toBe(false);
});
