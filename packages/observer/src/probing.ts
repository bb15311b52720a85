/**
 * Probes one back-end directly, past every front-end: appends a small record to the shard that the back-end holds
 * for probes, and reads it back. What it shows is whether the back-end serves while front-ends cannot route.
 */
import type { ObserverRecord, WatchedMember } from '@fleetfall/protocol/observer-stdio.ts';
import { cutPayload, probeShardOf, type ShardReply } from '@fleetfall/protocol/shard-frames.ts';
import { everyInterval } from './cadence.ts';
import { type Caller, LinkError, openShardLink, type Reply, type ShardLink } from './shard-link.ts';

/** From the append, connecting included, to the record read back. */
const PROBE_DEADLINE_MS = 1_000;
/** More than the records that others can have put between two looks. */
const READ_RECORDS_MAX = 100;

type Tell = (record: ObserverRecord) => void;

/** The back-end answered, and not as it should. The message is the reason. */
class ProbeFailure extends Error {
  override readonly name = 'ProbeFailure';
}

/** Probes the back-end every `intervalMs` over a connection that is kept; tells a `probe` each time. */
export function probeBackEnd(
  { memberId, host, port }: WatchedMember,
  caller: Caller,
  intervalMs: number,
  tell: Tell,
): Disposable {
  const link = openShardLink({ host, port }, caller);
  const shard = probeShardOf(memberId);
  let probes = 0;
  /** The newest record as far as is known; undefined after a failure, since then an append may have happened. */
  let newest: string | undefined;

  const probe = async (): Promise<void> => {
    const after = newest ?? (await latest(link, shard));
    newest = undefined;
    probes += 1;
    const data = Buffer.from(`fleetfall probe ${probes} at ${Date.now()}`, 'utf8');
    const sequenceNumber = await append(link, shard, data);
    await readBack(link, shard, after, sequenceNumber, data);
    newest = sequenceNumber;
  };

  const cadence = everyInterval(intervalMs, async () => {
    const probedAtMs = Date.now();
    const startedMs = performance.now();
    const deadline = setTimeout(() => link.abandon('timeout'), PROBE_DEADLINE_MS);
    const reason = await probe().then(() => null, failureReason);
    clearTimeout(deadline);
    const tookMs = Math.round((performance.now() - startedMs) * 10) / 10;
    tell({ kind: 'probe', probedAtMs, memberId, ok: reason === null, tookMs, reason });
  });

  return {
    [Symbol.dispose]() {
      cadence[Symbol.dispose]();
      link[Symbol.dispose]();
    },
  };
}

async function latest(link: ShardLink, shard: ReturnType<typeof probeShardOf>): Promise<string> {
  const { head } = await link.request({ op: 'bounds', shard });
  return expectOp(head, 'bounds').latestSequenceNumber;
}

async function append(
  link: ShardLink,
  shard: ReturnType<typeof probeShardOf>,
  data: Buffer,
): Promise<string> {
  const entries = [{ shard, partitionKey: 'probe', dataBytes: data.length }];
  const { head } = await link.request({ op: 'append', entries }, [data]);
  const [result] = expectOp(head, 'append').results;
  if (result === undefined) throw new ProbeFailure('append: bad-answer');
  if ('error' in result) throw new ProbeFailure(`append: ${result.error}`);
  return result.sequenceNumber;
}

async function readBack(
  link: ShardLink,
  shard: ReturnType<typeof probeShardOf>,
  afterSequenceNumber: string,
  sequenceNumber: string,
  data: Buffer,
): Promise<void> {
  const reply = await link.request({ op: 'read', shard, afterSequenceNumber, limit: READ_RECORDS_MAX });
  const { records } = expectOp(reply.head, 'read');
  const index = records.findIndex((record) => record.sequenceNumber === sequenceNumber);
  if (index < 0) throw new ProbeFailure('read: the appended record is not there');
  if (!dataAt(reply, records, index)?.equals(data))
    throw new ProbeFailure('read: the record is not what was appended');
}

function dataAt(
  { payload }: Reply,
  records: readonly { dataBytes: number }[],
  index: number,
): Buffer | undefined {
  try {
    return cutPayload(payload, records)[index];
  } catch {
    throw new ProbeFailure('read: bad-answer');
  }
}

type ReplyTo<Op> = Extract<ShardReply, { op: Op }>;

function expectOp<Op extends ShardReply['op']>(head: ShardReply, op: Op): ReplyTo<Op> {
  if (head.op === op) return head as ReplyTo<Op>;
  throw new ProbeFailure(`${op}: ${head.op === 'error' ? head.error : 'bad-answer'}`);
}

/** What the link or the back-end did is a finding; anything else is a fault of the observer and ends it. */
function failureReason(error: unknown): string {
  if (error instanceof ProbeFailure || error instanceof LinkError) return error.message;
  throw error;
}
