/**
 * The real program in a process of its own: killed while it appends, and on a disk that is full.
 */
import { shardKeyOf } from '@fleetfall/protocol/ownership.ts';
import { probeShardOf } from '@fleetfall/protocol/shard-frames.ts';
import { expect, test } from 'vitest';
import { SECRET } from '../../member/test/running-program.ts';
import { BACK_END_ID, startChild, startFleet, stateOf, untilShards } from './running-fleet.ts';
import { connect, type ShardClient } from './shard-client.ts';

const SHARDS = [0, 1, 2].map((index) => shardKeyOf('orders', `shardId-00000000000${index}`));
const WRITERS = 24;
const ACKNOWLEDGED_BEFORE_KILL = 3_000;

test('after kill -9 under load every acknowledged record is there, in order and once', async () => {
  await using fleet = await startFleet();
  await using first = await startChild(fleet);
  await fleet.createStream('orders', SHARDS.length);
  await untilShards(first, SHARDS.length);
  using client = await connect(first.endpoint, SECRET);

  const acknowledged = SHARDS.map(() => new Map<string, string>());
  let count = 0;
  let killed: Promise<void> | undefined;
  /** Appends one record after another until the connection ends. */
  async function write(writer: number): Promise<void> {
    for (let turn = 0; ; turn += 1) {
      const index = (writer + turn) % SHARDS.length;
      const text = `${writer}/${turn}`;
      const results = await client.append(SHARDS[index]!, text).catch((error: unknown) => {
        // The kill ends the connection; anything that breaks before it is a failure of the test's own subject.
        if (killed === undefined) throw error;
        return undefined;
      });
      if (results === undefined) return;
      const [result] = results;
      if (result === undefined || !('sequenceNumber' in result)) throw new Error(JSON.stringify(result));
      acknowledged[index]?.set(result.sequenceNumber, text);
      count += 1;
      if (count === ACKNOWLEDGED_BEFORE_KILL) killed = first.kill();
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  await killed;

  await using second = await startChild(fleet);
  expect(await stateOf(second)).toMatchObject({ shards: SHARDS.length, leaseEpoch: 2 });
  using reader = await connect(second.endpoint, SECRET);
  for (const [index, shard] of SHARDS.entries()) {
    const stored = await reader.readAll(shard);
    const numbers = stored.map(({ sequenceNumber }) => Number(sequenceNumber));
    expect(numbers).toEqual([...new Set(numbers)].sort((left, right) => left - right));
    expect(new Set(stored.map(({ data }) => data)).size).toBe(stored.length);
    const bySequence = new Map(stored.map(({ sequenceNumber, data }) => [sequenceNumber, data]));
    const lost = [...acknowledged[index]!].filter(([number, text]) => bySequence.get(number) !== text);
    expect(lost).toEqual([]);
    const [next] = await reader.append(shard, 'after the restart');
    expect(Number((next as { sequenceNumber: string }).sequenceNumber)).toBeGreaterThan(numbers.at(-1) ?? 0);
  }
  expect(await second.stop()).toBe(0);
});

test('on a full disk appends are refused as StorageFailed, and none that was acknowledged is lost', async () => {
  await using fleet = await startFleet();
  const shard = probeShardOf(BACK_END_ID);
  const stored: string[] = [];
  const appendOne = async (client: ShardClient, text: string): Promise<string | undefined> => {
    const [result] = await client.append(shard, text);
    if (result === undefined) throw new Error('an append was answered without a result');
    if ('sequenceNumber' in result) stored.push(text);
    return 'error' in result ? result.error : undefined;
  };
  {
    await using limited = await startChild(fleet, 256);
    using client = await connect(limited.endpoint, SECRET);
    let refusal: string | undefined;
    for (let index = 0; refusal === undefined; index += 1) {
      refusal = await appendOne(client, `${index} ${'x'.repeat(20_000)}`);
    }
    expect(refusal).toBe('StorageFailed');
    expect(await appendOne(client, 'small enough')).toBeUndefined();
    expect((await client.readAll(shard)).map(({ data }) => data)).toEqual(stored);
    expect(await stateOf(limited)).toMatchObject({ failedAppends: 1 });
    await limited.kill();
  }
  await using roomy = await startChild(fleet);
  using client = await connect(roomy.endpoint, SECRET);
  expect((await client.readAll(shard)).map(({ data }) => data)).toEqual(stored);
});
