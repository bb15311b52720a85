/**
 * What the lab makes of a membership listing: who came, who went, who came back, and what that makes the phase.
 */
import type { MembershipView } from '@fleetfall/protocol/membership.ts';
import { expect, test } from 'vitest';
import { makeLabPhases } from '../src/lab/lab-phases.ts';
import { makeRoster } from '../src/lab/lab-roster.ts';

/** A listing of front-ends, by their names and incarnations. */
function listing(members: Readonly<Record<string, string>>): MembershipView {
  return {
    version: 1,
    members: Object.entries(members).map(([memberId, incarnation]) => ({
      memberId,
      incarnation,
      role: 'front-end',
      host: '10.0.0.1',
      port: 7400,
    })),
  };
}

test('who was there when the fleet came to serve is an incumbent, who comes later a newcomer', () => {
  const roster = makeRoster();
  roster.heed(listing({ one: 'a' }), 'incumbent');
  const changes = roster.heed(listing({ one: 'a', two: 'a' }), 'newcomer');
  expect(changes).toMatchObject([{ event: 'started', frontEnds: 2, of: { cohort: 'newcomer', starts: 1 } }]);
  expect(roster.frontEnds().map(({ cohort }) => cohort)).toEqual(['incumbent', 'newcomer']);
});

test('a front-end that comes back is what it was, in its next life', () => {
  const roster = makeRoster();
  roster.heed(listing({ one: 'a', two: 'a' }), 'incumbent');
  expect(roster.heed(listing({ two: 'a' }), 'newcomer')).toMatchObject([{ event: 'removed', frontEnds: 1 }]);
  const back = roster.heed(listing({ one: 'b', two: 'a' }), 'newcomer');
  expect(back).toMatchObject([{ event: 'started', frontEnds: 2, of: { cohort: 'incumbent', starts: 2 } }]);
});

test('a front-end whose new life is listed before its old one was missed has started again', () => {
  const roster = makeRoster();
  roster.heed(listing({ one: 'a' }), 'incumbent');
  expect(roster.heed(listing({ one: 'b' }), 'newcomer')).toMatchObject([
    { event: 'started', of: { cohort: 'incumbent', starts: 2 } },
  ]);
  expect(roster.heed(listing({ one: 'b' }), 'newcomer')).toEqual([]);
});

test('new front-ends make an addition, those that come back a restart', () => {
  const roster = makeRoster();
  roster.heed(listing({ one: 'a' }), 'incumbent');
  const marks: string[] = [];
  using phases = makeLabPhases((phase, event) => marks.push(`${phase} ${event}`));
  phases.begin('steady-state');
  phases.heed(roster.heed(listing({ one: 'a', two: 'a' }), 'newcomer'));
  phases.heed(roster.heed(listing({ two: 'a' }), 'newcomer'));
  expect(phases.current).toBe('addition');
  phases.heed(roster.heed(listing({ one: 'b', two: 'a' }), 'newcomer'));
  expect(marks).toEqual([
    'start begin',
    'start end',
    'steady-state begin',
    'steady-state end',
    'addition begin',
    'addition end',
    'restart begin',
  ]);
});
