import { afterEach, expect, test, vi } from 'vitest';
import { everyInterval } from '../src/cadence.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('a turn that came while the last was under way is made up for as soon as that ends, once', async () => {
  vi.useFakeTimers();
  const begunMs: number[] = [];
  let takesMs = 250;
  using _turns = everyInterval(100, async () => {
    begunMs.push(performance.now());
    await new Promise((resolve) => setTimeout(resolve, takesMs));
    takesMs = 10;
  });
  const fromMs = performance.now();
  await vi.advanceTimersByTimeAsync(520);
  expect(begunMs.map((ms) => ms - fromMs)).toEqual([0, 250, 300, 400, 500]);
});
