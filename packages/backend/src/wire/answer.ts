/**
 * Answers one request from the log, for shards that are held here. An append of several records goes to disk as
 * one; an entry for a shard of another back-end is refused alone.
 */
import type { ShardKey } from '@fleetfall/protocol/ownership.ts';
import type {
  AppendEntry,
  AppendResult,
  ShardErrorCode,
  ShardReply,
} from '@fleetfall/protocol/shard-frames.ts';
import type { OwnedShards } from '../leases/owned-shards.ts';
import { OverloadedError, StorageFailedError } from '../storage/group-commit.ts';
import type { ShardLog } from '../storage/shard-log.ts';
import type { ReceivedRequest } from './read-message.ts';

export interface Answer {
  readonly head: ShardReply;
  readonly payloads: readonly Buffer[];
}

export interface Answerer {
  /** Never rejects but for a fault of the back-end itself. */
  answer(received: ReceivedRequest): Promise<Answer>;
  /** Records that were acknowledged. */
  readonly appended: number;
  /** Records that the log did not take: the disk refused them, or too many were waiting for it. */
  readonly failedAppends: number;
}

interface Refusal {
  readonly error: ShardErrorCode;
  readonly message: string;
}

export function createAnswerer(backEndId: string, owned: OwnedShards, log: ShardLog): Answerer {
  let appended = 0;
  let failedAppends = 0;

  const notOwner = (shard: ShardKey): Refusal => ({
    error: 'NotOwner',
    message: `${shard} is not held by ${backEndId}`,
  });

  async function append(entries: readonly AppendEntry[], data: readonly Buffer[]): Promise<AppendResult[]> {
    const held = entries.map(({ shard }) => owned.holds(shard));
    const records = entries
      .map(({ shard, partitionKey }, index) => ({ shard, partitionKey, data: data[index]! }))
      .filter((_, index) => held[index]);
    const outcome = records.length === 0 ? [] : await log.append(records).catch(refusalOf);
    if (Array.isArray(outcome)) appended += records.length;
    else failedAppends += records.length;
    let taken = 0;
    return entries.map(({ shard }, index) => {
      if (!held[index]) return notOwner(shard);
      if (!Array.isArray(outcome)) return outcome;
      taken += 1;
      return { sequenceNumber: String(outcome[taken - 1]!) };
    });
  }

  async function read(id: number, shard: ShardKey, after: number, limit: number): Promise<Answer> {
    const page = await log.readAfter(shard, after, limit).catch(refusalOf);
    if ('error' in page) return { head: { id, op: 'error', ...page }, payloads: [] };
    const records = page.records.map(({ sequence, partitionKey, arrivedAtMs, data }) => ({
      sequenceNumber: String(sequence),
      partitionKey,
      arrivedAtMs,
      dataBytes: data.length,
    }));
    return {
      head: { id, op: 'read', records, behindLatestMs: page.behindLatestMs },
      payloads: page.records.map(({ data }) => data),
    };
  }

  return {
    async answer({ request, data }) {
      const { id } = request;
      if (request.op === 'append') {
        return { head: { id, op: 'append', results: await append(request.entries, data) }, payloads: [] };
      }
      const { shard } = request;
      if (!owned.holds(shard)) return { head: { id, op: 'error', ...notOwner(shard) }, payloads: [] };
      if (request.op === 'read') return read(id, shard, Number(request.afterSequenceNumber), request.limit);
      const { arrivedBeforeMs } = request;
      const latest =
        arrivedBeforeMs === undefined
          ? log.latestSequence(shard)
          : log.sequenceBefore(shard, arrivedBeforeMs);
      const latestSequenceNumber = latest === 0 ? '' : String(latest);
      return { head: { id, op: 'bounds', latestSequenceNumber }, payloads: [] };
    },
    get appended() {
      return appended;
    },
    get failedAppends() {
      return failedAppends;
    },
  };
}

/** The protocol's name for what the log refused. @throws whatever is no refusal of the log. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof OverloadedError) return { error: 'Overloaded', message: error.message };
  if (error instanceof StorageFailedError) return { error: 'StorageFailed', message: error.message };
  throw error;
}
