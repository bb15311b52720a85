/** The balancer before small servers with a known truth, over real sockets. */
import { once } from 'node:events';
import { createServer, get, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { SECRET_HEADER } from '@fleetfall/protocol/access.ts';
import type { BalancedFrontEnd, BalancerRecord } from '@fleetfall/protocol/balancer-stdio.ts';
import { READY_PATH } from '@fleetfall/protocol/member-state.ts';
import { describe, expect, test } from 'vitest';
import { startBalancer } from '../src/balancer.ts';
import { afterCheck, UNASKED } from '../src/health.ts';

const SECRET = 'a secret of this test';

async function listenOn(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenOn(server);
  server.close();
  await once(server, 'close');
  return port;
}

/** Says who it is, and is as ready as it is told to be, to who holds the secret. */
async function startFrontEnd(memberId: string) {
  const state = { ready: true };
  const server = createServer((request, response) => {
    if (request.url !== READY_PATH) response.end(memberId);
    else response.writeHead(state.ready && request.headers[SECRET_HEADER] === SECRET ? 200 : 503).end();
  });
  const frontEnd: BalancedFrontEnd = { memberId, host: '127.0.0.1', port: await listenOn(server) };
  return Object.assign(state, {
    frontEnd,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

async function startUnderTest() {
  const records: BalancerRecord[] = [];
  const listeners = new Set<() => void>();
  const port = await freePort();
  const balancer = await startBalancer(
    {
      role: 'balancer',
      runId: 'r',
      memberId: 'balancer',
      secret: SECRET,
      listen: { host: '127.0.0.1', port },
    },
    {
      signal: new AbortController().signal,
      emit(record) {
        records.push(record as BalancerRecord);
        for (const hear of listeners) hear();
      },
      unreadBytes: () => 0,
      log: () => undefined,
    },
  );
  return {
    port,
    tell: (frontEnds: readonly BalancedFrontEnd[]) =>
      balancer.command?.(JSON.stringify({ op: 'front-ends', frontEnds })),
    /** Waits until a front-end was last told to be so. */
    async until(memberId: string, ready: boolean): Promise<void> {
      const isSo = (): boolean => {
        const last = records.findLast((record) => record.kind === 'health' && record.memberId === memberId);
        return last?.kind === 'health' && last.ready === ready;
      };
      while (!isSo()) {
        await new Promise<void>((resolve) => {
          const hear = (): void => {
            listeners.delete(hear);
            resolve();
          };
          listeners.add(hear);
        });
      }
    },
    [Symbol.asyncDispose]: () => balancer[Symbol.asyncDispose](),
  };
}

/** Asks over a connection of its own. @returns who answered. */
function ask(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/', agent: false }, async (response) => {
      let text = '';
      for await (const chunk of response) text += String(chunk);
      resolve(text);
    }).on('error', reject);
  });
}

async function askedTimes(port: number, times: number): Promise<Record<string, number>> {
  const answers: Record<string, number> = {};
  for (let asked = 0; asked < times; asked += 1) {
    const memberId = await ask(port);
    answers[memberId] = (answers[memberId] ?? 0) + 1;
  }
  return answers;
}

test('connections go in turn to the front-ends that are ready', async () => {
  await using first = await startFrontEnd('fe-01');
  await using second = await startFrontEnd('fe-02');
  await using balancer = await startUnderTest();
  balancer.tell([first.frontEnd, second.frontEnd]);
  await Promise.all([balancer.until('fe-01', true), balancer.until('fe-02', true)]);
  expect(await askedTimes(balancer.port, 6)).toEqual({ 'fe-01': 3, 'fe-02': 3 });
});

test('a front-end that is not ready is ejected, and returns when it is', async () => {
  await using first = await startFrontEnd('fe-01');
  await using second = await startFrontEnd('fe-02');
  await using balancer = await startUnderTest();
  balancer.tell([first.frontEnd, second.frontEnd]);
  await Promise.all([balancer.until('fe-01', true), balancer.until('fe-02', true)]);
  first.ready = false;
  await balancer.until('fe-01', false);
  expect(await askedTimes(balancer.port, 4)).toEqual({ 'fe-02': 4 });
  first.ready = true;
  await balancer.until('fe-01', true);
  expect(await askedTimes(balancer.port, 4)).toEqual({ 'fe-01': 2, 'fe-02': 2 });
});

test('with nobody ready connections go to all', async () => {
  await using first = await startFrontEnd('fe-01');
  await using second = await startFrontEnd('fe-02');
  first.ready = false;
  second.ready = false;
  await using balancer = await startUnderTest();
  balancer.tell([first.frontEnd, second.frontEnd]);
  expect(await askedTimes(balancer.port, 4)).toEqual({ 'fe-01': 2, 'fe-02': 2 });
});

test('one that takes no connection is passed over for the next', async () => {
  await using alive = await startFrontEnd('fe-01');
  await using balancer = await startUnderTest();
  // Nobody is ready before the first answers: each connection may go to either.
  balancer.tell([{ memberId: 'fe-02', host: '127.0.0.1', port: await freePort() }, alive.frontEnd]);
  expect(await askedTimes(balancer.port, 4)).toEqual({ 'fe-01': 4 });
});

test('without any front-end a connection is reset', async () => {
  await using balancer = await startUnderTest();
  const socket = connect(balancer.port, '127.0.0.1');
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNRESET');
});

describe('health', () => {
  test('goes by the first answer alone', () => {
    expect(afterCheck(UNASKED, true).ready).toBe(true);
    expect(afterCheck(UNASKED, false).ready).toBe(false);
  });

  test('is lost by two failures in a row, and not by two apart', () => {
    const healthAfter = (...answers: boolean[]): boolean => answers.reduce(afterCheck, UNASKED).ready;
    expect(healthAfter(true, false)).toBe(true);
    expect(healthAfter(true, false, true, false)).toBe(true);
    expect(healthAfter(true, false, false)).toBe(false);
    expect(healthAfter(true, false, false, true)).toBe(false);
    expect(healthAfter(true, false, false, true, true)).toBe(true);
  });
});
