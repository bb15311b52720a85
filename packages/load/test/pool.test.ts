/** Which request gets a connection, where there are fewer of those. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { type ExchangeEnd, exchange } from '../src/exchange.ts';
import { type Carrier, HttpPool } from '../src/http/pool.ts';

/** Answers a request when it is told to, and keeps the paths in the order in which they came. */
async function startServer() {
  const paths: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => paths.push(bytes.toString('latin1').trim()));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    paths,
    port: (server.address() as AddressInfo).port,
    answer: (more = '') => sockets.at(-1)?.write(`HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n${more}`),
    hangUp: () => sockets.at(-1)?.destroy(),
    connections: () => sockets.length,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const poolOf = ({ port }: { readonly port: number }, connectionsMax: number): HttpPool =>
  new HttpPool({ host: '127.0.0.1', port, tls: false }, { connectionsMax, connectTimeoutMs: 5_000 });

/** Sends a request that is named by its path, and tells how it ended. */
const sender =
  (pool: HttpPool, told: string[]) =>
  (path: string): Carrier =>
    pool.send(path, {
      onTurn: () => undefined,
      onAnswer: ({ status }) => told.push(`${path} ${status}`),
      onBroken: (reason) => told.push(`${path} ${reason}`),
    });

test('those that wait take turns as they came; one that was given up has none, and who comes later has its own', async () => {
  await using server = await startServer();
  const pool = poolOf(server, 1);
  const answered: string[] = [];
  const send = sender(pool, answered);
  const goOnUntil = async (count: number): Promise<void> => {
    await expect.poll(() => server.paths.length, { timeout: 10_000 }).toBe(count);
  };
  send('a');
  const [b, c] = [send('b'), send('c')];
  send('d');
  expect(b.giveUp()).toBe('queued');
  await goOnUntil(1);
  server.answer();
  await goOnUntil(2);
  // What was written may be carried out: its connection is cut, and the next has a new one.
  expect(c.giveUp()).toBe('written');
  await goOnUntil(3);
  server.answer();
  await expect.poll(() => answered, { timeout: 10_000 }).toEqual(['a 200', 'd 200']);
  send('e');
  send('f');
  await goOnUntil(4);
  server.answer();
  await goOnUntil(5);
  expect(server.paths).toEqual(['a', 'c', 'd', 'e', 'f']);
  pool.destroy();
});

test.each([
  ['one that comes later', false],
  ['one that waits', true],
])(
  'a connection on which more came than was asked for carries no further request: %s',
  async (_what, waits) => {
    await using server = await startServer();
    const pool = poolOf(server, 1);
    const answered: string[] = [];
    const send = sender(pool, answered);
    send('a');
    if (waits) send('b');
    await expect.poll(() => server.paths.length).toBe(1);
    server.answer(`HTTP/1.1 500 Not yours\r\n${waits ? 'content-length: 0\r\n\r\n' : ''}`);
    await expect.poll(() => answered).toEqual(['a 200']);
    if (!waits) send('b');
    await expect.poll(() => server.paths.length).toBe(2);
    server.answer();
    await expect.poll(() => answered).toEqual(['a 200', 'b 200']);
    expect(server.connections()).toBe(2);
    pool.destroy();
  },
);

test('what a handler throws surfaces, and the next in the row has its turn', async () => {
  await using server = await startServer();
  const pool = poolOf(server, 1);
  const surfaced: string[] = [];
  const heard: string[] = [];
  process.setUncaughtExceptionCaptureCallback((error) => surfaced.push(String(error)));
  try {
    pool.send('a', {
      onTurn: () => undefined,
      onAnswer() {
        throw new Error('the handler of an answer');
      },
      onBroken: (reason) => heard.push(`a ${reason}`),
    });
    pool.send('b', {
      onTurn: () => undefined,
      onAnswer: () => heard.push('b'),
      onBroken() {
        throw new Error('the handler of a broken connection');
      },
    });
    sender(pool, heard)('c');
    await expect.poll(() => server.paths).toEqual(['a']);
    server.answer();
    await expect.poll(() => server.paths).toEqual(['a', 'b']);
    server.hangUp();
    await expect.poll(() => server.paths).toEqual(['a', 'b', 'c']);
    server.answer();
    await expect.poll(() => heard).toEqual(['c 200']);
  } finally {
    process.setUncaughtExceptionCaptureCallback(null);
    pool.destroy();
  }
  expect(surfaced).toEqual(['Error: the handler of an answer', 'Error: the handler of a broken connection']);
});

test('a pool that is destroyed tells nothing more; who gives up later hears what had become of it', async () => {
  await using server = await startServer();
  const pool = poolOf(server, 2);
  const told: string[] = [];
  const send = sender(pool, told);
  const end = Promise.withResolvers<ExchangeEnd>();
  const a = send('a');
  await expect.poll(() => server.paths).toEqual(['a']);
  const b = send('b');
  const c = send('c');
  exchange(pool, 'd', 50, end.resolve);
  pool.destroy();
  const e = send('e');
  expect([a, b, c, e].map((carrier) => carrier.giveUp())).toEqual([
    'written',
    'unconnected',
    'queued',
    'queued',
  ]);
  expect(await end.promise).toMatchObject({ kind: 'broken', reason: 'connect-timeout', written: false });
  await pool.close();
  expect([told, server.paths]).toEqual([[], ['a']]);
});

test('a pool that is destroyed while it closes is closed', async () => {
  await using server = await startServer();
  const pool = poolOf(server, 1);
  const end = Promise.withResolvers<ExchangeEnd>();
  exchange(pool, 'a', 500, end.resolve);
  const closed = pool.close();
  pool.destroy();
  await closed;
  expect(await end.promise).toMatchObject({ kind: 'broken', written: false });
});
