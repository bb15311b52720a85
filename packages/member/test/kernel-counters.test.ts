import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openKernelCounters } from '../src/kernel-counters.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'test-of-counters-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (files: Readonly<Record<string, string>>): void => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), `${text}\n`);
};

describe('kernel counters', () => {
  it('are read from the files of a cgroup', () => {
    write({ 'pids.current': '22', 'pids.max': '24', 'pids.events': 'max 7', 'pids.peak': '24' });
    expect(openKernelCounters({ folder, version: 1 })()).toEqual({
      tasks: 22,
      limit: 24,
      limitHits: 7,
      peak: 24,
      hitsAreLocal: false,
      cgroupVersion: 1,
    });
  });

  it('prefer the local count of refusals where the kernel has one', () => {
    write({ 'pids.current': '5', 'pids.max': 'max', 'pids.events': 'max 9', 'pids.events.local': 'max 2' });
    expect(openKernelCounters({ folder, version: 2 })()).toMatchObject({
      limit: null,
      limitHits: 2,
      hitsAreLocal: true,
      peak: null,
    });
  });

  it('of a cgroup that is gone are an error, not a zero', () => {
    write({ 'pids.current': '5', 'pids.max': '24' });
    const read = openKernelCounters({ folder, version: 2 });
    expect(read()).toMatchObject({ tasks: 5, limit: 24 });
    rmSync(folder, { recursive: true });
    expect(read).toThrow('ENOENT');
    expect(openKernelCounters({ folder, version: 2 })).toThrow('ENOENT');
  });
});
