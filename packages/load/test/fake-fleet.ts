/**
 * Small servers in the place of front-ends, with a known truth: they answer a put as they are told, and keep what
 * they acknowledge in a stream that all of them share. Real listeners, real sockets.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody, type StartedListener, sendJson, startListener } from '@fleetfall/member/listener.ts';
import type { MemberContext, StartedMember } from '@fleetfall/member/run-member.ts';
import { splitRing } from '@fleetfall/protocol/hash-key.ts';
import {
  type GetRecordsInput,
  type GetShardIteratorInput,
  type KinesisErrorName,
  type PutRecordInput,
  type PutRecordsInput,
  REASON_HEADER,
  TARGET_PREFIX,
} from '@fleetfall/protocol/kinesis.ts';
import type { Cohort, LoadCommand, LoadRecord, Target } from '@fleetfall/protocol/load-stdio.ts';
import { READY_PATH } from '@fleetfall/protocol/member-state.ts';
import { startLoad } from '../src/load.ts';

export const SECRET = 'a secret of this test';

interface StoredRecord {
  readonly SequenceNumber: string;
  readonly ApproximateArrivalTimestamp: number;
  readonly Data: string;
  readonly PartitionKey: string;
}

/** A stream in memory. */
export class FakeStream {
  readonly shards: { ShardId: string; start: bigint; records: StoredRecord[] }[] = [];
  exists = false;
  #written = 0;

  create(count: number): void {
    this.exists = true;
    for (const [index, range] of splitRing(count).entries()) {
      this.shards.push({ ShardId: `shardId-${index}`, start: BigInt(range.startingHashKey), records: [] });
    }
  }

  append(input: PutRecordInput): { ShardId: string; SequenceNumber: string } {
    const md5 = createHash('md5').update(input.PartitionKey).digest('hex');
    const key = input.ExplicitHashKey === undefined ? BigInt(`0x${md5}`) : BigInt(input.ExplicitHashKey);
    const shard = this.shards.findLast(({ start }) => start <= key);
    if (shard === undefined) throw new Error('the fake stream has no shards');
    this.#written += 1;
    const SequenceNumber = String(this.#written);
    shard.records.push({
      SequenceNumber,
      ApproximateArrivalTimestamp: Date.now() / 1000,
      Data: input.Data,
      PartitionKey: input.PartitionKey,
    });
    return { ShardId: shard.ShardId, SequenceNumber };
  }

  get recordCount(): number {
    return this.shards.reduce((sum, { records }) => sum + records.length, 0);
  }
}

interface PutFailure {
  readonly status: number;
  readonly name: KinesisErrorName;
  readonly reason?: string;
}

export interface FakeFrontEnd extends AsyncDisposable {
  readonly target: Target;
  ready: boolean;
  puts: number;
}

export interface FakeFrontEndOptions {
  readonly memberId?: string;
  readonly cohort?: Cohort;
  readonly stream?: FakeStream;
  /** What becomes of put number `index`: nothing for success, a failure, or `silence` for no answer at all. */
  readonly onPut?: (index: number, input: PutRecordInput) => Promise<PutFailure | 'silence' | undefined>;
}

/** Refuses every tenth record when it comes for the first time: who tries again gets it through, whatever else comes. */
export function failsEveryTenthOnce(): NonNullable<FakeFrontEndOptions['onPut']> {
  const seen = new Set<string>();
  return async (_index, { Data }) => {
    if (seen.has(Data)) return undefined;
    seen.add(Data);
    return seen.size % 10 === 0 ? { status: 503, name: 'ServiceUnavailable', reason: 'map-aged' } : undefined;
  };
}

/** Starts a front-end on a free port of 127.0.0.1. */
export async function startFakeFrontEnd(options: FakeFrontEndOptions = {}): Promise<FakeFrontEnd> {
  const stream = options.stream ?? new FakeStream();
  if (options.stream === undefined) stream.create(4);
  const state = { ready: true, puts: 0 };

  const onRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.url === READY_PATH) {
      sendJson(response, state.ready ? 200 : 503, {});
      return;
    }
    const action = String(request.headers['x-amz-target']).slice(TARGET_PREFIX.length);
    const input = JSON.parse((await readBody(request)).toString('utf8'));
    if (action !== 'PutRecord') {
      const [status, body] = administer(stream, action, input);
      sendJson(response, status, body);
      return;
    }
    const index = state.puts;
    state.puts += 1;
    const failure = await options.onPut?.(index, input);
    if (failure === 'silence') return;
    if (failure === undefined) sendJson(response, 200, stream.append(input));
    else
      sendJson(
        response,
        failure.status,
        { __type: failure.name, message: '' },
        failure.reason === undefined ? {} : { [REASON_HEADER]: failure.reason },
      );
  };

  const listener: StartedListener = await startListener({
    listen: { host: '127.0.0.1', port: 0 },
    secret: SECRET,
    onRequest,
    onError: (error) => {
      throw error;
    },
  });
  return Object.assign(state, {
    target: {
      memberId: options.memberId ?? 'fe-1',
      cohort: options.cohort ?? 'incumbent',
      ...listener.endpoint,
    },
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  });
}

