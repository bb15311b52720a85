/** A journal that is followed as it is written: what is broken in it is told by its file and line. */
import { appendFileSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { followFile } from '../src/live/follow-file.ts';

const HEAD = '{"kind":"run","version":1}\n';

it.each(['null', '3', '[]', 'nonsense'])('a line that is no record is refused by its place: %s', (line) => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'follow-'));
  const path = join(folder.path, 'journal.ndjson');
  const file = followFile(path);
  expect(file.next()).toEqual([]);
  writeFileSync(path, `${HEAD}{"kind":"phase"}\n`);
  expect(file.next().map(({ kind }) => kind)).toEqual(['run', 'phase']);
  appendFileSync(path, `{"kind":"end"}\n${line}\n`);
  expect(() => file.next()).toThrow(`Cannot follow ${path}:4: it is not one JSON object`);
});

it('what is no journal is refused at its first record', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'follow-'));
  const path = join(folder.path, 'journal.ndjson');
  writeFileSync(path, '{"kind":"end"}\n');
  expect(() => followFile(path).next()).toThrow("its first record must be of kind 'run'");
});
