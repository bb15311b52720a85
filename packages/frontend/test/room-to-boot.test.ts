import type { KernelCounters } from '@fleetfall/protocol/member-state.ts';
import { BOOT_TASKS, UV_THREADS_OTHERWISE } from '@fleetfall/protocol/settings.ts';
import { beforeEach, describe, expect, it } from 'vitest';
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
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  beforeEach(() => void lines.splice(0));

  it('is there where the limit has one task more than the boot, for a construction', async () => {
    await expect(
      findRoomToBoot(told(BOOT_TASKS + 1, BOOT_TASKS), UV_THREADS_OTHERWISE, log),
    ).resolves.toBeUndefined();
  });

  it('does not count a thread that the boot holds for a moment', async () => {
    const passing = told(BOOT_TASKS + 1, BOOT_TASKS + 1, BOOT_TASKS + 1, BOOT_TASKS);
    await expect(findRoomToBoot(passing, UV_THREADS_OTHERWISE, log)).resolves.toBeUndefined();
    expect(lines).toEqual([]);
  });

  it('is missing where a thread stays, and the message tells of it', async () => {
    await expect(
      findRoomToBoot(told(BOOT_TASKS + 1, BOOT_TASKS + 1), UV_THREADS_OTHERWISE, log),
    ).rejects.toThrow(`pids.max is ${BOOT_TASKS + 1}, and a front-end without peers needs ${BOOT_TASKS + 2}`);
  });

  it('is not taken by a thread that stays where there is more, and the log tells of it', async () => {
    const staying = told(BOOT_TASKS + 2, BOOT_TASKS + 1);
    await expect(findRoomToBoot(staying, UV_THREADS_OTHERWISE, log)).resolves.toBeUndefined();
    expect(lines).toEqual([
      `${BOOT_TASKS + 1} tasks after a boot that leaves ${BOOT_TASKS}: 1 more did not end within 2000 ms`,
    ]);
  });

  it('is not asked for where there is no limit, or no kernel to tell of it', async () => {
    await expect(findRoomToBoot(told(null, BOOT_TASKS), UV_THREADS_OTHERWISE, log)).resolves.toBeUndefined();
    await expect(findRoomToBoot(() => null, UV_THREADS_OTHERWISE, log)).resolves.toBeUndefined();
  });
});
