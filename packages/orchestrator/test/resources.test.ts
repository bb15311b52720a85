/**
 * Memory and CPU by the files of a cgroup, as kernels of either version write them; what a kernel does by them is held
 * by the tests of the runtimes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readResources, writeCpuQuota, writeMemoryLimit } from '../src/runtime/resources.ts';

const V2 = {
  'memory.max': 'max\n',
  'memory.swap.max': 'max\n',
  'memory.current': '54489088\n',
  'memory.events': 'low 0\nhigh 0\nmax 12\noom 2\noom_kill 1\noom_group_kill 0\n',
  'cpu.max': 'max 100000\n',
  'cpu.stat': 'usage_usec 5\nnr_periods 40\nnr_throttled 31\nthrottled_usec 9\n',
};
const V1 = {
  'memory.limit_in_bytes': '9223372036854771712\n',
  'memory.swappiness': '60\n',
  'memory.usage_in_bytes': '54489088\n',
  'memory.failcnt': '12\n',
  'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 1\n',
  'cpu.cfs_quota_us': '-1\n',
  'cpu.cfs_period_us': '100000\n',
  'cpu.stat': 'nr_periods 40\nnr_throttled 31\nthrottled_time 9\n',
};

describe.each([
  [1, V1, 'memory.swappiness'],
  [2, V2, 'memory.swap.max'],
] as const)('the cgroup of a member on v%i', (version, files, swap) => {
  it('is read without a limit, with one, and after it was lifted', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'test-of-resources-'));
    const { path } = folder;
    for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
    const read = () => readResources({ version, memory: path, cpu: path });
    const counted = { usedBytes: 54_489_088, limitHits: 12, kills: 1 };
    const free = {
      memory: { limitBytes: null, ...counted },
      cpu: { quotaCores: null, throttledPeriods: 31 },
    };
    expect(read()).toEqual(free);

    writeMemoryLimit(path, version, 65_536);
    writeCpuQuota(path, version, 0.03);
    expect(read()).toMatchObject({ memory: { limitBytes: 65_536 }, cpu: { quotaCores: 0.03 } });
    expect(readFileSync(join(path, swap), 'utf8')).toBe('0');

    writeMemoryLimit(path, version, null);
    writeCpuQuota(path, version, null);
    // v1 reads a number near 2⁶³ back for the −1 that is written.
    if (version === 1)
      writeFileSync(join(path, 'memory.limit_in_bytes'), files['memory.limit_in_bytes' as never]);
    expect(read()).toEqual(free);
  });

  it('that is gone is read as none, and a controller that is not there neither', async () => {
    const gone = join(tmpdir(), 'test-of-resources-that-never-was');
    expect(readResources({ version, memory: gone, cpu: null })).toBeNull();
    expect(readResources({ version, memory: null, cpu: null })).toEqual({ memory: null, cpu: null });
  });
});
