/**
 * The folder of a run of several trials, as a user comes back to it: judged and reported as a whole, and resumed only as
 * the run that it was. The trials in it are told, not run.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layOut } from '@fleetfall/experiment/layout.ts';
import type { JournalRecord, RunRecord } from '@fleetfall/journal/records.ts';
import { loadExperiment } from '@fleetfall/orchestrator/cli/experiment-file.ts';
import { finishedTrial } from '@fleetfall/orchestrator/cli/store.ts';
import { currentOwner, ownerMark } from '@fleetfall/orchestrator/runtime/owner.ts';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type StoryOptions, tellRun } from '../packages/claims/test/journal-builder.ts';
import { fleetfall, temporaryFolder } from './fleetfall.ts';

const USAGE = 64;
const INCONCLUSIVE = 2;

/** A folder with trials in it, of which there were to be so many. */
function placeRun(folder: string, of: number, stories: readonly StoryOptions[]): void {
  const set = [`trials=${of}`, 'runtime=cgroup'];
  const { effective } = layOut(loadExperiment('kinesis-2020', { size: 'small', set }), 'seed');
  writeFileSync(join(folder, 'experiment.yaml'), stringify(effective));
  for (const [index, story] of stories.entries()) {
    const place = join(folder, `trial-00${index + 1}`);
    mkdirSync(place);
    const records = tellRun(story).map((record) =>
      record.kind === 'run'
        ? ({ ...record, trial: { number: index + 1, of } } as RunRecord & JournalRecord)
        : record,
    );
    writeFileSync(
      join(place, 'journal.ndjson'),
      records.map((record) => `${JSON.stringify(record)}\n`).join(''),
    );
  }
}

describe('a run of several trials', () => {
  it('is judged as a whole, by its folder', async () => {
    using run = await temporaryFolder();
    placeRun(run.path, 2, [{}, {}]);
    const text = await fleetfall('judge', run.path);
    expect(text.stdout).toMatch(/trial +1 +as-expected[\s\S]*trial +2 +as-expected[\s\S]* main, 2 trials/);
    expect([text.exitCode, text.stderr]).toEqual([0, '']);
    const json = await fleetfall('judge', run.path, '--json', '--junit', join(run.path, 'junit.xml'));
    expect(JSON.parse(json.stdout)).toMatchObject({ asExpected: 2, trials: [{ number: 1 }, { number: 2 }] });
    expect(existsSync(join(run.path, 'junit.xml'))).toBe(true);
  });

  it('is not as expected when a trial was not', async () => {
    using run = await temporaryFolder();
    placeRun(run.path, 2, [{}, { pidsMax: 200 }]);
    expect((await fleetfall('judge', run.path)).exitCode).toBe(1);
  });

  it('is inconclusive while trials are missing, and says how to go on', async () => {
    using run = await temporaryFolder();
    placeRun(run.path, 3, [{}]);
    const { exitCode, stderr } = await fleetfall('judge', run.path);
    expect(stderr).toBe(`2 of 3 trials are missing: fleetfall resume ${run.path}`);
    expect(exitCode).toBe(INCONCLUSIVE);
  });

  it('is reported by a page for each, and one that leads to them', async () => {
    using run = await temporaryFolder();
    placeRun(run.path, 2, [{}, {}]);
    const { exitCode, stdout } = await fleetfall('report', run.path);
    const pages = ['trial-001', 'trial-002'].map((trial) => join(run.path, trial, 'report.html'));
    const all = join(run.path, 'trials.html');
    expect([exitCode, stdout.split('\n')]).toEqual([0, [...pages, all]]);
    expect(readFileSync(all, 'utf8')).toContain('href="trial-002/report.html"');
    expect(pages.filter((page) => !existsSync(page))).toEqual([]);
    const one = await fleetfall('report', run.path, '--out', join(run.path, 'one.html'));
    expect([one.exitCode, one.stderr]).toEqual([
      USAGE,
      expect.stringContaining('must be left out for a run of 2 trials'),
    ]);
  });
});

describe('a run that is resumed', () => {
  it('is refused while another process goes through it', async () => {
    using run = await temporaryFolder();
    placeRun(run.path, 2, [{}]);
    writeFileSync(join(run.path, `owner.${ownerMark(currentOwner())}`), '');
    const { exitCode, stderr } = await fleetfall('resume', run.path);
    expect(stderr).toContain(`must not be under way: its run is alive (process ${process.pid})`);
    expect(exitCode).toBe(USAGE);
  });

  it('is refused on another machine, version or experiment, and says which differ', async () => {
    using run = await temporaryFolder();
    placeRun(run.path, 2, [{}]);
    // Its owner has died: that alone stands in nobody's way.
    writeFileSync(join(run.path, `owner.${ownerMark({ ...currentOwner(), start: '1' })}`), '');
    const { exitCode, stderr } = await fleetfall('resume', run.path);
    expect(stderr).toMatch(
      /must be resumed as it was begun: .*host\.memoryBytes: 17179869184 ≠ \d+.*experiment\.main\.method: none ≠ [0-9a-f]{12}/,
    );
    expect(exitCode).toBe(USAGE);
    expect(readdirSync(run.path)).toEqual(['experiment.yaml', 'trial-001']);
  });

  it('tells what it came to when nothing is missing', async () => {
    using run = await temporaryFolder();
    placeRun(run.path, 2, [{}, {}]);
    const { exitCode, stdout } = await fleetfall('resume', run.path);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining(' main, 2 trials')]);
  });

  it('puts aside what was cut off, before its first line was whole too', async () => {
    using run = await temporaryFolder();
    for (const cut of ['', '{"monoMs":0,"kind":"ru', `${JSON.stringify(tellRun()[0])}\n{"mo`]) {
      const journal = join(run.path, 'journal.ndjson');
      writeFileSync(journal, cut);
      expect(finishedTrial(journal)).toBe(null);
      expect(existsSync(journal)).toBe(false);
    }
    expect(readdirSync(run.path).every((name) => name.startsWith('journal.ndjson.cut-off-'))).toBe(true);
  });
});
