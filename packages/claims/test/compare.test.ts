/** Runs held against one another: what got worse, by how much, and what cannot be told. */
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { describe, expect, it } from 'vitest';
import { compareRuns } from '../src/compare/compare.ts';
import type { FigureName } from '../src/compare/figure-list.ts';
import { told, withHead } from './told-runs.ts';

const withLatency = (p99: number) => (records: JournalRecord[]) =>
  records.map((record) =>
    record.kind === 'load' && record.record.kind === 'load' && record.record.latencyMs !== null
      ? { ...record, record: { ...record.record, latencyMs: { ...record.record.latencyMs, p99 } } }
      : record,
  );

function figure(comparison: ReturnType<typeof compareRuns>, name: FigureName) {
  const found = comparison.figures.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no figure '${name}'`);
  return found;
}

describe('a run compared with itself', () => {
  const run = told();
  const comparison = compareRuns([run], [run]);

  it('is not worse, in any figure or claim', () => {
    expect(comparison).toMatchObject({
      result: 'not-worse',
      exitCode: 0,
      baseline: [],
      claims: [],
      worse: [],
    });
    expect(new Set(comparison.figures.map(({ change }) => change))).toEqual(new Set(['same']));
  });

  it('gives figures with what their intervals are over', () => {
    expect(figure(comparison, 'observedSize')).toMatchObject({ before: { value: 14 }, over: 'nothing' });
    expect(figure(comparison, 'goodputBefore')).toMatchObject({ before: { value: 1 } });
    expect(figure(comparison, 'recoveryMs').before.value).toBeGreaterThan(0);
    expect(figure(comparison, 'firstFailureMs').before.value).toBeGreaterThan(0);
    expect(figure(comparison, 'latencyP99Ms').before.value).toBe(9);
  });
});

describe('a side that is short of trials', () => {
  const runs = [told(), told(), told(), told()];

  it('has no more runs as expected than it has runs, of those that there were to be', () => {
    const { asExpected } = compareRuns(runs, runs, { before: 0, after: 2 });
    expect(asExpected).toMatchObject({ before: { count: 4, runs: 4 }, after: { count: 4, runs: 6 } });
    expect(asExpected.after.interval.low).toBeLessThan(asExpected.before.interval.low);
  });

  it('is neither worse nor better for those that are missing: they may have been either', () => {
    const many = [...runs, ...runs];
    const changeOf = (before: number, after: number): string =>
      compareRuns(many, many, { before, after }).asExpected.change;
    expect([changeOf(0, 40), changeOf(40, 0), changeOf(3, 3), changeOf(0, 0)]).toEqual([
      ...['unclear', 'unclear', 'unclear', 'same'],
    ]);
  });

  it('is no baseline, not even for itself', () => {
    expect(compareRuns(runs, runs, { before: 2, after: 2 })).toMatchObject({
      exitCode: 2,
      baseline: [{ of: 'completeness', field: 'trials', before: '4 of 6', after: '4 of 6' }],
    });
    expect(compareRuns(runs, runs, { before: 0, after: 0 }).exitCode).toBe(0);
  });
});

describe('runs of experiments that are not the same', () => {
  const head = (changed: object) =>
    told(
      {},
      withHead((run) => ({
        digests: { stopWhen: 'a', 'main.method': 'b' },
        host: { ...run.host, cpuModel: 'one' },
        ...changed,
      })),
    );

  it.each([
    ['another method', { digests: { stopWhen: 'a', 'main.method': 'c' } }, 'main.method'],
    ['another stop condition', { digests: { stopWhen: 'c', 'main.method': 'b' } }, 'stopWhen'],
    [
      'a control more',
      { digests: { stopWhen: 'a', 'main.method': 'b', 'control.method': 'd' } },
      'control.method',
    ],
    ['no word of either', { digests: {} }, 'stopWhen'],
  ])('are no baseline for one another: %s', (_, changed, field) => {
    expect(compareRuns([head({})], [head(changed)])).toMatchObject({
      exitCode: 2,
      baseline: expect.arrayContaining([expect.objectContaining({ of: 'configuration', field })]),
    });
    expect(compareRuns([head({})], [head({})]).exitCode).toBe(0);
  });

  it('are no baseline on another CPU', () => {
    const other = told(
      {},
      withHead((run) => ({
        digests: { stopWhen: 'a', 'main.method': 'b' },
        host: { ...run.host, cpuModel: 'two' },
      })),
    );
    expect(compareRuns([head({})], [other]).baseline).toMatchObject([
      { of: 'machine', field: 'host.cpuModel' },
    ]);
  });
});

describe('the controls of two runs', () => {
  const arms = ['main', 'control-event-loop'] as const;

  it('are compared too: one that breaks now is worse', () => {
    const broken = told({ arms, inArm: { 'control-event-loop': { threadsPerPeer: 1 } } });
    const { controls, worse } = compareRuns([told({ arms })], [broken]);
    expect(controls).toMatchObject([{ arm: 'control-event-loop', before: ['healthy'], after: ['outage'] }]);
    expect(worse).toContain('control-event-loop: goodput during');
  });
});

describe('two single runs', () => {
  it('are worse when the fleet breaks sooner on the same configuration', () => {
    const sooner = told({ bootThreads: 13 });
    const comparison = compareRuns([told()], [sooner]);
    expect(figure(comparison, 'observedSize')).toMatchObject({ change: 'worse', after: { value: 12 } });
    expect(comparison).toMatchObject({
      exitCode: 1,
      worse: expect.arrayContaining(['observed breaking size']),
    });
    expect(figure(compareRuns([sooner], [told()]), 'observedSize').change).toBe('better');
  });

  it('are worse when nothing broke before, and better when nothing breaks any more', () => {
    const healthy = told({ threadsPerPeer: 0 });
    expect(figure(compareRuns([healthy], [told()]), 'observedSize').change).toBe('worse');
    expect(figure(compareRuns([told()], [healthy]), 'observedSize').change).toBe('better');
  });

  it('are worse when service does not come back, and the claims say what changed', () => {
    const comparison = compareRuns([told()], [told({ restartHeals: false })]);
    expect(figure(comparison, 'recoveryMs')).toMatchObject({ change: 'worse', after: { value: null } });
    expect(comparison.claims).toContainEqual({ id: 'restart-restores', before: 'held', after: 'refuted' });
    expect(comparison.asExpected.change).toBe('worse');
    expect(comparison.exitCode).toBe(1);
  });
});

describe('trials', () => {
  const trials = (...noise: number[]) => noise.map((noiseFailures) => told({ noiseFailures }));

  it('that differ by less than they vary are within the interval', () => {
    const comparison = compareRuns(trials(0, 1, 2, 1, 0), trials(1, 0, 1, 2, 1));
    expect(figure(comparison, 'goodputBefore')).toMatchObject({ over: 'trials', change: 'same' });
    expect(comparison.exitCode).toBe(0);
  });

  it('that differ by more are worse, by an interval that leaves nought out', () => {
    const comparison = compareRuns(trials(0, 1, 0, 1, 0), trials(12, 11, 13, 12, 12));
    const { change, difference } = figure(comparison, 'goodputBefore');
    expect(change).toBe('worse');
    expect(difference?.high).toBeLessThan(0);
    expect(comparison.exitCode).toBe(1);
  });

  it('of fewer than five a side have the interval of their load windows', () => {
    const comparison = compareRuns(trials(0, 1, 0, 1), trials(12, 11, 13, 12));
    expect(figure(comparison, 'goodputAfter').over).toBe('load windows');
    expect(figure(comparison, 'recoveryMs')).toMatchObject({ over: 'nothing', difference: null });
  });

  it.each([
    ['one run against five', [0], 5],
    ['five against one', [0, 0, 0, 0, 0], 1],
    ['four against four', [0, 0, 0, 0], 4],
  ])('of too few runs leave a latency undecided, however steady each run was: %s', (_, before, count) => {
    const after = Array.from({ length: count }, () => told({}, withLatency(40)));
    const comparison = compareRuns(trials(...before), after);
    const { over, change, difference } = figure(comparison, 'latencyP99Ms');
    expect({ over, change }).toEqual({ over: 'load windows', change: 'undecided' });
    expect(difference?.low).toBeGreaterThan(0);
    expect(comparison).toMatchObject({ exitCode: 0, worse: [] });
    expect(comparison.undecided).toContain('latency p99, steady state');
  });

  it('of too few runs leave a share undecided that stays what it was, and tell one that does not', () => {
    const [healthy, degraded] = [trials(0), trials(12)];
    expect(figure(compareRuns(healthy, degraded), 'goodputBefore').change).toBe('worse');
    expect(figure(compareRuns(degraded, trials(24)), 'goodputBefore').change).toBe('undecided');
  });

  it('of too few runs tell of an outage, and of a recovery that does not come, in one of them', () => {
    const [before, after] = [trials(0, 0, 0), [...trials(0, 0), told({ restartHeals: false })]];
    const comparison = compareRuns(before, after);
    expect(comparison.exitCode).toBe(1);
    expect(comparison.worse).toEqual(
      expect.arrayContaining(['goodput after restart', 'restart to recovery']),
    );
    const back = compareRuns(after, before);
    expect(figure(back, 'goodputAfter').change).toBe('better');
    expect(figure(back, 'recoveryMs').change).toBe('better');
    expect(compareRuns(after, after)).toMatchObject({ exitCode: 0, worse: [], undecided: [] });
  });

  it('of five a side tell that a latency got worse', () => {
    const after = Array.from({ length: 5 }, () => told({}, withLatency(40)));
    const comparison = compareRuns(trials(0, 0, 0, 0, 0), after);
    expect(comparison).toMatchObject({ exitCode: 1, undecided: [] });
    expect(comparison.worse).toContain('latency p99, steady state');
  });

  it('are resampled the same way each time', () => {
    const sides = [trials(0, 1, 2, 3, 0), trials(4, 2, 3, 1, 1)] as const;
    expect(compareRuns(...sides)).toEqual(compareRuns(...sides));
  });
});
