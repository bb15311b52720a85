import { frontEndState } from '@fleetfall/claims/arm-so-far.ts';
import {
  limitFromRecords,
  predictBreakingSize,
  settledTasks,
  sizesFromRecords,
} from '@fleetfall/claims/predict.ts';
import { describe, expect, test } from 'vitest';
import { withStates } from './alter-journal.ts';
import { tellRun } from './journal-builder.ts';

interface World {
  readonly a: number;
  readonly k: number;
  readonly c: number;
  readonly limit: number;
}

/** What the kernel would show of a fleet in such a world, settled at some sizes. */
function measure(
  { a, k, c }: World,
  frontEnds: readonly number[],
  noise: (index: number) => number = () => 0,
) {
  return frontEnds.map((size) => {
    const tasks = a + k * (size - 1);
    const taskSamples = Array.from({ length: 5 * size }, (_, index) => tasks + noise(index));
    return { frontEnds: size, taskSamples, peaks: Array.from({ length: size }, () => tasks + c) };
  });
}

/** The first size at which the kernel would refuse, by counting up. */
function firstRefusedSize({ a, k, c, limit }: World): number {
  let size = 1;
  while (a + k * (size - 1) + c <= limit) size += 1;
  return size;
}

const WORLDS: World[] = [7, 11, 15].flatMap((a) =>
  [1, 2, 3].flatMap((k) => [0, 1, 2].flatMap((c) => [24, 37, 64, 101].map((limit) => ({ a, k, c, limit })))),
);

describe('the predicted breaking size', () => {
  test.each(WORLDS)('is the size that breaks, exactly, for %o', (world) => {
    const prediction = predictBreakingSize({ sizes: measure(world, [2, 3, 5]), limit: world.limit });
    const truth = firstRefusedSize(world);
    expect([prediction.low, prediction.size, prediction.high]).toEqual([truth, truth, truth]);
    expect(prediction.size).toBe(Math.floor((world.limit - world.a - world.c) / world.k) + 2);
    expect(prediction.residual).toBeCloseTo(0);
  });

  test.each(WORLDS)('does not move when a construction shows in every fifth sample, for %o', (world) => {
    const sizes = measure(world, [4, 8, 12], (index) => (index % 5 === 0 ? world.c : 0));
    expect(predictBreakingSize({ sizes, limit: world.limit }).size).toBe(firstRefusedSize(world));
  });

  test.each(WORLDS)('has the size that breaks in its interval when one median is off, for %o', (world) => {
    for (const off of [-0.5, 0.5]) {
      const sizes = measure(world, [4, 8, 12]).map((size, index) =>
        index === 1 ? { ...size, taskSamples: size.taskSamples.map((tasks) => tasks + off) } : size,
      );
      const { low, high } = predictBreakingSize({ sizes, limit: world.limit });
      expect(low).toBeLessThanOrEqual(firstRefusedSize(world));
      expect(high).toBeGreaterThanOrEqual(firstRefusedSize(world));
    }
  });

  test('is none when threads do not grow with the fleet', () => {
    const sizes = measure({ a: 11, k: 0, c: 1, limit: 24 }, [4, 8, 12]);
    expect(predictBreakingSize({ sizes, limit: 24 })).toMatchObject({ size: null, low: null, high: null });
  });

  test('is none when the slope is smaller than the scatter about it', () => {
    const sizes = [4, 8, 12].map((frontEnds, index) => ({
      frontEnds,
      taskSamples: [11 + (index % 2) * 3],
      peaks: [],
    }));
    expect(predictBreakingSize({ sizes, limit: 24 }).size).toBeNull();
  });

  test('takes no boot of a small fleet for a construction', () => {
    const sizes = measure({ a: 11, k: 1, c: 1, limit: 24 }, [4, 8, 12]).map((size) =>
      size.frontEnds < 12 ? { ...size, peaks: size.peaks.map(() => 21) } : size,
    );
    expect(predictBreakingSize({ sizes, limit: 24 })).toMatchObject({ c: 1, size: 14 });
  });

  test('is moved by one odd peak in its interval only', () => {
    const sizes = measure({ a: 11, k: 1, c: 1, limit: 24 }, [4, 8, 12]);
    const odd = sizes.map((size) => ({ ...size, peaks: size.peaks.with(0, 24) }));
    expect(predictBreakingSize({ sizes: odd, limit: 24 })).toMatchObject({ size: 14, low: 13, high: 14 });
  });

  test('allows for a thread between two samples where the kernel has no pids.peak', () => {
    const sizes = measure({ a: 11, k: 1, c: 1, limit: 24 }, [4, 8, 12]).map((size) => ({
      ...size,
      peaks: [],
    }));
    expect(predictBreakingSize({ sizes, limit: 24 })).toMatchObject({ c: 0, size: 15, low: 14, high: 15 });
  });

  test('cannot be made from one size', () => {
    const sizes = measure({ a: 11, k: 1, c: 1, limit: 24 }, [4]);
    expect(() => predictBreakingSize({ sizes, limit: 24 })).toThrow(RangeError);
  });
});

describe('the sizes in a journal', () => {
  test('hold what was read between a settled record and the next arrival', () => {
    const records = tellRun();
    const sizes = sizesFromRecords(records, 'main');
    expect(sizes.map(({ frontEnds }) => frontEnds)).toEqual([4, 8, 12, 13, 14, 17]);
    expect(new Set(sizes[0]?.taskSamples)).toEqual(new Set([14]));
    expect(sizes[0]?.peaks).toEqual([15, 15, 15, 15]);
    expect(limitFromRecords(records, 'main')).toBe(24);
  });

  test('hold what was read amid a construction apart, which is no settled count', () => {
    const told = tellRun();
    // Two readings of three are of front-ends that build, with the thread that this takes.
    const building = withStates(told, (state, monoMs) =>
      Math.round(monoMs) % 3 === 0 || state.kernel === null
        ? state
        : {
            ...state,
            kernel: { ...state.kernel, tasks: state.kernel.tasks + 1 },
            shardMap: {
              ...state.shardMap,
              builds: {
                ...state.shardMap.builds,
                started: state.shardMap.builds.finished + state.shardMap.builds.failed + 1,
              },
            },
          },
    );
    const [first] = sizesFromRecords(building, 'main');
    expect(new Set(first?.taskSamples)).toEqual(new Set([14, 15]));
    expect(first === undefined ? null : settledTasks(first)).toBe(14);
    expect(settledTasks({ frontEnds: 4, taskSamples: [15, 15], quietSamples: [], peaks: [] })).toBe(15);
  });

  test('are those at which most front-ends were read', () => {
    const records = tellRun();
    const settled = records.findIndex((record) => record.kind === 'settled' && record.frontEnds === 13);
    const [first] = records
      .slice(settled)
      .flatMap((record) => (frontEndState(record) === undefined ? [] : [record]));
    // Between two steps of growth one of the thirteen was read.
    const left = records.findIndex((record, index) => index > settled && record.kind === 'member');
    const hurried = records.filter(
      (record, index) =>
        index < settled || index > left || frontEndState(record) === undefined || record === first,
    );
    expect(sizesFromRecords(hurried, 'main').map(({ frontEnds }) => frontEnds)).toEqual([4, 8, 12, 14, 17]);
  });

  test('are none, and so is the limit, in an empty journal', () => {
    expect(sizesFromRecords([], 'main')).toEqual([]);
    expect(limitFromRecords([], 'main')).toBeNull();
  });
});
