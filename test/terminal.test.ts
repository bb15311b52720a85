/**
 * The verdict on a real terminal: of no width, narrow, and of a user who wants no colour.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from './fleetfall.ts';
import { LAUNCHER } from './launcher.ts';

/** A small run that happened, on the cgroup runtime. */
const RECORDED = join(import.meta.dirname, 'fixtures/small-run.ndjson.gz');
const ESCAPE = '\u001b[';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let journal: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  journal = join(folder.path, 'journal.ndjson');
  writeFileSync(journal, gunzipSync(readFileSync(RECORDED)));
});
afterAll(() => folder[Symbol.dispose]());

/** `fleetfall judge` of the recorded run in a pseudo-terminal of so many columns. */
function judgedOn(columns: number, env: Readonly<Record<string, string>> = {}) {
  const typed = `stty cols ${columns}; exec '${process.execPath}' '${LAUNCHER}' judge '${journal}'`;
  return execa('script', ['--quiet', '--return', '--command', typed, '/dev/null'], {
    reject: false,
    // What of the surroundings says whether there are colours.
    env: { TERM: 'xterm-256color', CI: undefined, NO_COLOR: undefined, ...env },
  });
}

test.each([0, 12, 39])('a terminal of %i columns is told the verdict', async (columns) => {
  const { exitCode, stdout } = await judgedOn(columns);
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('verdict  as expected')]);
});

test('colours it, and not for a user who wants none', async () => {
  const coloured = await judgedOn(100);
  const plain = await judgedOn(100, { NO_COLOR: '1' });
  expect(coloured.stdout).toContain(ESCAPE);
  expect(plain.stdout).not.toContain(ESCAPE);
  expect(plain.stdout).toContain('verdict  as expected');
});
