/**
 * What a front-end tells of those it knows: all of it to somebody who looks at one member, totals to who looks at all.
 */
import type { Member } from '@fleetfall/protocol/membership.ts';
import { expect, it, vi } from 'vitest';
import { ask } from '../../member/test/running-program.ts';
import { knownPeers, PEERS_LISTED_MAX } from '../src/known-peers.ts';
import { startInProcessFrontEnd, startService } from './running-front-end.ts';

it('lists each member by role and address with the state of its links, and keeps that out of the totals', async () => {
  await using service = await startService();
  const { frontEnd, fleet, backEnds } = service;
  await using other = await startInProcessFrontEnd(fleet.metadata, {}, 'fe-2');
  const addressOf = ({ endpoint }: { endpoint: { host: string; port: number } }): string =>
    `${endpoint.host}:${endpoint.port}`;
  await vi.waitFor(
    async () =>
      expect((await frontEnd.state()).peers).toEqual([
        { memberId: 'fe-2', role: 'front-end', address: addressOf(other), links: ['open'] },
        { memberId: 'be-1', role: 'back-end', address: addressOf(backEnds.get('be-1')!), links: ['open'] },
      ]),
    { timeout: 10_000, interval: 50 },
  );
  const state = await frontEnd.state();
  expect(state.peersLeftOut).toBe(0);
  const totals = (await (await ask(frontEnd.endpoint, '/debug/totals')).json()) as object;
  const { peers, peersLeftOut, ...rest } = state;
  expect(Object.keys(totals).toSorted()).toEqual(Object.keys(rest).toSorted());
});

it('lists no more than its bound, and says how many it left out', () => {
  const members: Member[] = Array.from({ length: PEERS_LISTED_MAX + 3 }, (_, index) => ({
    memberId: `fe-${index}`,
    role: 'front-end',
    incarnation: '1',
    host: '127.0.0.1',
    port: 1,
  }));
  const { peers, peersLeftOut } = knownPeers(members, () => ['refused', 'open']);
  expect([peers.length, peersLeftOut]).toEqual([PEERS_LISTED_MAX, 3]);
  expect(peers[0]).toEqual({
    memberId: 'fe-0',
    role: 'front-end',
    address: '127.0.0.1:1',
    links: ['refused', 'open'],
  });
});
