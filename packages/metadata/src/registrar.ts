/**
 * What a request changes: who joins, renews and leaves, whose lease has ended, and which streams are made. The
 * membership's version rises with each change of who is where, and with nothing else: a renewal costs no write,
 * so that a fleet's heartbeats do not wait for a disk.
 */
import { streamArnOf } from '@fleetfall/protocol/kinesis.ts';
import type {
  CreateStreamRequest,
  HeartbeatRequest,
  HeartbeatResponse,
  LeaveRequest,
  Member,
  StreamConfiguration,
} from '@fleetfall/protocol/membership.ts';
import { assignShards } from './assign-shards.ts';
import { createLeases } from './leases.ts';
import { invalidField, SHARDS_MAX } from './read-request.ts';
import { RefusalError } from './refusal.ts';
import type { MetadataStore } from './store.ts';

export interface Registrar extends Disposable {
  heartbeat(member: HeartbeatRequest): HeartbeatResponse;
  leave(request: LeaveRequest): void;
  /** @throws RefusalError ResourceInUse, NoBackEnd, or InvalidArgument when there would be too many shards. */
  createStream(request: CreateStreamRequest): StreamConfiguration;
}

export interface RegistrarOptions {
  readonly store: MetadataStore;
  /** A member that has not been heard of for so long is dropped. Those in the store get one full lease first. */
  readonly memberLeaseMs: number;
  readonly log: (message: string) => void;
}

export function startRegistrar({ store, memberLeaseMs, log }: RegistrarOptions): Registrar {
  const leases = createLeases(memberLeaseMs, performance.now());
  for (const { memberId } of store.membership().members) leases.renew(memberId, performance.now());

  function find(memberId: string): Member | undefined {
    return store.membership().members.find((member) => member.memberId === memberId);
  }

  function dropLapsed(): void {
    const lapsed = leases.lapsed(performance.now());
    if (lapsed.length === 0) return;
    try {
      store.removeMembers(lapsed);
    } catch (error) {
      // The disk refused: they stay lapsed, and the next check tries again.
      log(`could not drop ${lapsed.join(', ')}: ${String(error)}`);
      return;
    }
    for (const memberId of lapsed) leases.end(memberId);
    log(`dropped ${lapsed.join(', ')}: not heard of for ${memberLeaseMs} ms`);
  }

  const check = setInterval(dropLapsed, leases.checkIntervalMs);
  return {
    heartbeat(member) {
      const known = find(member.memberId);
      if (known === undefined || !isSame(known, member)) store.putMember(member);
      leases.renew(member.memberId, performance.now());
      return {
        leaseMs: memberLeaseMs,
        membershipVersion: store.membership().version,
        configurationVersion: store.configuration().version,
      };
    },
    leave({ memberId, incarnation }) {
      if (find(memberId)?.incarnation !== incarnation) return;
      store.removeMembers([memberId]);
      leases.end(memberId);
    },
    createStream({ name, shardCount }) {
      const { streams } = store.configuration();
      if (streams.some((stream) => stream.name === name)) {
        throw new RefusalError('ResourceInUse', `Cannot create stream '${name}': there is one of that name`);
      }
      const room = SHARDS_MAX - streams.reduce((sum, { shards }) => sum + shards.length, 0);
      if (shardCount > room) {
        throw invalidField('shardCount', `at most ${room}, which makes ${SHARDS_MAX} in all`, shardCount);
      }
      const backEndIds = store
        .membership()
        .members.filter(({ role }) => role === 'back-end')
        .map(({ memberId }) => memberId);
      if (backEndIds.length === 0) {
        throw new RefusalError('NoBackEnd', `Cannot create stream '${name}': no back-end is a member`);
      }
      const stream: StreamConfiguration = {
        name,
        arn: streamArnOf(name),
        createdAtMs: Date.now(),
        shards: assignShards(shardCount, backEndIds, streams),
      };
      store.addStream(stream);
      return stream;
    },
    [Symbol.dispose]: () => clearInterval(check),
  };
}

function isSame(known: Member, heard: Member): boolean {
  return (
    known.incarnation === heard.incarnation &&
    known.role === heard.role &&
    known.host === heard.host &&
    known.port === heard.port
  );
}
