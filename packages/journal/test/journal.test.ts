import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from '../src/append.ts';
import { readJournal } from '../src/read.ts';
import { JOURNAL_VERSION, type RunRecord } from '../src/records.ts';

const RUN: RunRecord = {
  kind: 'run',
  version: JOURNAL_VERSION,
  experiment: 'kinesis-2020',
  runId: 'r',
  seed: 's',
  runtime: 'cgroup',
  runtimeReason: 'asked for',
  size: 'small',
  trial: { number: 1, of: 1 },
  timeScale: 1,
  host: { kernel: 'k', cores: 2, memoryBytes: 1, node: 'v26', cgroupVersion: 2, engine: null },
  fleetfall: '0.1.0',
};

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'test-of-journal-'));
  path = join(folder, 'deep', 'journal.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a journal', () => {
  it('is on disk, line by line, as soon as it was appended to', () => {
    using journal = openJournal(path);
    const heard: string[] = [];
    journal.subscribe((record) => heard.push(record.kind));
    journal.append(RUN);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(2);
    journal.append({ kind: 'settled', arm: 'main', frontEnds: 3 });
    const { run, records, torn } = readJournal(path);
    expect(run).toMatchObject(RUN);
    expect(records.map(({ kind }) => kind)).toEqual(['run', 'settled']);
    expect(heard).toEqual(['run', 'settled']);
    expect(torn).toBe(false);
  });

  it('is read whole where it is longer than what is read at a time, and so is a line of it', () => {
    using journal = openJournal(path);
    journal.append(RUN);
    // Of three bytes a character, so that what is read at a time ends within one.
    const reason = '…'.repeat(1_500_000);
    for (let times = 0; times < 3; times += 1) journal.append({ kind: 'end', how: 'failed', reason });
    appendFileSync(path, '{"kind":"en');
    const { records, torn } = readJournal(path);
    expect(records).toHaveLength(4);
    expect(records.slice(1).every((record) => record.kind === 'end' && record.reason === reason)).toBe(true);
    expect(torn).toBe(true);
  });

  it('stamps records with a clock that never goes back', () => {
    using journal = openJournal(path);
    const stamps = [RUN, RUN, RUN].map((entry) => journal.append(entry).monoMs);
    expect(stamps.toSorted((left, right) => left - right)).toEqual(stamps);
  });

  it('is never written over, nor after it was closed', () => {
    const journal = openJournal(path);
    journal[Symbol.dispose]();
    expect(() => openJournal(path)).toThrow('EEXIST');
    expect(() => journal.append(RUN)).toThrow('it is closed');
  });

  it('is read without its last line when that was cut short, and says so', () => {
    {
      using journal = openJournal(path);
      journal.append(RUN);
    }
    appendFileSync(path, '{"kind":"sett');
    expect(readJournal(path)).toMatchObject({ torn: true, records: [{ kind: 'run' }] });
  });

  it.runIf(process.platform === 'linux')(
    'that the disk refuses says so for good, and what was written is read',
    async () => {
      const filling = join(import.meta.dirname, 'fixtures/filling-disk/main.ts');
      const { stdout } = await execa('prlimit', ['--fsize=3000', process.execPath, filling, path]);
      const told = JSON.parse(stdout) as { refusals: string[]; failed: string };
      expect(told.refusals[0]).toMatch(/^Cannot write the journal .*journal\.ndjson: EFBIG/);
      expect(told.refusals[1]).toBe(told.refusals[0]);
      expect(told.failed).toBe('JournalWriteError');
      expect(statSync(path).size).toBe(3_000);
      const { records, torn } = readJournal(path);
      expect(records.length).toBeGreaterThan(10);
      expect(torn, 'the last line fitted in part').toBe(true);
    },
  );

  it.each([
    ['{"kind":"run","version":1}\nnonsense\n', /:2: it is not one JSON object/],
    ['{"kind":"run","version":1}\n{"kind":"end"}\nnull\n', /:3: it is not one JSON object/],
    ['{"kind":"run","version":1}\n3\n', /:2: it is not one JSON object/],
    ['{"kind":"run","version":1}\n[{"kind":"end"}]\n', /:2: it is not one JSON object/],
    ['null\n', /:1: it is not one JSON object/],
    ['{"kind":"end"}\n', /first record must be of kind 'run'/],
    ['', /first record must be of kind 'run'/],
    ['{"kind":"run","version":99}\n', /its version is 99, this fleetfall reads 1/],
  ])('that reads %j is refused', (text, message) => {
    const broken = join(folder, 'broken.ndjson');
    writeFileSync(broken, text);
    expect(() => readJournal(broken)).toThrow(message);
  });
});
