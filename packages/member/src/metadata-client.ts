/**
 * A member's side of the metadata store: heartbeats, and reads that cost nothing while nothing changed
 * (`if-none-match` on the version). One attempt a call, with a deadline: when to try again is the caller's. On
 * node:http, because every member boots with it, and undici took half of a front-end's boot (measured: 50 of 90 ms).
 */
import { Agent, request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';

import { accessHeaders } from '@fleetfall/protocol/access.ts';
import {
  type Configuration,
  type CreateStreamRequest,
  type Endpoint,
  type HeartbeatResponse,
  type LeaveRequest,
  METADATA_PATHS,
  type Member,
  type MembershipView,
  type MetadataErrorBody,
} from '@fleetfall/protocol/membership.ts';

/** Longest wait for one answer of the store. */
const CALL_TIMEOUT_MS = 1_500;
/** A heartbeat, a read and a change or two at once. */
const CONNECTIONS_MAX = 4;

interface Exchange {
  readonly status: number;
  readonly text: string;
}

/** The store answered with an error, or not at all (`code` undefined: the outcome is unknown). */
export class MetadataError extends Error {
  override readonly name = 'MetadataError';
  readonly code: MetadataErrorBody['code'] | undefined;
  constructor(message: string, code?: MetadataErrorBody['code'], cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

export interface MetadataClient extends Disposable {
  heartbeat(member: Member): Promise<HeartbeatResponse>;
  leave(request: LeaveRequest): Promise<void>;
  /** @returns undefined when `knownVersion` is still the newest. */
  membership(knownVersion?: number): Promise<MembershipView | undefined>;
  /** @returns undefined when `knownVersion` is still the newest. */
  configuration(knownVersion?: number): Promise<Configuration | undefined>;
  createStream(request: CreateStreamRequest): Promise<void>;
}

/** @param callFrom the local address that it calls from; the kernel's choice without one. */
export function connectMetadata(endpoint: Endpoint, secret: string, callFrom?: string): MetadataClient {
  const origin = `http://${endpoint.host}:${endpoint.port}`;
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX, localAddress: callFrom });

  function exchange(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: string,
  ): Promise<Exchange> {
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
    return new Promise((resolve, reject) => {
      const sent = request(origin + path, { agent, method, headers, signal }, (answer) => {
        textOf(answer).then((text) => resolve({ status: answer.statusCode ?? 0, text }), reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  async function call(
    method: 'GET' | 'POST',
    path: string,
    body?: object,
    knownVersion?: number,
  ): Promise<unknown> {
    const headers: Record<string, string> = accessHeaders(secret);
    const sentBody = body === undefined ? '' : JSON.stringify(body);
    if (body !== undefined) {
      headers['content-type'] = 'application/json';
      headers['content-length'] = String(Buffer.byteLength(sentBody));
    }
    if (knownVersion !== undefined) headers['if-none-match'] = `"${knownVersion}"`;
    const { status, text } = await exchange(method, path, headers, sentBody).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      throw new MetadataError(
        `Cannot reach the metadata store at ${origin}${path}: ${why}`,
        undefined,
        error,
      );
    });
    if (status === 304) return undefined;
    if (status >= 400) {
      const { code, message } = JSON.parse(text) as MetadataErrorBody;
      throw new MetadataError(`The metadata store refused ${path}: ${message}`, code);
    }
    return text === '' ? undefined : JSON.parse(text);
  }

  return {
    heartbeat: (member) => call('POST', METADATA_PATHS.heartbeat, member) as Promise<HeartbeatResponse>,
    leave: async (request) => void (await call('POST', METADATA_PATHS.leave, request)),
    membership: (known) =>
      call('GET', METADATA_PATHS.membership, undefined, known) as Promise<MembershipView | undefined>,
    configuration: (known) =>
      call('GET', METADATA_PATHS.configuration, undefined, known) as Promise<Configuration | undefined>,
    createStream: async (request) => void (await call('POST', METADATA_PATHS.streams, request)),
    [Symbol.dispose]: () => agent.destroy(),
  };
}