function administer(stream: FakeStream, action: string, input: unknown): [status: number, body: unknown] {
  switch (action) {
    case 'CreateStream':
      if (stream.exists) return [400, { __type: 'ResourceInUseException', message: 'it exists' }];
      stream.create((input as { ShardCount: number }).ShardCount);
      return [200, {}];
    case 'PutRecords': {
      const { Records } = input as PutRecordsInput;
      // The tenth of a batch is throttled.
      const results = Records.map((record, index) =>
        index === 9
          ? { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'slow down' }
          : stream.append({ StreamName: '', ...record }),
      );
      return [200, { FailedRecordCount: results.length > 9 ? 1 : 0, Records: results }];
    }
    case 'DescribeStreamSummary':
      return [200, { StreamDescriptionSummary: { StreamStatus: 'ACTIVE' } }];
    case 'ListShards':
      return [
        200,
        {
          Shards: stream.shards.map(({ ShardId, start }) => ({
            ShardId,
            HashKeyRange: { StartingHashKey: String(start), EndingHashKey: '' },
          })),
        },
      ];
    case 'GetShardIterator':
      return [200, { ShardIterator: `${(input as GetShardIteratorInput).ShardId}@0` }];
    case 'GetRecords': {
      const { ShardIterator, Limit = 100 } = input as GetRecordsInput;
      const [shardId, from] = ShardIterator.split('@');
      const { records } = stream.shards.find(({ ShardId }) => ShardId === shardId) ?? { records: [] };
      const page = records.slice(Number(from), Number(from) + Limit);
      const next = Number(from) + page.length;
      return [
        200,
        {
          Records: page,
          NextShardIterator: `${shardId}@${next}`,
          MillisBehindLatest: next === records.length ? 0 : 1,
        },
      ];
    }
    default:
      return [400, { __type: 'UnknownOperationException', message: action }];
  }
}

/** A load in this process, with what it said. */
export interface LoadUnderTest extends AsyncDisposable {
  readonly records: readonly LoadRecord[];
  readonly logged: readonly string[];
  command(command: LoadCommand | Record<string, unknown>): void;
  /**
   * Resolves with the first record of a kind since the last call for it.
   * @throws Error when the load fails a command before.
   */
  next<Kind extends LoadRecord['kind']>(kind: Kind): Promise<Extract<LoadRecord, { kind: Kind }>>;
}

export async function startLoadUnderTest(): Promise<LoadUnderTest> {
  const records: LoadRecord[] = [];
  const logged: string[] = [];
  const taken = new Map<string, number>();
  let wake = Promise.withResolvers<void>();
  const context: MemberContext = {
    signal: new AbortController().signal,
    emit: (record) => {
      records.push(record as LoadRecord);
      wake.resolve();
      wake = Promise.withResolvers<void>();
    },
    unreadBytes: () => 0,
    log: (message) => logged.push(message),
  };
  const load: StartedMember = await startLoad(
    { role: 'load', runId: 'run-1', memberId: 'load-1', secret: SECRET, seed: 'seed-1' },
    context,
  );
  return {
    records,
    logged,
    command: (command) => void load.command?.(JSON.stringify(command)),
    async next(kind) {
      for (;;) {
        const from = taken.get(kind) ?? 0;
        const index = records.findIndex((record, at) => at >= from && record.kind === kind);
        if (index >= 0) {
          taken.set(kind, index + 1);
          return records[index] as never;
        }
        const failed = records.slice(from).find((record) => record.kind === 'failed');
        if (failed !== undefined) throw new Error(`The load failed: ${failed.message}`);
        await wake.promise;
      }
    },
    [Symbol.asyncDispose]: () => load[Symbol.asyncDispose](),
  };
}
