/**
 * Pausing the processes of a cgroup, on either version of cgroups that this host has mounted.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { removeCgroup } from '../../src/runtime/cgroup/cgroup.ts';
import { pauseAllIn, resumeAllIn, stateOfAllIn } from '../../src/runtime/cgroup/pause.ts';

const HIERARCHIES = [
  { version: 1, folder: '/sys/fs/cgroup/pids' },
  { version: 2, folder: ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].find(isUnified) ?? '/sys/fs/cgroup' },
] as const;

function isUnified(folder: string): boolean {
  return existsSync(join(folder, 'cgroup.controllers'));
}

test.for(HIERARCHIES)(
  'cgroup v$version: processes stand still, go on, and are gone',
  async ({ version, folder }, { skip }) => {
    const cgroup = join(folder, `pause-test-${process.pid}`);
    try {
      mkdirSync(cgroup);
    } catch (error) {
      skip(`no cgroup can be made in ${folder}: ${String(error)}`);
    }
    const sleeper = execa('sleep', ['60'], { reject: false });
    try {
      writeFileSync(join(cgroup, 'cgroup.procs'), String(sleeper.pid));
      expect(stateOfAllIn(cgroup, version)).toBe('running');
      pauseAllIn(cgroup, version);
      await expect.poll(() => stateOfAllIn(cgroup, version)).toBe('paused');
      resumeAllIn(cgroup, version);
      await expect.poll(() => stateOfAllIn(cgroup, version)).toBe('running');
      pauseAllIn(cgroup, version);
      await removeCgroup(cgroup);
      expect(await sleeper).toMatchObject({ signal: 'SIGKILL' });
      expect(stateOfAllIn(cgroup, version)).toBe('ended');
      resumeAllIn(cgroup, version);
    } finally {
      sleeper.kill('SIGKILL');
      await removeCgroup(cgroup);
    }
  },
);
