import type { KernelCounters } from '@fleetfall/protocol/member-state.ts';
import { BOOT_TASKS, UV_THREADS_OTHERWISE } from '@fleetfall/protocol/settings.ts';
import { describe, expect, it } from 'vitest';
import { findRoomToBoot } from '../src/room-to-boot.ts';

/** Counters as a kernel tells them one after another; the last again and again. */
function told(limit: number | null, ...tasks: readonly number[]): () => KernelCounters {
  let turn = 0;
  return () => ({
    tasks: tasks[Math.min(turn++, tasks.length - 1)] as number,
    limit,
    limitHits: 0,
    hitsAreLocal: true,
    peak: null,
    cgroupVersion: 1,
  });
}

describe('room to boot', () => {
  it('is there where the limit has one task more than the boot, for a construction', async () => {
    await expect(
      findRoomToBoot(told(BOOT_TASKS + 1, BOOT_TASKS), UV_THREADS_OTHERWISE),
    ).resolves.toBeUndefined();
  });

  it('does not count a thread that the boot holds for a moment', async () => {
    const passing = told(BOOT_TASKS + 1, BOOT_TASKS + 1, BOOT_TASKS + 1, BOOT_TASKS);
    await expect(findRoomToBoot(passing, UV_THREADS_OTHERWISE)).resolves.toBeUndefined();
  });

  it('is missing where a thread stays, and the message tells of it', async () => {
    await expect(findRoomToBoot(told(BOOT_TASKS + 1, BOOT_TASKS + 1), UV_THREADS_OTHERWISE)).rejects.toThrow(
      `pids.max is ${BOOT_TASKS + 1}, and a front-end without peers needs ${BOOT_TASKS + 2}`,
    );
  });

  it('is not asked for where there is no limit, or no kernel to tell of it', async () => {
    await expect(findRoomToBoot(told(null, BOOT_TASKS), UV_THREADS_OTHERWISE)).resolves.toBeUndefined();
    await expect(findRoomToBoot(() => null, UV_THREADS_OTHERWISE)).resolves.toBeUndefined();
  });
});
