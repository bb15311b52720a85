/**
 * `compare` as a user or a nightly job runs it, on journals that were told, not run.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { describe, expect, it } from 'vitest';
import { type StoryOptions, tellRun } from '../packages/claims/test/journal-builder.ts';
import { fleetfall, temporaryFolder } from './fleetfall.ts';

function place(path: string, records: readonly JournalRecord[]): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return path;
}

/** @param of how many trials the run was to have. */
function placeTrials(folder: string, stories: readonly StoryOptions[], of = stories.length): string {
  for (const [index, story] of stories.entries()) {
    const [head, ...rest] = tellRun(story);
    const trial = { number: index + 1, of };
    place(join(folder, `trial-${index + 1}`, 'journal.ndjson'), [
      { ...head, trial } as JournalRecord,
      ...rest,
    ]);
  }
  return folder;
}

describe('compare', () => {
  it('of a run with itself exits 0, as text and as JSON', async () => {
    using store = await temporaryFolder();
    const journal = place(join(store.path, 'run/journal.ndjson'), tellRun());
    const text = await fleetfall('compare', journal, join(store.path, 'run'));
    expect(text).toMatchObject({ exitCode: 0, stderr: '' });
    expect(text.stdout).toMatch(/observed breaking size +14 +14 +0 +equal/);
    expect(text.stdout).toMatch(/nothing got worse/);
    const json = await fleetfall('compare', journal, journal, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ before: journal, result: 'not-worse', exitCode: 0 });
  });

  it('of folders of trials takes every journal below each, and exits 1 when a figure got worse', async () => {
    using store = await temporaryFolder();
    const before = placeTrials(join(store.path, 'before'), [{}, { noiseFailures: 1 }, {}, {}, {}]);
    const after = placeTrials(join(store.path, 'after'), [
      { noiseFailures: 12 },
      { noiseFailures: 13 },
      { noiseFailures: 12 },
      { noiseFailures: 11 },
      { noiseFailures: 12 },
    ]);
    const { exitCode, stdout } = await fleetfall('compare', before, after);
    expect(stdout).toMatch(/before .*\(5 runs\)/);
    expect(stdout).toMatch(/goodput before .*WORSE/);
    expect(stdout).toMatch(/over trials/);
    expect(exitCode).toBe(1);
  });

  it('of one run with five tells what it shows, decides no more than one run can, and exits 0', async () => {
    using store = await temporaryFolder();
    const one = placeTrials(join(store.path, 'before'), [{ noiseFailures: 12 }]);
    const five = placeTrials(
      join(store.path, 'after'),
      [24, 23, 24, 25, 24].map((noiseFailures) => ({ noiseFailures })),
    );
    const { exitCode, stdout } = await fleetfall('compare', one, five);
    expect(stdout).toMatch(/goodput before .*\[.*\].* not decided$/m);
    expect(stdout).toMatch(/^not decided: 1 run against 5; .* takes 5 a side/m);
    expect(stdout).toMatch(/^result {2}nothing got worse, of what is decided$/m);
    expect(exitCode).toBe(0);
  });

  it('says loudly that there is no baseline, in what, and what can still be read', async () => {
    using store = await temporaryFolder();
    const [head, ...rest] = tellRun() as [Extract<JournalRecord, { kind: 'run' }>, ...JournalRecord[]];
    const journal = place(join(store.path, 'one.ndjson'), [head, ...rest]);
    const elsewhere = { ...head, host: { ...head.host, kernel: '5.10' } } as JournalRecord;
    const other = place(join(store.path, 'other.ndjson'), [elsewhere, ...rest]);
    const { exitCode, stdout } = await fleetfall('compare', journal, other);
    expect(stdout).toMatch(/^NO BASELINE: machine host\.kernel: 6\.18 ≠ 5\.10$/m);
    expect(stdout).toMatch(/sizes and claims .* can still be read/);
    expect(exitCode).toBe(2);
  });

  it('of a night that is short of trials says so, also with itself, and takes one trial for what it is', async () => {
    using store = await temporaryFolder();
    const short = placeTrials(join(store.path, 'short/kinesis-2020/one'), [{}, {}, {}, {}], 6);
    const night = join(store.path, 'short');
    const itself = await fleetfall('compare', night, night);
    expect(itself.stdout).toMatch(/^NO BASELINE: cut short trials: 4 of 6 on both sides$/m);
    expect(itself.stdout).toMatch(/runs as expected +4 of 6 +4 of 6/);
    expect(itself.exitCode).toBe(2);
    const trial = join(short, 'trial-1');
    expect(await fleetfall('compare', trial, join(trial, 'journal.ndjson'))).toMatchObject({ exitCode: 0 });
  });

  it('refuses what is no journal, and a folder that holds none', async () => {
    using store = await temporaryFolder();
    const { exitCode, stdout, stderr } = await fleetfall('compare', store.path, '/nowhere');
    expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: '' });
    expect(stderr).toMatch(
      /must be a journal of fleetfall or a folder of journals: there is no journal\.ndjson/,
    );
  });
});
