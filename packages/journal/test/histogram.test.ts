import { expect, test } from 'vitest';
import { DurationHistogram, sumOf } from '../src/histogram.ts';

function histogramOf(durationsMs: readonly number[]): DurationHistogram {
  const histogram = new DurationHistogram();
  for (const durationMs of durationsMs) histogram.record(durationMs);
  return histogram;
}

const upTo = (countMs: number): number[] => Array.from({ length: countMs }, (_, index) => index + 1);

test('tells percentiles within 0.4 % from a microsecond to half an hour', () => {
  for (const scale of [0.001, 0.1, 1, 100, 1_000]) {
    const histogram = histogramOf(upTo(1_000).map((value) => value * scale));
    for (const percentile of [1, 50, 90, 97.5, 99, 99.9]) {
      const truth = Math.ceil(percentile * 10) * scale;
      // Below 256 microseconds a bucket is a microsecond wide.
      expect(Math.abs((histogram.percentileMs(percentile) as number) - truth)).toBeLessThanOrEqual(
        Math.max(0.001, truth * 0.004),
      );
    }
    expect(histogram.percentileMs(100)).toBe(1_000 * scale);
    expect(histogram.maxMs).toBe(1_000 * scale);
  }
});

test('halves add up to the whole, as histograms and as records', () => {
  const whole = histogramOf(upTo(5_000));
  const odd = histogramOf(upTo(5_000).filter((value) => value % 2 === 1));
  const even = histogramOf(upTo(5_000).filter((value) => value % 2 === 0));
  const recorded = [odd, even].map((part) => JSON.parse(JSON.stringify(part.toCounts())));
  expect(sumOf(recorded).toCounts()).toEqual(whole.toCounts());
  odd.add(even);
  expect(odd.toCounts()).toEqual(whole.toCounts());
});

test('knows no percentile of nothing', () => {
  const empty = new DurationHistogram();
  expect(empty.percentileMs(99)).toBeNull();
  expect(empty.maxMs).toBeNull();
  expect(sumOf([empty.toCounts(), empty.toCounts()]).maxMs).toBeNull();
});

test('counts what is below zero as zero and what is beyond its range at its end, and says the true maximum', () => {
  const histogram = histogramOf([-3, 10_000_000]);
  expect(histogram.count).toBe(2);
  expect(histogram.percentileMs(50)).toBeLessThan(0.001);
  expect(histogram.maxMs).toBe(10_000_000);
});

test('is empty again once cleared', () => {
  const histogram = histogramOf([1, 2, 3]);
  histogram.clear();
  expect(histogram.toCounts()).toEqual({ count: 0, minMs: 0, maxMs: 0, buckets: [] });
});
