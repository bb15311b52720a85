/** Whether a figure of few runs changed: judged of each run, where it is an outcome. */
import { describe, expect, it } from 'vitest';
import type { Reading } from '../src/compare/compared-run.ts';
import { figureChange } from '../src/compare/figure-change.ts';
import type { FigureName } from '../src/compare/figure-list.ts';

describe('a figure of few runs', () => {
  /** Each run with ten load windows that say what it says. */
  const readings = (...values: (number | null)[]): Reading[] =>
    values.map((value) => ({ value, windows: value === null ? [] : Array<number>(10).fill(value) }));
  const alone = (...values: (number | null)[]): Reading[] => values.map((value) => ({ value, windows: [] }));

  it.each([
    ['one is an outage', [1, 1, 1], [1, 1, 0], 'worse'],
    ['one is an outage, and the rest are not quite equal', [0.9991, 0.9995, 1], [0.9992, 0.9994, 0], 'worse'],
    ['one no longer is', [1, 0], [1, 1], 'better'],
    ['most are, and one was', [1, 1, 0], [0, 0, 0], 'worse'],
    ['all are degraded, and one was an outage', [1, 1, 0], [0.9, 0.9, 0.9], 'undecided'],
    ['one is of little less', [0.992, 0.992, 0.992], [0.992, 0.992, 0.991], 'undecided'],
    ['one did not come to it', [1, 1, 1], [1, 1, null], 'undecided'],
    ['both sides have an outage', [1, 1, 0], [1, 1, 0], 'same'],
  ])('is judged of each, a share: %s', (_, before, after, change) => {
    expect(figureChange('goodputAfter', readings(...before), readings(...after), 's').change).toBe(change);
  });

  it('is shown, a share, as its interval is: by its mean', () => {
    const { difference, ...sides } = figureChange('goodputAfter', readings(1, 1, 1), readings(1, 1, 0), 's');
    const by = (sides.after.value ?? 0) - (sides.before.value ?? 0);
    expect(by).toBeCloseTo(-1 / 3);
    expect(by).toBeGreaterThan(difference?.low ?? 0);
    expect(by).toBeLessThan(difference?.high ?? -1);
  });

  it('is not judged when its load windows do not bear it out', () => {
    const unsteady = [{ value: 0.985, windows: [1, 1, 1, 0.94] }];
    expect(figureChange('goodputAfter', readings(0.995), unsteady, 's').change).toBe('undecided');
  });

  it('is not equal by its middle alone', () => {
    const [before, after] = [readings(9, 9, 9), readings(9, 9, 9)];
    expect(figureChange('latencyP99Ms', before, after, 's').change).toBe('same');
    const slower = after.map(({ value }) => ({ value, windows: Array<number>(10).fill(40) }));
    expect(figureChange('latencyP99Ms', before, slower, 's').change).toBe('undecided');
  });

  it.each<[FigureName, (number | null)[], (number | null)[], string]>([
    ['recoveryMs', [900, 900, 900], [900, 900, null], 'worse'],
    ['recoveryMs', [900, null, null], [900, 900, null], 'better'],
    ['recoveryMs', [900, null], [900, null, 900, null], 'same'],
    ['recoveryMs', [null, null], [null], 'same'],
    ['observedSize', [null, null], [14, null], 'worse'],
    ['observedSize', [14, null], [14, 14], 'undecided'],
    ['predictedSize', [14, 14], [null, null], 'unclear'],
  ])('is judged of who came to it: %s of %j, then %j', (name, before, after, change) => {
    expect(figureChange(name, alone(...before), alone(...after), 's').change).toBe(change);
  });
});
