/** Small members with a known truth: a state that is as it is told, and a back-end that keeps its probe shard. */

import { sendJson, startListener } from '@fleetfall/member/listener.ts';
import type { MemberContext } from '@fleetfall/member/run-member.ts';
import { HEALTH_PATH, type MemberState, READY_PATH } from '@fleetfall/protocol/member-state.ts';
import type { Endpoint } from '@fleetfall/protocol/membership.ts';
import type { ObserverCommand, ObserverRecord, WatchedMember } from '@fleetfall/protocol/observer-stdio.ts';
import {
  cutPayload,
  decodeFrame,
  encodeFrame,
  type ShardReply,
  type ShardRequest,
  type StoredRecordHead,
} from '@fleetfall/protocol/shard-frames.ts';
import { type WebSocket, WebSocketServer } from 'ws';
import { startObserver } from '../src/observer.ts';

const SECRET = 'a secret of this test';

export interface FakeMember extends AsyncDisposable {
  readonly endpoint: Endpoint;
  /** Answers nothing any more while true. */
  hung: boolean;
  ready: boolean;
  /** What the back-end refuses appends with. */
  refusesWith: 'NotOwner' | undefined;
  readonly stored: StoredRecordHead[];
  /** State requests that are waiting for an answer, and the most that ever were. */
  waitingMax: number;
}

export async function startFakeMember(state: object, port = 0): Promise<FakeMember> {
  let waiting = 0;
  const sockets = new WebSocketServer({ noServer: true });
  const links = new Set<WebSocket>();
  const listener = await startListener({
    listen: { host: '127.0.0.1', port },
    secret: SECRET,
    alsoKnownAs: ['localhost'],
    onRequest: (request, response) => {
      if (member.hung) {
        waiting += 1;
        member.waitingMax = Math.max(member.waitingMax, waiting);
        response.on('close', () => {
          waiting -= 1;
        });
      } else if (request.url === HEALTH_PATH) sendJson(response, 200, {});
      else if (request.url === READY_PATH) sendJson(response, member.ready ? 200 : 503, {});
      else sendJson(response, 200, state);
    },
    onUpgrade: (request, socket, head) => {
      sockets.handleUpgrade(request, socket, head, (link) => {
        links.add(link);
        link.on('message', (data) => {
          if (!member.hung) link.send(replyTo(data as Buffer, member, payloads));
        });
      });
    },
    onError: (error) => {
      throw error;
    },
  });
  const payloads: Buffer[] = [];
  const member: FakeMember = {
    endpoint: listener.endpoint,
    hung: false,
    ready: true,
    refusesWith: undefined,
    stored: [],
    waitingMax: 0,
    async [Symbol.asyncDispose]() {
      for (const link of links) link.terminate();
      await listener[Symbol.asyncDispose]();
    },
  };
  return member;
}

function replyTo(frame: Buffer, { stored, refusesWith }: FakeMember, payloads: Buffer[]): Buffer {
  const { head, payload } = decodeFrame<ShardRequest>(frame);
  const { id } = head;
  switch (head.op) {
    case 'bounds':
      return encodeFrame({ id, op: 'bounds', latestSequenceNumber: stored.at(-1)?.sequenceNumber ?? '' });
    case 'append': {
      if (refusesWith !== undefined)
        return encodeFrame({ id, op: 'append', results: [{ error: refusesWith, message: '' }] });
      const sequenceNumber = String(stored.length + 1);
      for (const piece of cutPayload(payload, head.entries)) {
        stored.push({
          sequenceNumber,
          partitionKey: 'probe',
          arrivedAtMs: Date.now(),
          dataBytes: piece.length,
        });
        payloads.push(Buffer.from(piece));
      }
      return encodeFrame({ id, op: 'append', results: [{ sequenceNumber }] });
    }
    case 'read': {
      const from = Number(head.afterSequenceNumber);
      const reply: ShardReply = { id, op: 'read', records: stored.slice(from), behindLatestMs: 0 };
      return encodeFrame(reply, payloads.slice(from));
    }
  }
}

/** A state as far as the observer looks at it. */
export function stateOf(memberId: string, role: MemberState['role']): object {
  return { memberId, role, incarnation: '1', upMs: 1, kernel: null };
}

export interface ObserverUnderTest extends AsyncDisposable {
  readonly records: readonly ObserverRecord[];
  readonly logged: readonly string[];
  watch(...members: readonly WatchedMember[]): void;
  command(command: ObserverCommand | Record<string, unknown>): void;
  /** Resolves with the next record, from now on, that `matches`. */
  next<Kind extends ObserverRecord['kind']>(
    kind: Kind,
    matches?: (record: Extract<ObserverRecord, { kind: Kind }>) => boolean,
  ): Promise<Extract<ObserverRecord, { kind: Kind }>>;
}

export async function startObserverUnderTest(): Promise<ObserverUnderTest> {
  const records: ObserverRecord[] = [];
  const logged: string[] = [];
  let wake = Promise.withResolvers<void>();
  const context: MemberContext = {
    signal: new AbortController().signal,
    emit: (record) => {
      records.push(record as ObserverRecord);
      wake.resolve();
      wake = Promise.withResolvers<void>();
    },
    unreadBytes: () => 0,
    log: (message) => logged.push(message),
  };
  const observer = await startObserver(
    {
      role: 'observer',
      runId: 'run-1',
      memberId: 'observer-1',
      secret: SECRET,
      sampleIntervalMs: 50,
      probeIntervalMs: 50,
    },
    context,
  );
  const command = (value: object): void => void observer.command?.(JSON.stringify(value));
  return {
    records,
    logged,
    command,
    watch: (...members) => command({ op: 'watch', members }),
    async next(kind, matches = () => true) {
      for (let index = records.length; ; index += 1) {
        while (index >= records.length) await wake.promise;
        const record = records[index] as never as Extract<ObserverRecord, { kind: typeof kind }>;
        if (record.kind === kind && matches(record)) return record;
      }
    },
    [Symbol.asyncDispose]: () => observer[Symbol.asyncDispose](),
  };
}
