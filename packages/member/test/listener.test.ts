import { once } from 'node:events';
import { connect } from 'node:net';
import { accessHeaders } from '@fleetfall/protocol/access.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { readBody, type StartedListener, sendJson, startListener } from '../src/listener.ts';

const started: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of started.splice(0)) await each[Symbol.asyncDispose]();
});

async function listen(options: Partial<Parameters<typeof startListener>[0]> = {}): Promise<StartedListener> {
  const listener = await startListener({
    listen: { host: '127.0.0.1', port: 0 },
    secret: 's3cret',
    onRequest: (_request, response) => sendJson(response, 200, { ok: true }),
    onError: () => undefined,
    ...options,
  });
  started.push(listener);
  return listener;
}

const urlOf = ({ endpoint }: StartedListener): string => `http://${endpoint.host}:${endpoint.port}/`;

/** Opens a raw connection, sends text, and gives what comes back until the other side ends or resets it. */
function exchange({ endpoint }: StartedListener, text: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(endpoint.port, endpoint.host, () => socket.write(text));
    socket.on('data', (chunk) => {
      heard += String(chunk);
    });
    // A reset ends the exchange as an end does; 'close' follows.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
  });
}

describe('a listener', () => {
  it('answers the holder of the secret and nobody else', async () => {
    const url = urlOf(await listen());
    expect((await fetch(url, { headers: accessHeaders('s3cret') })).status).toBe(200);
    expect((await fetch(url)).status).toBe(403);
    expect((await fetch(url, { headers: accessHeaders('other') })).status).toBe(403);
  });

  it('takes the secret as a bearer token for metrics, and for nothing else', async () => {
    const url = urlOf(await listen());
    const get = async (path: string, authorization: string): Promise<number> =>
      (await fetch(`${url}${path}`, { headers: { authorization } })).status;
    expect(await get('metrics', 'Bearer s3cret')).toBe(200);
    expect(await get('metrics', 'Bearer other')).toBe(403);
    expect(await get('metrics', 'Basic s3cret')).toBe(403);
    expect(await get('debug/state', 'Bearer s3cret')).toBe(403);
  });

  it('refuses browsers, even with the secret', async () => {
    const url = urlOf(await listen());
    const answer = await fetch(url, {
      headers: { ...accessHeaders('s3cret'), origin: 'http://evil.example' },
    });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ message: expect.stringContaining('browsers') });
  });

  it('refuses an upgrade without the secret, and one that nobody takes', async () => {
    const listener = await listen({
      onUpgrade: (_request, socket) => socket.end('HTTP/1.1 101 Taken\r\n\r\n'),
    });
    const { host, port } = listener.endpoint;
    const ask = (headers: string): string =>
      `GET / HTTP/1.1\r\nhost: ${host}:${port}\r\nconnection: upgrade\r\nupgrade: websocket\r\n${headers}\r\n`;
    expect(await exchange(listener, ask(''))).toContain('403 Forbidden');
    expect(await exchange(listener, ask('x-fleetfall-secret: s3cret\r\n'))).toContain('101 Taken');
  });

  it('goes on when a peer resets its connection right behind an upgrade, whether refused or taken', async () => {
    const reset: unknown[] = [];
    const listener = await listen({
      onUpgrade: (_request, socket) => {
        socket.on('close', () => reset.push(socket));
        socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
      },
    });
    const { host, port } = listener.endpoint;
    for (const secret of ['', 'x-fleetfall-secret: s3cret\r\n']) {
      const socket = connect(port, host);
      const closed = once(socket, 'close');
      const upgrade = `GET / HTTP/1.1\r\nhost: ${host}:${port}\r\nconnection: upgrade\r\nupgrade: websocket\r\n${secret}\r\n`;
      socket.write(upgrade, () => socket.resetAndDestroy());
      await closed;
    }
    await expect.poll(() => reset.length).toBe(1);
    expect((await fetch(urlOf(listener), { headers: accessHeaders('s3cret') })).status).toBe(200);
  });

  it('says which address is taken', async () => {
    const { endpoint } = await listen();
    await expect(listen({ listen: endpoint })).rejects.toThrow(
      `Cannot listen on ${endpoint.host}:${endpoint.port}: the port is taken`,
    );
  });

  it('answers 500 and reports when a route throws', async () => {
    const reported: unknown[] = [];
    const listener = await listen({
      onRequest: () => {
        throw new Error('broken route');
      },
      onError: (error) => reported.push(error),
    });
    expect((await fetch(urlOf(listener), { headers: accessHeaders('s3cret') })).status).toBe(500);
    expect(String(reported[0])).toContain('broken route');
  });

  it('closes at once though an upgraded socket is open', async () => {
    const listener = await listen({
      onUpgrade: (_request, socket) => socket.write('HTTP/1.1 101 Taken\r\n\r\n'),
    });
    const { host, port } = listener.endpoint;
    const ended = exchange(
      listener,
      `GET / HTTP/1.1\r\nhost: ${host}:${port}\r\nconnection: upgrade\r\nupgrade: websocket\r\nx-fleetfall-secret: s3cret\r\n\r\n`,
    );
    const settled = fetch(urlOf(listener), { headers: accessHeaders('s3cret') });
    await settled;
    await listener[Symbol.asyncDispose]();
    await ended;
    await expect(fetch(urlOf(listener))).rejects.toThrow();
  });

  it('reads nothing of a body that was read, and does not wait for it', async () => {
    const listener = await listen({
      onRequest: async (request, response) => {
        const read = [await readBody(request), await readBody(request)];
        sendJson(response, 200, { read: read.map(({ length }) => length) });
      },
    });
    const answer = await fetch(urlOf(listener), {
      method: 'POST',
      headers: accessHeaders('s3cret'),
      body: '12345',
    });
    expect(await answer.json()).toEqual({ read: [5, 0] });
  });

  it('says of a body that its sender broke off', async () => {
    const read = Promise.withResolvers<unknown>();
    const listener = await listen({
      onRequest: async (request) => read.resolve(await readBody(request).catch((error: Error) => error)),
    });
    const { host, port } = listener.endpoint;
    const socket = connect(port, host, () => {
      socket.write(
        `POST / HTTP/1.1\r\nhost: ${host}:${port}\r\ncontent-length: 10\r\nx-fleetfall-secret: s3cret\r\n\r\n12345`,
        () => socket.destroy(),
      );
    });
    expect(await read.promise).toBeInstanceOf(Error);
  });

  it('reads no body past its bound', async () => {
    const listener = await listen({
      onRequest: async (request, response) => {
        const body = await readBody(request, 10).catch((error: Error) => error);
        sendJson(response, 200, { read: body instanceof Error ? body.name : body.length });
      },
    });
    const post = async (body: string): Promise<unknown> =>
      (await fetch(urlOf(listener), { method: 'POST', headers: accessHeaders('s3cret'), body })).json();
    expect(await post('1234567890')).toEqual({ read: 10 });
    expect(await post('12345678901')).toEqual({ read: 'BodyTooLargeError' });
    // More than what sockets hold: who is cut off while sending would not read the answer.
    expect(await post('x'.repeat(16 * 1024 * 1024))).toEqual({ read: 'BodyTooLargeError' });
  });
});
