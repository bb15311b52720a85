/**
 * Where the history of an arm's writes is kept.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openHistoryKeeper } from '../src/method/history-keeper.ts';
import type { ArmEntry } from '../src/method/recorder.ts';

const temporaryFolder = () => mkdtempDisposable(join(tmpdir(), 'test-of-fleetfall-'));

test('a history is made with its first bytes, which the journal tells of once, and grows', async () => {
  await using folder = await temporaryFolder();
  const records: ArmEntry[] = [];
  const path = join(folder.path, 'main.history');
  {
    using keeper = openHistoryKeeper(join(folder.path, 'journal.ndjson'), 'main', (entry) => {
      records.push(entry);
    });
    expect(existsSync(path)).toBe(false);
    keeper.keep('orders', Buffer.from('one '));
    keeper.keep('orders', Buffer.from('two'));
  }
  expect(readFileSync(path, 'utf8')).toBe('one two');
  expect(records).toEqual([{ kind: 'history', stream: 'orders', file: 'main.history' }]);
});

test('a history that cannot be written says which, and nothing is written over', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'main.history');
  writeFileSync(path, 'of before');
  const records: ArmEntry[] = [];
  using keeper = openHistoryKeeper(join(folder.path, 'journal.ndjson'), 'main', (entry) => {
    records.push(entry);
  });
  expect(() => keeper.keep('orders', Buffer.from('one'))).toThrow(`Cannot write the history ${path}: EEXIST`);
  expect([readFileSync(path, 'utf8'), records]).toEqual(['of before', []]);
});
