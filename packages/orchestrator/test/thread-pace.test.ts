/** By how much the times of an experiment are stretched on a host of some pace. */
import { expect, test } from 'vitest';
import { measureThreadPace, stretchFor } from '../src/host/thread-pace.ts';

test.each([
  [2, 8, 1],
  [8, 8, 1],
  [8.1, 8, 1.25],
  [17, 8, 2.5],
  [17, 14, 1.25],
  [400, 8, 5],
])(
  'at %d ms a thread, times that were chosen for %d ms are stretched %d times',
  (pace, chosenFor, stretch) => {
    expect(stretchFor(pace, chosenFor)).toBe(stretch);
  },
);

test('a pace is measured of threads that were made', async () => {
  const made: unknown[] = [];
  const count = (worker: unknown): void => void made.push(worker);
  process.on('worker', count);
  try {
    expect(await measureThreadPace()).toBeGreaterThan(0);
  } finally {
    process.off('worker', count);
  }
  expect(made.length).toBeGreaterThan(1);
});
