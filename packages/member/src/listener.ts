/**
 * The one listener of a member: HTTP and WebSocket upgrades on one port, every request held against the run's
 * secret before anything else. Node's `close` waits for upgraded sockets for ever, so sockets are kept and
 * destroyed on the way out.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Duplex } from 'node:stream';
import { bearerOf, refusalOf, SECRET_HEADER } from '@fleetfall/protocol/access.ts';
import type { ListenAt } from '@fleetfall/protocol/boot.ts';
import { METRICS_PATH } from '@fleetfall/protocol/member-state.ts';
import type { Endpoint } from '@fleetfall/protocol/membership.ts';

/** A request body's bound where the route names none. */
const BODY_BYTES_MAX = 1024 * 1024;

export interface ListenerOptions {
  readonly listen: ListenAt;
  readonly secret: string;
  /** Host names under which others reach this listener, besides its own address. */
  readonly alsoKnownAs?: readonly string[];
  /** Answers a request that passed. An error that it throws is answered 500 and reported. */
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;
  /** Takes an upgrade that passed; without it upgrades are refused. */
  readonly onUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly onError: (error: unknown) => void;
}

export interface StartedListener extends AsyncDisposable {
  /** Where others reach it. */
  readonly endpoint: Endpoint;
}

/**
 * Starts to listen.
 * @throws when the address is taken or not of this machine; the message names both.
 */
export async function startListener(options: ListenerOptions): Promise<StartedListener> {
  const host = hostOf(options.listen);
  const sockets = new Set<Socket>();
  const hosts = new Set<string>();
  const server = createServer((request, response) => {
    const refusal = accessRefusal(request, options.secret, hosts);
    if (refusal !== undefined) {
      sendJson(response, 403, { message: `Access refused: ${refusal}` });
      return;
    }
    Promise.try(options.onRequest, request, response).catch((error: unknown) => {
      options.onError(error);
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { message: 'internal error' });
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => {
    // Node takes its own listener off before this event: a peer that resets would end the process, whoever it is.
    socket.on('error', () => socket.destroy());
    const refusal = accessRefusal(request, options.secret, hosts);
    if (refusal !== undefined || options.onUpgrade === undefined) {
      socket.end(
        `HTTP/1.1 ${refusal === undefined ? '404 Not Found' : '403 Forbidden'}\r\nconnection: close\r\n\r\n`,
      );
      return;
    }
    options.onUpgrade(request, socket, head);
  });
  await listening(server, host, options.listen.port);
  const { port } = server.address() as AddressInfo;
  for (const name of [host, ...(options.alsoKnownAs ?? [])]) hosts.add(`${name}:${port}`);
  return {
    endpoint: { host, port },
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** The address to listen on. @throws Error where it is the machine's own, and it has none. */
export function hostOf({ host }: ListenAt): string {
  return host === 'own' ? ownAddress() : host;
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const bytes = Buffer.from(JSON.stringify(body), 'utf8');
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...headers,
  });
  response.end(bytes);
}

/** A body longer than its bound. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/**
 * Reads a request's body; by events, without what an iterator makes of promises and listeners for each request.
 * @throws BodyTooLargeError past `bytesMax`. What is still to come is thrown away as it comes, since a sender that is cut
 *   off while it sends does not read why. Error when the sender breaks off.
 */
export function readBody(request: IncomingMessage, bytesMax: number = BODY_BYTES_MAX): Promise<Buffer> {
  // Of a request that has ended no event comes any more.
  if (request.readableEnded) return Promise.resolve(Buffer.alloc(0));
  if (request.destroyed) return Promise.reject(brokenOff());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= bytesMax) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      reject(new BodyTooLargeError(`Cannot read a body of more than ${bytesMax} bytes`));
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
    request.once('close', () => {
      if (!request.readableEnded) reject(brokenOff());
    });
  });
}

const brokenOff = (): Error => new Error('the sender broke off within its body');

function accessRefusal(
  request: IncomingMessage,
  secret: string,
  hosts: ReadonlySet<string>,
): string | undefined {
  const given = request.headers[SECRET_HEADER];
  const bearer = request.url === METRICS_PATH ? bearerOf(request.headers.authorization) : undefined;
  return refusalOf(
    {
      secret: typeof given === 'string' ? given : bearer,
      origin: request.headers.origin,
      host: request.headers.host,
    },
    secret,
    hosts,
  );
}

function ownAddress(): string {
  const addresses = Object.values(networkInterfaces()).flat();
  const own = addresses.find((address) => address?.family === 'IPv4' && !address.internal);
  if (own === undefined)
    throw new Error("Cannot listen on host 'own': this machine has no IPv4 address but loopback");
  return own.address;
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const what = error.code === 'EADDRINUSE' ? 'the port is taken' : error.message;
      reject(new Error(`Cannot listen on ${host}:${port}: ${what}`, { cause: error }));
    });
    server.listen(port, host, () => resolve());
  });
}
