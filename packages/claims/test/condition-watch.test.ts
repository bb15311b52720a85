import type { Condition, Metric } from '@fleetfall/experiment/condition.ts';
import { parseBound } from '@fleetfall/experiment/quantity.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { describe, expect, test } from 'vitest';
import { phaseSpan } from '../src/arm-timeline.ts';
import { watchCondition } from '../src/condition-watch.ts';
import { tellRun } from './journal-builder.ts';

const told = tellRun();
const condition = (metric: Metric, is: string, forMs = 1_000, afterMs = 0): Condition => ({
  metric,
  is: parseBound(is),
  for: forMs,
  after: afterMs,
});

/** Whether it holds as of the end of a phase. */
function holdsAt(phase: string, of: Condition, records: readonly JournalRecord[] = told): boolean {
  const watch = watchCondition(of, 'main');
  const endMs = phaseSpan(records, 'main', phase)?.endMs ?? 0;
  for (const record of records) if (record.monoMs <= endMs) watch.heed(record);
  return watch.holds();
}

describe('a condition', () => {
  test.each<[Metric, string, boolean, boolean]>([
    ['goodput', '>= 99%', true, false],
    ['error-rate', '< 1%', true, false],
    ['ok-rate', '> 100/s', true, false],
    ['refusals', '== 0', true, false],
    ['map-age', '< 10s', true, false],
    ['latency-p99', '< 50ms', true, true],
    ['latency-p99', '< 5ms', false, false],
    ['front-ends', '== 12', true, false],
  ])('on %s %s holds in the steady state: %s; in the outage: %s', (metric, is, steady, outage) => {
    expect([
      holdsAt('steady-state', condition(metric, is)),
      holdsAt('outage', condition(metric, is)),
    ]).toEqual([steady, outage]);
  });

  test('holds only once it held for as long as it asks', () => {
    expect(holdsAt('steady-state', condition('goodput', '>= 99%', 5_000))).toBe(true);
    expect(holdsAt('steady-state', condition('goodput', '>= 99%', 60_000))).toBe(false);
  });

  test('is not looked at before its time', () => {
    expect(holdsAt('steady-state', condition('goodput', '>= 99%', 1_000, 60_000))).toBe(false);
  });

  test('never holds without a sample, whatever it asks', () => {
    expect(holdsAt('start', condition('goodput', '>= 0%'))).toBe(false);
    const watch = watchCondition(condition('goodput', '< 99%'), 'main');
    expect([watch.holds(), watch.account()]).toEqual([false, expect.stringContaining('has no sample')]);
  });

  test('says what it saw last and what is asked for', () => {
    const watch = watchCondition(condition('goodput', '>= 99%'), 'main');
    for (const record of told) watch.heed(record);
    expect(watch.account()).toBe('goodput is 100.0 %, asked for is >= 99.0 % for 1000 ms');
  });
});
