import { describe, expect, it } from 'vitest';
import { roomMs } from '../src/load-fit.ts';
import { layOutScript } from '../src/script.ts';

const fleetOf = (load: Readonly<Record<string, unknown>>) => layOutScript({ load }, 'seed').arms[0].fleet;

describe("a fleet's load", () => {
  it('is constant, even and of puts to uniform keys when nothing is said', () => {
    expect(fleetOf({})).toMatchObject({
      ratePerSecond: 300,
      stages: [],
      arrivals: 'even',
      keys: { kind: 'uniform' },
      readFraction: 0,
    });
  });

  it('takes a ramp, whose last rate goes on', () => {
    expect(fleetOf({ rate: '100/s..2000/s', over: '30s' })).toMatchObject({
      ratePerSecond: 2_000,
      stages: [{ durationMs: 30_000, fromPerSecond: 100, toPerSecond: 2_000 }],
    });
  });

  it('takes steps of equal length', () => {
    const { ratePerSecond, stages } = fleetOf({ rate: '100/s,200/s,400/s', over: '30s' });
    expect(ratePerSecond).toBe(400);
    expect(stages.map(({ durationMs, toPerSecond }) => [durationMs, toPerSecond])).toEqual([
      [10_000, 100],
      [10_000, 200],
      [10_000, 400],
    ]);
  });

  it('lays a spike over the rate, and goes back to it', () => {
    const { ratePerSecond, stages } = fleetOf({ rate: '100/s', spike: '900/s@10s+2s' });
    expect(ratePerSecond).toBe(100);
    expect(stages.map(({ durationMs, toPerSecond }) => [durationMs, toPerSecond])).toEqual([
      [10_000, 100],
      [2_000, 900],
    ]);
  });

  it('takes keys, reads and arrivals', () => {
    expect(fleetOf({ keys: 'hot:20%', reads: '30%', arrivals: 'poisson' })).toMatchObject({
      keys: { kind: 'hot', fraction: 0.2 },
      readFraction: 0.3,
      arrivals: 'poisson',
    });
    expect(fleetOf({ keys: 'zipf:1.1' }).keys).toEqual({ kind: 'zipf', exponent: 1.1 });
  });

  it.each([
    [{ rate: 300 }, /load\.rate '300': .* is not a rate/],
    [{ rate: '100/s..' }, /load\.rate '100\/s\.\.': '' is not a rate/],
    [{ rate: '100/s,20000/s' }, /load\.rate .*: must be from 1\/s to 10000\/s/],
    [{ rate: '100/s', over: '10s' }, /load\.over 10000ms: is for a ramp or steps/],
    [{ spike: '900/s@10s' }, /load\.spike '900\/s@10s': .* is not a spike: write RATE@BEGIN\+LENGTH/],
    [{ spike: '90000/s@1s+1s' }, /load\.spike .*: must be from 1\/s to 10000\/s/],
    [{ keys: 'hot' }, /load\.keys 'hot': .*must be uniform, zipf:EXPONENT/],
    [{ keys: 'zipf:9' }, /load\.keys 'zipf:9': .*must be uniform, zipf:EXPONENT/],
    [{ arrivals: 'bursts' }, /load\.arrivals 'bursts': must be one of even, poisson/],
  ])('%o is refused with what is allowed', (load, message) => {
    expect(() => fleetOf(load)).toThrow(message);
  });

  it('that would write more than a load keeps is refused, a batch counted record by record', () => {
    expect(() => fleetOf({ rate: '300/s', batch: 500 })).toThrow(
      /load\.batch 500: must be at most \d+: this method may take \d+s, and a load keeps 4000000 writes/,
    );
    expect(() => fleetOf({ rate: '300/s', batch: 100 })).not.toThrow();
  });

  it('goes on for as long as it can keep what it writes', () => {
    const constant = { ratePerSecond: 1_000, stages: [], batch: 10 };
    expect(roomMs(constant, 1_000_000)).toBe(98_000);
    const ramp = [{ durationMs: 10_000, fromPerSecond: 0, toPerSecond: 1_000 }];
    expect(roomMs({ ratePerSecond: 1_000, stages: ramp, batch: 1 }, 100_000)).toBe(10_000 + 93_000);
    expect(roomMs({ ratePerSecond: 1_000, stages: ramp, batch: 1 }, 1_000)).toBeLessThan(10_000);
  });
});
