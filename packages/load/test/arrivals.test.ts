import {
  constantProfile,
  durationOf,
  rampProfile,
  requestsOf,
  stepsProfile,
  withSpike,
} from '@fleetfall/protocol/rate-profile.ts';
import { expect, test } from 'vitest';
import { type Arrivals, evenArrivals, poissonArrivals, shareOf } from '../src/schedule/arrivals.ts';
import { parseReplay } from '../src/schedule/replay.ts';

function allOf(arrivals: Arrivals): number[] {
  const times: number[] = [];
  for (let next = arrivals.next(); next !== Number.POSITIVE_INFINITY; next = arrivals.next())
    times.push(next);
  return times;
}

const countIn = (times: readonly number[], fromMs: number, toMs: number): number =>
  times.filter((ms) => ms >= fromMs && ms < toMs).length;

test('a constant rate is even, begins at once and has nothing due at its end', () => {
  const times = allOf(evenArrivals(constantProfile(400, 1_000)));
  expect(times).toHaveLength(400);
  expect(times[0]).toBe(0);
  expect(times[1]).toBe(2.5);
  expect(times.at(-1)).toBe(997.5);
});

test('a ramp has the mean of its ends, and each second more than the one before', () => {
  const times = allOf(evenArrivals(rampProfile(0, 1_000, 10_000)));
  expect(times).toHaveLength(5_000);
  const seconds = Array.from({ length: 10 }, (_, second) =>
    countIn(times, second * 1_000, second * 1_000 + 1_000),
  );
  for (const [second, count] of seconds.entries())
    expect(Math.abs(count - (50 + 100 * second))).toBeLessThanOrEqual(1);
  const down = allOf(evenArrivals(rampProfile(1_000, 0, 10_000)));
  expect(Math.abs(countIn(down, 0, 1_000) - 950)).toBeLessThanOrEqual(1);
});

test('steps last equally long, and one of rate 0 is a pause', () => {
  const times = allOf(evenArrivals(stepsProfile([100, 0, 300], 3_000)));
  expect([0, 1, 2].map((second) => countIn(times, second * 1_000, second * 1_000 + 1_000))).toEqual([
    100, 0, 300,
  ]);
});

test('a spike takes the place of the rate for its while, in a ramp too', () => {
  const profile = withSpike(rampProfile(100, 200, 10_000), {
    ratePerSecond: 2_000,
    atMs: 4_000,
    durationMs: 1_000,
  });
  expect(durationOf(profile)).toBe(10_000);
  const times = allOf(evenArrivals(profile));
  expect(Math.abs(countIn(times, 4_000, 5_000) - 2_000)).toBeLessThanOrEqual(1);
  expect(Math.abs(countIn(times, 9_000, 10_000) - 195)).toBeLessThanOrEqual(1);
  expect(Math.abs(times.length - requestsOf(profile))).toBeLessThanOrEqual(1);
});

test('Poisson arrivals keep the rate, are as spread as they should be, and are the same for the same seed', () => {
  const profile = constantProfile(1_000, 60_000);
  const times = allOf(poissonArrivals(profile, 'a'));
  const counts = Array.from({ length: 600 }, (_, part) => countIn(times, part * 100, part * 100 + 100));
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
  expect(Math.abs(mean - 100)).toBeLessThan(2);
  // A Poisson count has its mean for variance; even arrivals would have none.
  expect(variance).toBeGreaterThan(80);
  expect(variance).toBeLessThan(120);
  expect(allOf(poissonArrivals(profile, 'a'))).toEqual(times);
  expect(allOf(poissonArrivals(profile, 'b')).slice(0, 3)).not.toEqual(times.slice(0, 3));
});

test('the shares of several generators are the whole schedule', () => {
  const profile = rampProfile(10, 500, 2_000);
  const whole = allOf(poissonArrivals(profile, 'a'));
  const shares = [0, 1, 2].flatMap((generator) =>
    allOf(shareOf(poissonArrivals(profile, 'a'), generator, 3)),
  );
  expect(shares.toSorted((left, right) => left - right)).toEqual(whole);
});

test('a rate file is replayed line by line, each rate until the next time', () => {
  const profile = parseReplay('seconds,rate\n0,100\n2, 300 # the news\n\n3 0\n5 0\n');
  expect(durationOf(profile)).toBe(5_000);
  const times = allOf(evenArrivals(profile));
  expect([countIn(times, 0, 2_000), countIn(times, 2_000, 3_000), times.length]).toEqual([200, 300, 500]);
});

test.each([
  ['0 100\n1 x\n', "line 2 must be 'SECONDS RATE'"],
  ['5 100\n4 100\n', 'line 2 must be later than the one before'],
  ['0 100\n', 'at least two lines'],
])('a rate file that is wrong is told by its line (%#)', (text, message) => {
  expect(() => parseReplay(text)).toThrow(message);
});
