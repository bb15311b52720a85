/** Lists a stream's shards through the front door, page by page. */
import type { ListShardsInput, ListShardsOutput } from '@fleetfall/protocol/kinesis.ts';
import type { PatientCaller } from './patient-call.ts';

export type Shard = ListShardsOutput['Shards'][number];

/** @throws PatientCallError when the shards cannot be listed before `signal` aborts. */
export async function listShards(
  caller: PatientCaller,
  stream: string,
  signal: AbortSignal,
): Promise<readonly Shard[]> {
  const shards: Shard[] = [];
  let input: ListShardsInput = { StreamName: stream };
  for (;;) {
    const page = await caller.call('ListShards', input, signal);
    shards.push(...page.Shards);
    if (page.NextToken === undefined) return shards;
    // The API takes a token in place of the stream's name, not beside it.
    input = { NextToken: page.NextToken };
  }
}
