/**
 * A connection to one back-end that is kept, and made again with back-off when it goes. It carries requests and
 * their replies; when a request has taken too long is for the caller to say, by abandoning the connection.
 */
import { accessHeaders } from '@fleetfall/protocol/access.ts';
import type { Endpoint } from '@fleetfall/protocol/membership.ts';
import {
  decodeFrame,
  encodeFrame,
  FRAME_BYTES_MAX,
  SHARD_PATH,
  type ShardReply,
  type ShardRequest,
} from '@fleetfall/protocol/shard-frames.ts';
import { WebSocket } from 'ws';
import { reasonOf } from './ask.ts';

const CONNECT_TIMEOUT_MS = 1_000;
const BACK_OFF_MIN_MS = 50;
/** Short beside a probe's deadline, so that a back-end that is back is found by the next probe. */
const BACK_OFF_MAX_MS = 500;

type WithoutId<Request> = Request extends unknown ? Omit<Request, 'id'> : never;

export interface Reply {
  readonly head: ShardReply;
  readonly payload: Buffer;
}

/** The connection went, or was abandoned, before the reply. The message is the reason. */
export class LinkError extends Error {
  override readonly name = 'LinkError';
}

export interface ShardLink extends Disposable {
  /**
   * Sends a request, once there is a connection, and resolves with its reply.
   * @throws LinkError when the connection goes before, or is abandoned.
   */
  request(request: WithoutId<ShardRequest>, payloads?: readonly Uint8Array[]): Promise<Reply>;
  /** Cuts the connection: what is under way fails with why it could not be made, or else with `reason`. */
  abandon(reason: string): void;
}

/** Who calls: with which secret, and from which local address where that is not the kernel's to choose. */
export interface Caller {
  readonly secret: string;
  readonly callFrom: string | undefined;
}

interface Waiting {
  readonly id: number;
  readonly frame: Buffer;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: LinkError) => void;
}

export function openShardLink({ host, port }: Endpoint, { secret, callFrom }: Caller): ShardLink {
  /** Requests without a reply, in the order in which they were made. */
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let socket: WebSocket;
  let backOffMs = BACK_OFF_MIN_MS;
  let connectFailure: string | undefined;
  /** Why this connection was cut from here: what its socket says of it afterwards says nothing more. */
  let cutBecause: string | undefined;
  let retry: NodeJS.Timeout | undefined;
  let disposed = false;

  const failAll = (reason: string): void => {
    const failed = [...waiting.values()];
    waiting.clear();
    for (const { reject } of failed) reject(new LinkError(reason));
  };

  const connect = (): void => {
    const made = new WebSocket(`ws://${host}:${port}${SHARD_PATH}`, {
      headers: accessHeaders(secret),
      localAddress: callFrom,
      handshakeTimeout: CONNECT_TIMEOUT_MS,
      maxPayload: FRAME_BYTES_MAX,
      perMessageDeflate: false,
    });
    socket = made;
    cutBecause = undefined;
    let wasOpen = false;
    made.on('open', () => {
      wasOpen = true;
      connectFailure = undefined;
      backOffMs = BACK_OFF_MIN_MS;
      for (const { frame } of waiting.values()) made.send(frame);
    });
    made.on('message', (data, isBinary) => {
      // Leases come as text to those who watch slices; this link watches none.
      if (isBinary) onReply(data as Buffer);
    });
    made.on('error', (error) => {
      connectFailure = cutBecause ?? reasonOf(error);
    });
    made.on('close', () => {
      if (disposed) return;
      // Requests that were never sent wait for the next connection; the others' fate is not known.
      if (wasOpen) failAll(connectFailure ?? 'connection-lost');
      retry = setTimeout(connect, backOffMs);
      backOffMs = Math.min(2 * backOffMs, BACK_OFF_MAX_MS);
    });
  };

  const onReply = (frame: Buffer): void => {
    let reply: Reply;
    try {
      reply = decodeFrame<ShardReply>(frame);
    } catch {
      // A back-end that cannot be understood is no better than one that does not answer, and is told as such.
      abandon('bad-answer');
      return;
    }
    const asker = waiting.get(reply.head.id);
    waiting.delete(reply.head.id);
    asker?.resolve(reply);
  };

  const abandon = (reason: string): void => {
    failAll(connectFailure ?? reason);
    cutBecause = reason;
    socket.terminate();
  };

  connect();
  return {
    request: (request, payloads = []) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        const frame = encodeFrame({ id: lastId, ...request } as ShardRequest, payloads);
        waiting.set(lastId, { id: lastId, frame, resolve, reject });
        if (socket.readyState === WebSocket.OPEN) socket.send(frame);
      }),
    abandon,
    [Symbol.dispose]() {
      disposed = true;
      clearTimeout(retry);
      abandon('the observer stopped watching');
    },
  };
}
