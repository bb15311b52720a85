/**
 * Whose a run's folder is: one process's at a time, whatever dead ones have left in it.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { claimRun } from '../src/cli/run-owner.ts';
import { currentOwner, type Owner, ownerMark } from '../src/runtime/owner.ts';

const CLAIMANT = join(import.meta.dirname, 'fixtures/claimant/main.ts');
const CLAIMANTS = 4;
const ROUNDS = 40;

const temporaryFolder = () => mkdtempDisposable(join(tmpdir(), 'test-of-fleetfall-'));
const claimOf = (owner: Owner): string => `owner.${ownerMark(owner)}`;
const dead = { ...currentOwner(), start: '1' };
const elsewhere = { ...currentOwner(), host: '0123456789ab' };

test('a run is of one process, which takes its claim away and what dead ones have left', async () => {
  await using run = await temporaryFolder();
  writeFileSync(join(run.path, claimOf(dead)), '');
  {
    using _own = claimRun(run.path);
    expect(readdirSync(run.path)).toEqual([claimOf(currentOwner())]);
    expect(() => claimRun(run.path)).toThrow(
      `must not be under way: its run is alive (process ${process.pid})`,
    );
    expect(readdirSync(run.path)).toEqual([claimOf(currentOwner())]);
  }
  expect(readdirSync(run.path)).toEqual([]);
});

test('a claim that is not proven dead stays where it is, also beside one that is', async () => {
  await using run = await temporaryFolder();
  const before = [claimOf(dead), claimOf(elsewhere)];
  for (const name of before) writeFileSync(join(run.path, name), '');
  expect(() => claimRun(run.path)).toThrow(
    /made on another host.*if it has surely ended, remove .*0123456789ab/,
  );
  expect(readdirSync(run.path)).toEqual(expect.arrayContaining([claimOf(elsewhere)]));
  expect(readdirSync(run.path)).not.toContain(claimOf(currentOwner()));
});

test('of several that find a dead claim at once no two have the run', async () => {
  await using base = await temporaryFolder();
  const claimants = Array.from({ length: CLAIMANTS }, () => {
    const subprocess = execa(process.execPath, [CLAIMANT], { buffer: false });
    const answers = createInterface({ input: subprocess.stdout })[Symbol.asyncIterator]();
    return { subprocess, answer: async () => String((await answers.next()).value) };
  });
  await Promise.all(claimants.map(({ answer }) => answer()));
  const winners: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const folder = join(base.path, String(round));
    mkdirSync(folder);
    writeFileSync(join(folder, claimOf(dead)), '');
    for (const { subprocess } of claimants) subprocess.stdin.write(`${folder}\n`);
    const answers = await Promise.all(claimants.map(({ answer }) => answer()));
    expect(answers.filter((told) => told !== 'has it' && !told.includes('must not be under way'))).toEqual(
      [],
    );
    winners.push(answers.filter((told) => told === 'has it').length);
  }
  for (const { subprocess } of claimants) subprocess.stdin.end();
  await Promise.all(claimants.map(({ subprocess }) => subprocess));
  expect(Math.max(...winners)).toBe(1);
});
