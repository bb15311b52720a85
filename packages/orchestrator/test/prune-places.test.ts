/**
 * What a dead run left is found wherever it may have been: in another folder for temporary files than the asker's, and in
 * a cgroup that is none of those above the asker's own.
 */
import { existsSync, mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findPidsTree } from '../src/runtime/cgroup/pids-tree.ts';
import { pruneCgroups } from '../src/runtime/cgroup/prune-cgroup.ts';
import { currentOwner, ownerMark } from '../src/runtime/owner.ts';
import { cgroupsLeftOut } from './fixtures/cgroups.ts';
import { freshRunId } from './fixtures/runtime-behaviour.ts';

/** As a run names it whose process has ended: none began at that time. */
const deadName = (): string =>
  `fleetfall-${freshRunId()}-main.${ownerMark({ ...currentOwner(), start: '1' })}`;

test.runIf(existsSync('/var/tmp'))('in a folder for temporary files of before a restart', async () => {
  const folder = join('/var/tmp', deadName());
  mkdirSync(folder);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const found = await pruneCgroups(false);
  expect(found).toContainEqual(expect.objectContaining({ name: folder, dead: true, keptBecause: null }));
  expect(existsSync(folder)).toBe(false);
});

test.skipIf(cgroupsLeftOut())('in a scope of its own', async () => {
  const scope = join(findPidsTree().folder, `test-of-fleetfall-${process.pid}`);
  const cgroup = join(scope, deadName());
  mkdirSync(cgroup, { recursive: true });
  onTestFinished(() => {
    if (existsSync(cgroup)) rmdirSync(cgroup);
    rmdirSync(scope);
  });
  expect(await pruneCgroups(false)).toContainEqual(
    expect.objectContaining({ kind: 'cgroup', name: cgroup, keptBecause: null }),
  );
  expect(existsSync(cgroup)).toBe(false);
});
