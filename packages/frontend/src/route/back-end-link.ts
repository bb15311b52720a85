/**
 * One connection to one back-end: many requests at once, matched by id, and the leases it pushes for the slices
 * that this member watches. Opened again when it breaks; what was under way then has an unknown outcome.
 */
import { accessHeaders } from '@fleetfall/protocol/access.ts';
import type { LinkState } from '@fleetfall/protocol/member-state.ts';
import type { Member } from '@fleetfall/protocol/membership.ts';
import {
  decodeFrame,
  encodeFrame,
  FRAME_BYTES_MAX,
  type LeaseMessage,
  SHARD_PATH,
  type ShardReply,
  type ShardRequest,
  type WatchMessage,
} from '@fleetfall/protocol/shard-frames.ts';
import WebSocket from 'ws';

/** A back-end that has not answered by then counts as unreachable. */
const REPLY_TIMEOUT_MS = 2_000;
/** Requests under way on one link: more would only wait, and time out. */
const PENDING_MAX = 2_048;
const CONNECT_TIMEOUT_MS = 2_000;
const RECONNECT_MS = 200;

/** The back-end could not be asked, or did not answer. `definite`: it was surely not reached. */
export class BackEndUnreachableError extends Error {
  override readonly name = 'BackEndUnreachableError';
  readonly definite: boolean;
  constructor(message: string, definite: boolean) {
    super(message);
    this.definite = definite;
  }
}

/** A request without the id, which the link gives. */
export type ShardRequestBody = ShardRequest extends infer Request
  ? Request extends ShardRequest
    ? Omit<Request, 'id'>
    : never
  : never;

export interface ShardAnswer {
  readonly head: ShardReply;
  readonly payload: Buffer;
}

export interface BackEndLink {
  readonly member: Member;
  /** @throws BackEndUnreachableError */
  request(body: ShardRequestBody, payloads?: readonly Uint8Array[]): Promise<ShardAnswer>;
  watch(slices: readonly number[]): void;
  state(): LinkState;
  /** The back-end's word on the watched slices while it stands, else undefined. */
  lease(): LeaseMessage | undefined;
  close(): void;
}

/** Who calls: with which secret, and from which local address where that is not the kernel's to choose. */
export interface Caller {
  readonly secret: string;
  readonly callFrom: string | undefined;
}

interface Pending {
  readonly resolve: (answer: ShardAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly dueMs: number;
}

/** @param onNews hears that the back-end vouches for other shards than before, or again after a silence. */
export function connectBackEnd(
  member: Member,
  { secret, callFrom }: Caller,
  onNews: () => void,
  log: (m: string) => void,
): BackEndLink {
  const pending = new Map<number, Pending>();
  let socket: WebSocket | undefined;
  let watched: readonly number[] = [];
  let lease: { text: string; message: LeaseMessage; expiresAtMs: number } | undefined;
  let nextId = 1;
  let closed = false;
  let reconnect: NodeJS.Timeout | undefined;

  // One sweep for all: a timer for each request would cost more than the request. Ids rise, so the oldest is first.
  const sweep = setInterval(() => {
    const nowMs = performance.now();
    for (const [id, { dueMs, reject }] of pending) {
      if (dueMs > nowMs) return;
      pending.delete(id);
      reject(
        new BackEndUnreachableError(`${member.memberId} did not answer within ${REPLY_TIMEOUT_MS} ms`, false),
      );
    }
  }, REPLY_TIMEOUT_MS / 20);

  function connect(): void {
    const fresh = new WebSocket(`ws://${member.host}:${member.port}${SHARD_PATH}`, {
      headers: accessHeaders(secret),
      localAddress: callFrom,
      handshakeTimeout: CONNECT_TIMEOUT_MS,
      perMessageDeflate: false,
      maxPayload: FRAME_BYTES_MAX,
    });
    socket = fresh;
    fresh.on('open', () => sendWatch());
    fresh.on('message', (data, isBinary) => (isBinary ? settle(data as Buffer) : heed(String(data))));
    let reason = 'the connection was closed';
    // 'close' always follows 'error', and goes on with the reason.
    fresh.on('error', (error) => {
      reason = error.message;
    });
    fresh.on('close', () => {
      failPending(reason);
      if (closed) return;
      log(`link to ${member.memberId} is down: ${reason}`);
      reconnect = setTimeout(connect, RECONNECT_MS);
    });
  }

  function settle(frame: Buffer): void {
    const { head, payload } = decodeFrame<ShardReply>(frame);
    const waiting = pending.get(head.id);
    pending.delete(head.id);
    waiting?.resolve({ head, payload });
  }

  function heed(text: string): void {
    const known = lease;
    const isNews = known === undefined || known.text !== text || known.expiresAtMs <= performance.now();
    const message = isNews ? (JSON.parse(text) as LeaseMessage) : known.message;
    lease = { text, message, expiresAtMs: performance.now() + message.leaseMs };
    if (isNews) onNews();
  }

  function failPending(reason: string): void {
    for (const { reject } of pending.values()) {
      reject(new BackEndUnreachableError(`${member.memberId} was lost: ${reason}`, false));
    }
    pending.clear();
  }

  function sendWatch(): void {
    if (socket?.readyState !== WebSocket.OPEN) return;
    socket.send(JSON.stringify({ op: 'watch', slices: watched } satisfies WatchMessage));
  }

  connect();
  return {
    member,
    request(body, payloads = []) {
      const open = socket;
      if (open?.readyState !== WebSocket.OPEN) {
        return Promise.reject(new BackEndUnreachableError(`${member.memberId} is not connected`, true));
      }
      if (pending.size >= PENDING_MAX) {
        return Promise.reject(
          new BackEndUnreachableError(`${PENDING_MAX} requests to ${member.memberId} are under way`, true),
        );
      }
      const id = nextId;
      nextId += 1;
      return new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject, dueMs: performance.now() + REPLY_TIMEOUT_MS });
        open.send(encodeFrame({ ...body, id } as ShardRequest, payloads));
      });
    },
    watch(slices) {
      watched = slices;
      sendWatch();
    },
    state() {
      if (socket?.readyState === WebSocket.OPEN) return 'open';
      return socket?.readyState === WebSocket.CONNECTING ? 'opening' : 'broken';
    },
    lease: () => (lease !== undefined && lease.expiresAtMs > performance.now() ? lease.message : undefined),
    close() {
      closed = true;
      clearTimeout(reconnect);
      clearInterval(sweep);
      socket?.terminate();
      failPending('this front-end is leaving');
    },
  };
}
