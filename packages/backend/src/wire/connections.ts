/**
 * The front-ends' connections: one WebSocket each, carrying many requests at once and the leases that are pushed
 * to it. Their number is bounded, and so is what one of them may leave unread; past that it is cut off, since the
 * back-end must not remember for a peer that does not listen.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { encodeFrame, FRAME_BYTES_MAX, SHARD_PATH } from '@fleetfall/protocol/shard-frames.ts';
import { WebSocket, WebSocketServer } from 'ws';
import type { Watcher, Watchers } from '../leases/watchers.ts';
import type { Answer, Answerer } from './answer.ts';
import { BadRequestError, readFrame, readWatch, UnreadableMessageError } from './read-message.ts';

/** More than any fleet that one back-end serves: a connection a front-end and one for direct probes. */
const CONNECTIONS_MAX = 2_048;
/** What a peer may leave unread: four replies of the largest size. */
const BUFFERED_BYTES_MAX = 4 * FRAME_BYTES_MAX;

/** WebSocket close codes (RFC 6455, section 7.4.1). */
const CLOSE_PROTOCOL_ERROR = 1002;
const CLOSE_INTERNAL_ERROR = 1011;

export interface Connections extends Disposable {
  readonly count: number;
  /** Takes an upgrade that passed the listener's checks. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

export interface ConnectionsOptions {
  readonly answerer: Answerer;
  readonly watchers: Watchers;
  readonly log: (message: string) => void;
}

export function createConnections({ answerer, watchers, log }: ConnectionsOptions): Connections {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: FRAME_BYTES_MAX,
  });

  function serve(peer: WebSocket): void {
    const watcher: Watcher = { push: (text) => send(peer, text) };
    peer.on('message', (message, isBinary) => {
      try {
        if (isBinary) receive(peer, message as Buffer);
        else watchers.watch(watcher, readWatch(String(message)));
      } catch (error) {
        if (!(error instanceof UnreadableMessageError)) throw error;
        log(`a connection was closed: ${error.message}`);
        peer.close(CLOSE_PROTOCOL_ERROR, 'unreadable message');
      }
    });
    peer.on('close', () => watchers.forget(watcher));
    // What broke the connection is the peer's to mend; 'close' follows and cleans up.
    peer.on('error', (error) => log(`a connection broke: ${error.message}`));
  }

  /** @throws UnreadableMessageError */
  function receive(peer: WebSocket, frame: Buffer): void {
    let received: ReturnType<typeof readFrame>;
    try {
      received = readFrame(frame);
    } catch (error) {
      if (!(error instanceof BadRequestError)) throw error;
      const { id, message } = error;
      reply(peer, { head: { id, op: 'error', error: 'BadFrame', message }, payloads: [] });
      return;
    }
    answerer.answer(received).then(
      (answer) => reply(peer, answer),
      (error: unknown) => {
        log(`a request could not be answered: ${String(error)}`);
        peer.close(CLOSE_INTERNAL_ERROR, 'internal error');
      },
    );
  }

  function reply(peer: WebSocket, { head, payloads }: Answer): void {
    send(peer, encodeFrame(head, payloads));
  }

  function send(peer: WebSocket, message: string | Buffer): void {
    if (peer.readyState !== WebSocket.OPEN) return;
    if (peer.bufferedAmount > BUFFERED_BYTES_MAX) {
      log(`a connection was cut off: it left ${peer.bufferedAmount} bytes unread`);
      peer.terminate();
      return;
    }
    peer.send(message);
  }

  return {
    get count() {
      return server.clients.size;
    },
    accept(request, socket, head) {
      if (request.url !== SHARD_PATH) refuseUpgrade(socket, '404 Not Found');
      else if (server.clients.size >= CONNECTIONS_MAX) refuseUpgrade(socket, '503 Service Unavailable');
      else server.handleUpgrade(request, socket, head, serve);
    },
    [Symbol.dispose]() {
      for (const peer of server.clients) peer.terminate();
      server.close();
    },
  };
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`);
}
