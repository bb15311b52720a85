import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { appendBlocks } from '../src/history-on-disk/append-blocks.ts';
import type { HistoryHeader } from '../src/history-on-disk/format.ts';
import { readHistory } from '../src/history-on-disk/reader.ts';
import { tellBlocks } from '../src/history-on-disk/tell-blocks.ts';
import { type HistoryWriter, writeHistory } from '../src/history-on-disk/writer.ts';

const openHistoryFile = (path: string, header: HistoryHeader): HistoryWriter =>
  writeHistory(appendBlocks(path), header);
const HEADER = { stream: 'orders', writer: '0123abcd', begunAtMs: Date.now() } as const;

test('what was begun is on disk with its key a moment later, though nothing ended: a killed load leaves it', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'history-'));
  const path = join(folder.path, 'orders.history');
  using history = openHistoryFile(path, HEADER);
  for (let write = 0; write < 5_000; write += 1) history.begin(`key-${write}`);
  history.acknowledge(7, 'shardId-3', '49590338271490256608559692538361571095921575989136588898');
  history.refuse(8);
  await vi.waitFor(() => expect(readHistory(path).writes[8]?.state).toBe('refused'), { timeout: 10_000 });
  const { writes, complete } = readHistory(path);
  expect(complete).toBe(false);
  expect(writes.map(({ key }) => key)).toEqual(Array.from({ length: 5_000 }, (_, write) => `key-${write}`));
  expect(writes[7]).toMatchObject({
    state: 'acknowledged',
    shardId: 'shardId-3',
    sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
  });
  expect(writes[9]).toMatchObject({ state: 'unknown', endedAtMs: null });
});

test('closing writes what was not on disk yet, more than waits for the disk at once among it', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'history-'));
  const path = join(folder.path, 'orders.history');
  const history = openHistoryFile(path, HEADER);
  const key = 'k'.repeat(200);
  for (let write = 0; write < 40_000; write += 1) history.refuse(history.begin(key));
  history[Symbol.dispose]();
  history[Symbol.dispose]();
  const { writes, complete } = readHistory(path);
  expect(complete).toBe(true);
  expect(writes).toHaveLength(40_000);
  expect(writes.every((write) => write.state === 'refused' && write.key === key)).toBe(true);
});

test('a listener is told the same bytes, block by block, and a history that goes on is whole again at its end', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'history-'));
  const path = join(folder.path, 'orders.history');
  const blocks: Buffer[] = [];
  const told = writeHistory(
    tellBlocks(
      (bytes) => blocks.push(Buffer.from(bytes)) > 0,
      () => undefined,
    ),
    HEADER,
    100,
  );
  const read = () => {
    writeFileSync(path, Buffer.concat(blocks));
    return readHistory(path);
  };
  for (let write = 0; write < 5_000; write += 1)
    told.acknowledge(told.begin(`k-${write}`), 'shardId-0', '12');
  expect(blocks.length).toBeGreaterThan(1);
  told.settle();
  expect(read()).toMatchObject({ complete: true });
  const last = told.begin('later');
  expect(read()).toMatchObject({ complete: false });
  told.refuse(last);
  told[Symbol.dispose]();
  const { writes, complete } = read();
  expect([complete, writes.length, writes[0]?.serial]).toEqual([true, 5_001, 100]);
  expect(writes.at(-1)).toMatchObject({ serial: last, key: 'later', state: 'refused' });
  expect(writes.slice(0, -1).every(({ state }) => state === 'acknowledged')).toBe(true);
});

test('a history that nobody takes is given up, and is not whole', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'history-'));
  const path = join(folder.path, 'orders.history');
  const blocks: Buffer[] = [];
  const logged: string[] = [];
  {
    using told = writeHistory(
      tellBlocks(
        (bytes) => blocks.length < 2 && blocks.push(Buffer.from(bytes)) > 0,
        (message) => logged.push(message),
      ),
      HEADER,
    );
    for (let write = 0; write < 9_000; write += 1) told.begin(`key-${write}`);
  }
  writeFileSync(path, Buffer.concat(blocks));
  const { writes, complete } = readHistory(path);
  expect([blocks.length, complete, logged.length]).toEqual([2, false, 1]);
  expect(writes.length).toBeGreaterThan(1_000);
});

test('an entry that was cut short is left out; what is no history is named', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'history-'));
  const path = join(folder.path, 'orders.history');
  {
    using history = openHistoryFile(path, HEADER);
    for (const key of ['a', 'b', 'c']) history.begin(key);
  }
  const whole = readFileSync(path);
  writeFileSync(path, whole.subarray(0, -14));
  expect(readHistory(path).writes.map(({ key }) => key)).toEqual(['a', 'b']);
  for (const text of ['', 'no history\n', 'null\n', '3\n', '{"format":"fleetfall-history-1"}\n']) {
    writeFileSync(path, text);
    expect(() => readHistory(path)).toThrow(`Cannot read ${path}:1: it must be a fleetfall-history-2`);
  }
  expect(() => openHistoryFile(path, HEADER)).toThrow('EEXIST');
  expect(existsSync(path)).toBe(true);
});
