/** Finds a stream's shards before a load that reads begins. */
import { setTimeout as wait } from 'node:timers/promises';
import type { ListShardsInput } from '@fleetfall/protocol/kinesis.ts';
import { exchange } from '../exchange.ts';
import { HttpPool } from '../http/pool.ts';
import { asciiJson } from '../http/request-text.ts';
import { type KinesisAnswer, readAnswer } from '../kinesis/answer.ts';
import { kinesisRequests } from '../kinesis/requests.ts';
import type { KinesisPlan, LoadPlan } from './generator-plan.ts';

const TRIES = 3;
const WAIT_MS = 300;

/** @throws Error when the stream's shards cannot be listed. */
export async function findShards(
  load: LoadPlan,
  kinesis: KinesisPlan,
  signal: AbortSignal,
): Promise<string[]> {
  const [target] = load.targets;
  if (target === undefined) throw new Error('Cannot list shards: there is no target');
  const pool = new HttpPool(target, { connectionsMax: 1, connectTimeoutMs: load.timeoutMs });
  const requestFor = kinesisRequests(kinesis.fields, kinesis.signing);
  const list = (input: ListShardsInput): Promise<KinesisAnswer<'ListShards'>> =>
    new Promise((resolve) => {
      exchange(pool, requestFor(pool, 'ListShards', asciiJson(input)), load.timeoutMs, (end) =>
        resolve(readAnswer('ListShards', end)),
      );
    });
  const { stream } = kinesis.workload;
  const shardIds: string[] = [];
  try {
    let input: ListShardsInput = { StreamName: stream };
    for (let tries = 1; ; ) {
      const answer = await list(input);
      signal.throwIfAborted();
      if (!answer.ok) {
        if (tries === TRIES)
          throw new Error(
            `Cannot list the shards of '${stream}': ${answer.outcome} ${answer.message}`.trim(),
          );
        tries += 1;
        await wait(WAIT_MS, undefined, { signal });
        continue;
      }
      shardIds.push(...answer.output.Shards.map(({ ShardId }) => ShardId));
      if (answer.output.NextToken === undefined) return shardIds;
      input = { NextToken: answer.output.NextToken };
    }
  } finally {
    pool.destroy();
  }
}
