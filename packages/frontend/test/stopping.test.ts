/**
 * A front-end as a program that is told to stop: it goes by itself, whatever holds on to it. One that does not is ended
 * by the member's stop deadline, and its exit code says so.
 */
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { startFleet } from '../../backend/test/running-fleet.ts';
import { ask, freeEndpoint, startProgram, untilReady } from '../../member/test/running-program.ts';
import { bootOf, startInProcessFrontEnd } from './running-front-end.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

it.each(['thread-per-peer', 'thread-pool', 'event-loop'] as const)(
  'with links open both ways by %s it stops by itself and takes leave',
  async (peerLinks) => {
    await using fleet = await startFleet();
    await using peer = await startInProcessFrontEnd(fleet.metadata, {}, 'fe-2');
    const listen = await freeEndpoint('127.0.0.3');
    await using program = startProgram(MAIN, bootOf(fleet.metadata, { peerLinks }, 'fe-1', listen));
    await untilReady(listen);
    const openLinks = async (at: typeof listen): Promise<number> =>
      ((await (await ask(at, '/debug/totals')).json()) as { links: { open: number } }).links.open;
    await vi.waitUntil(
      async () => (await openLinks(listen)) === 1 && (await openLinks(peer.endpoint)) === 1,
      {
        timeout: 15_000,
      },
    );
    expect(await program.stop()).toBe(0);
    expect(await fleet.members()).toEqual(['fe-2']);
  },
);

it('stops by itself while the store it never reached does not answer', async () => {
  const listen = await freeEndpoint('127.0.0.3');
  await using program = startProgram(
    MAIN,
    bootOf(await freeEndpoint('127.0.0.1'), { constructionThread: 'on-demand' }, 'fe-1', listen),
  );
  await vi.waitUntil(
    () =>
      ask(listen, '/healthz').then(
        ({ ok }) => ok,
        () => false,
      ),
    { timeout: 15_000 },
  );
  expect(await program.stop()).toBe(0);
});
