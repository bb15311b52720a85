/**
 * A front-end's side of a connection to a back-end, as little of it as the tests need.
 */
import { once } from 'node:events';
import { accessHeaders } from '@fleetfall/protocol/access.ts';
import type { Endpoint } from '@fleetfall/protocol/membership.ts';
import type { ShardKey } from '@fleetfall/protocol/ownership.ts';
import {
  type AppendResult,
  cutPayload,
  decodeFrame,
  encodeFrame,
  type LeaseMessage,
  SHARD_PATH,
  type ShardReply,
} from '@fleetfall/protocol/shard-frames.ts';
import WebSocket from 'ws';

interface ReadRecord {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly data: string;
}

export interface ShardClient extends Disposable {
  readonly socket: WebSocket;
  readonly leases: LeaseMessage[];
  /** Sends a head as it is, and resolves with the reply. Rejects when the connection ends first. */
  request(head: object, payloads?: readonly Buffer[]): Promise<{ head: ShardReply; payload: Buffer }>;
  append(shard: ShardKey, ...data: string[]): Promise<readonly AppendResult[]>;
  /** Reads a shard to its end. */
  readAll(shard: ShardKey): Promise<ReadRecord[]>;
}

export async function connect(
  { host, port }: Endpoint,
  secret: string,
  headers: Record<string, string> = accessHeaders(secret),
): Promise<ShardClient> {
  const socket = new WebSocket(`ws://${host}:${port}${SHARD_PATH}`, { headers });
  const waiting = new Map<number, PromiseWithResolvers<{ head: ShardReply; payload: Buffer }>>();
  const leases: LeaseMessage[] = [];
  let nextId = 1;
  socket.on('message', (message, isBinary) => {
    if (!isBinary) {
      leases.push(JSON.parse(String(message)) as LeaseMessage);
      return;
    }
    const reply = decodeFrame<ShardReply>(message as Buffer);
    waiting.get(reply.head.id)?.resolve(reply);
    waiting.delete(reply.head.id);
  });
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('the connection ended'));
  });
  await once(socket, 'open');
  // A connection that breaks later ends what waits on it, above.
  socket.on('error', () => socket.terminate());

  const client: ShardClient = {
    socket,
    leases,
    request(head, payloads = []) {
      const id = nextId;
      nextId += 1;
      const answer = Promise.withResolvers<{ head: ShardReply; payload: Buffer }>();
      waiting.set(id, answer);
      socket.send(encodeFrame({ ...head, id } as never, payloads));
      return answer.promise;
    },
    async append(shard, ...data) {
      const payloads = data.map((text) => Buffer.from(text));
      const entries = payloads.map(({ length }) => ({ shard, partitionKey: 'key', dataBytes: length }));
      const { head } = await client.request({ op: 'append', entries }, payloads);
      if (head.op !== 'append') throw new Error(`append was answered ${JSON.stringify(head)}`);
      return head.results;
    },
    async readAll(shard) {
      const records: ReadRecord[] = [];
      for (;;) {
        const afterSequenceNumber = records.at(-1)?.sequenceNumber ?? '';
        const { head, payload } = await client.request({
          op: 'read',
          shard,
          afterSequenceNumber,
          limit: 10_000,
        });
        if (head.op !== 'read') throw new Error(`read was answered ${JSON.stringify(head)}`);
        if (head.records.length === 0) return records;
        const data = cutPayload(payload, head.records);
        head.records.forEach(({ sequenceNumber, partitionKey }, index) => {
          records.push({ sequenceNumber, partitionKey, data: String(data[index]) });
        });
      }
    },
    [Symbol.dispose]: () => socket.terminate(),
  };
  return client;
}
