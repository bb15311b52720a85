/**
 * Hears one peer: a WebSocket to its announcements, opened again when it breaks, until closed. The same code runs
 * in a link's own thread, in a pool thread and on the main event loop. What was heard is handed on only when it
 * differs from before, so that the main thread is not busied with repetition.
 */
import type { OwnershipMessage } from '@fleetfall/protocol/ownership.ts';
import WebSocket from 'ws';
import type { LinkEvent, LinkTarget } from './thread-messages.ts';

/** A peer that does not accept within this time is tried again. */
const CONNECT_TIMEOUT_MS = 3_000;
const RECONNECT_FIRST_MS = 100;
const RECONNECT_MAX_MS = 1_000;
/** An announcement of all 256 slices for tens of thousands of shards. */
const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

export interface PeerSession {
  close(): void;
}

export function openPeerSession(target: LinkTarget, onEvent: (event: LinkEvent) => void): PeerSession {
  let socket: WebSocket | undefined;
  let reconnect: NodeJS.Timeout | undefined;
  let attempt = 0;
  let last = { text: '', expiresInMs: 0 };
  let closed = false;

  function connect(): void {
    socket = new WebSocket(target.url, {
      headers: target.headers,
      localAddress: target.callFrom,
      handshakeTimeout: CONNECT_TIMEOUT_MS,
      perMessageDeflate: false,
      maxPayload: MESSAGE_BYTES_MAX,
    });
    let reason = 'the peer closed the link';
    socket.on('open', () => {
      attempt = 0;
      last = { text: '', expiresInMs: 0 };
      onEvent({ type: 'open' });
    });
    socket.on('message', (data, isBinary) => {
      if (isBinary) socket?.close(1003, 'announcements are text');
      else hear(String(data));
    });
    // 'close' always follows 'error', and goes on with the reason.
    socket.on('error', (error) => {
      reason = error.message;
    });
    socket.on('close', () => {
      if (closed) return;
      onEvent({ type: 'closed', reason });
      reconnect = setTimeout(connect, Math.min(RECONNECT_MAX_MS, RECONNECT_FIRST_MS * 2 ** attempt));
      attempt += 1;
    });
  }

  function hear(text: string): void {
    if (text === last.text) {
      onEvent({ type: 'renewed', expiresInMs: last.expiresInMs });
      return;
    }
    const { slices, expiresInMs } = JSON.parse(text) as OwnershipMessage;
    last = { text, expiresInMs };
    onEvent({ type: 'heard', slices, expiresInMs });
  }

  connect();
  return {
    close() {
      closed = true;
      clearTimeout(reconnect);
      socket?.terminate();
    },
  };
}
