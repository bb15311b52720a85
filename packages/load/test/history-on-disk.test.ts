import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { readHistory } from '../src/history-on-disk/reader.ts';
import { openHistoryFile } from '../src/history-on-disk/writer.ts';

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
  for (const text of ['', 'no history\n', '{"format":"fleetfall-history-1"}\n']) {
    writeFileSync(path, text);
    expect(() => readHistory(path)).toThrow(`Cannot read ${path}: it must be a fleetfall-history-2`);
  }
  expect(() => openHistoryFile(path, HEADER)).toThrow('EEXIST');
  expect(existsSync(path)).toBe(true);
});
