/**
 * The log by itself: order, positions, the sharing of commits, and what a torn file gives back.
 */
import { copyFile, mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ShardKey } from '@fleetfall/protocol/ownership.ts';
import { expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../../metadata/test/running-metadata.ts';
import { openShardLog, PAGE_BYTES_MAX, type ShardLog } from '../src/storage/shard-log.ts';

const SHARD: ShardKey = 'orders/shardId-000000000000';
const OTHER: ShardKey = 'orders/shardId-000000000001';

const open = (path: string): Promise<ShardLog> => openShardLog(path, () => undefined);

function append(log: ShardLog, shard: ShardKey, ...texts: string[]): Promise<number[]> {
  return log.append(texts.map((text) => ({ shard, partitionKey: 'key', data: Buffer.from(text) })));
}

async function texts(log: ShardLog, shard: ShardKey, after = 0, limit = 10_000): Promise<string[]> {
  return (await log.readAfter(shard, after, limit)).records.map(({ data }) => String(data));
}

test('each shard gives its own records back in the order in which they were appended', async () => {
  await using folder = await temporaryFolder();
  await using log = await open(folder.path);
  await Promise.all([
    append(log, SHARD, 'a1', 'a2'),
    append(log, OTHER, 'b1'),
    append(log, SHARD, 'a3'),
    append(log, OTHER, 'b2', 'b3'),
  ]);
  expect(await texts(log, SHARD)).toEqual(['a1', 'a2', 'a3']);
  expect(await texts(log, OTHER)).toEqual(['b1', 'b2', 'b3']);
  expect(await texts(log, 'orders/never')).toEqual([]);
});

test('reading goes on behind a sequence number, as far as the limit', async () => {
  await using folder = await temporaryFolder();
  await using log = await open(folder.path);
  const [first = 0, second = 0] = await append(log, SHARD, 'one', 'two', 'three', 'four');
  expect(await texts(log, SHARD, first, 2)).toEqual(['two', 'three']);
  expect(await texts(log, SHARD, second)).toEqual(['three', 'four']);
  expect(await texts(log, SHARD, Number.POSITIVE_INFINITY)).toEqual([]);
});

test('one page holds no more bytes than it may, and pages lead through the whole shard', async () => {
  await using folder = await temporaryFolder();
  await using log = await open(folder.path);
  const records = Array.from({ length: 7 }, (_, index) => String(index).repeat(1_000_000));
  for (const record of records) await append(log, SHARD, record);
  const read: string[] = [];
  let after = 0;
  for (;;) {
    const page = await log.readAfter(SHARD, after, 10_000);
    if (page.records.length === 0) break;
    const bytes = page.records.reduce((sum, { data }) => sum + data.length, 0);
    expect(bytes).toBeLessThanOrEqual(PAGE_BYTES_MAX);
    read.push(...page.records.map(({ data }) => String(data)));
    after = page.records.at(-1)?.sequence ?? 0;
  }
  expect(read).toEqual(records);
});

test('appends that come together share a commit', async () => {
  await using folder = await temporaryFolder();
  await using log = await open(folder.path);
  const each = Array.from({ length: 2_000 }, (_, index) => append(log, SHARD, `record ${index}`));
  const sequences = (await Promise.all(each)).flat();
  expect(sequences).toEqual(sequences.toSorted((left, right) => left - right));
  expect(log.commits).toBeLessThan(20);
});

test('more than may wait for the disk is refused as overloaded, and what was taken is stored', async () => {
  await using folder = await temporaryFolder();
  await using log = await open(folder.path);
  const each = Array.from({ length: 80 }, () => append(log, SHARD, 'x'.repeat(1_000_000)));
  const settled = await Promise.allSettled(each);
  const refused = settled.filter(({ status }) => status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  expect((refused[0] as PromiseRejectedResult).reason).toMatchObject({ name: 'OverloadedError' });
  expect(await append(log, SHARD, 'room again')).toEqual([80 - refused.length + 1]);
});

test('sequence numbers go on rising after a restart', async () => {
  await using folder = await temporaryFolder();
  let last: number;
  {
    await using log = await open(folder.path);
    last = (await append(log, SHARD, 'one', 'two')).at(-1) ?? 0;
  }
  await using log = await open(folder.path);
  expect(log.latestSequence(SHARD)).toBe(last);
  expect((await append(log, SHARD, 'three'))[0]).toBeGreaterThan(last);
  expect(await texts(log, SHARD)).toEqual(['one', 'two', 'three']);
});

test('a file cut anywhere gives back its whole records, and takes new ones behind them', async () => {
  await using folder = await temporaryFolder();
  const written = ['first', 'second record', 'third'];
  const ends: number[] = [];
  const file = join(folder.path, 'whole', 'records.log');
  {
    await using log = await open(join(folder.path, 'whole'));
    ends.push((await readFile(file)).length);
    for (const record of written) {
      await append(log, SHARD, record);
      ends.push((await readFile(file)).length);
    }
  }
  const [empty = 0, , , whole = 0] = ends;
  for (let length = 0; length <= whole; length += 3) {
    const cut = join(folder.path, `cut-${length}`);
    await mkdir(cut);
    await copyFile(file, join(cut, 'records.log'));
    await truncate(join(cut, 'records.log'), length);
    const kept = Math.max(
      0,
      ends.findLastIndex((end) => end <= length),
    );
    await using log = await open(cut);
    expect(log.recovered.truncatedBytes, `cut at ${length}`).toBe(
      length < empty ? 0 : length - (ends[kept] ?? 0),
    );
    await append(log, SHARD, 'new');
    expect(await texts(log, SHARD), `cut at ${length}`).toEqual([...written.slice(0, kept), 'new']);
  }
});

test('a record whose bytes were changed is cut off, with all behind it', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'records.log');
  {
    await using log = await open(folder.path);
    for (const record of ['first', 'second', 'third']) await append(log, SHARD, record);
  }
  const bytes = await readFile(file);
  bytes.write('S', bytes.indexOf('second'));
  await writeFile(file, bytes);
  await using log = await open(folder.path);
  expect(await texts(log, SHARD)).toEqual(['first']);
  expect(log.recovered.truncatedBytes).toBeGreaterThan(0);
});

test('a file that is no log is left alone', async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'records.log'), 'something else altogether');
  await expect(open(folder.path)).rejects.toThrow('it is not a log');
  expect(await readFile(join(folder.path, 'records.log'), 'utf8')).toBe('something else altogether');
});

test('a moment leads to the first record that arrived then or later, though the clock was set back', async () => {
  await using folder = await temporaryFolder();
  await using log = await open(folder.path);
  const clock = vi.spyOn(Date, 'now');
  onTestFinished(() => clock.mockRestore());
  const arrivals = [100, 300, 200, 400];
  for (const arrivedAtMs of arrivals) {
    clock.mockReturnValue(arrivedAtMs);
    await append(log, SHARD, `at ${arrivedAtMs}`);
  }
  const nextAt = async (atMs: number): Promise<string | undefined> =>
    (await texts(log, SHARD, log.sequenceBefore(SHARD, atMs)))[0];
  expect(await nextAt(0)).toBe('at 100');
  expect(await nextAt(100)).toBe('at 100');
  expect(await nextAt(100.5)).toBe('at 300');
  expect(await nextAt(250)).toBe('at 300');
  expect(await nextAt(301)).toBe('at 400');
  expect(await nextAt(401)).toBeUndefined();
  expect(log.sequenceBefore(OTHER, 100)).toBe(0);
});
