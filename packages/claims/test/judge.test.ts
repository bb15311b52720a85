import { judge } from '@fleetfall/claims/judge.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { describe, expect, test } from 'vitest';
import { cutBefore, withoutObserved, withRecords } from './alter-journal.ts';
import { tellRun } from './journal-builder.ts';

const ARMS = ['main', 'control-event-loop', 'control-high-limit'] as const;

describe('a run that is to show the outage', () => {
  test('is as expected when it falls where predicted, its controls stay up, and a restart restores it', () => {
    const verdict = judge(tellRun({ arms: ARMS }));
    expect(verdict).toMatchObject({
      verdict: 'as-expected',
      exitCode: 0,
      prediction: { size: 14 },
      observed: { size: 14 },
      refusals: { incumbent: { members: 12 }, newcomer: { members: 5 } },
    });
    expect(verdict.arms.map(({ arm, outcome, expected }) => [arm, outcome, expected.kind])).toEqual([
      ['main', 'outage', 'outage'],
      ['control-event-loop', 'healthy', 'healthy'],
      ['control-high-limit', 'healthy', 'healthy'],
    ]);
    expect(verdict.phases.filter(({ arm }) => arm === 'main')).toHaveLength(8);
  });

  test('is not as expected when it stays healthy', () => {
    const { exitCode, reasons } = judge(tellRun({ pidsMax: 200 }));
    expect([exitCode, reasons[0]]).toEqual([1, expect.stringContaining('main: healthy, not outage')]);
  });

  test('is not as expected when a control breaks', () => {
    const verdict = judge(tellRun({ arms: ARMS, inArm: { 'control-event-loop': { threadsPerPeer: 1 } } }));
    expect(verdict.exitCode).toBe(1);
    expect(verdict.reasons[0]).toContain('control-event-loop: outage, not healthy');
  });

  test('is not as expected when the restart restores nothing', () => {
    const { exitCode, reasons } = judge(tellRun({ restartHeals: false }));
    expect([exitCode, reasons[0]]).toEqual([1, expect.stringContaining('restart-restores refuted')]);
  });

  test('is not as expected when the back-end broke too', () => {
    expect(judge(tellRun({ backEndHealthy: false })).exitCode).toBe(1);
  });

  test('is inconclusive when an outer limit may have done it', () => {
    const { exitCode, reasons } = judge(tellRun({ ancestorAtLimit: true }));
    expect(exitCode).toBe(2);
    expect(reasons.join()).toContain('cannot be counted');
  });

  test('is inconclusive when a control was not measured', () => {
    const records = tellRun({ arms: ['main', 'control-event-loop'] });
    const blind = withRecords(
      records,
      (record) => record.kind !== 'load' || record.arm !== 'control-event-loop',
    );
    expect(judge(blind).exitCode).toBe(2);
  });

  test('is as expected when the removal heals builders that retry: nothing is left to restore', () => {
    const verdict = judge(tellRun({ onBuildFailure: 'retry' }));
    expect(verdict.exitCode).toBe(0);
    expect(verdict.reasons.join()).toContain('the removal alone brought 100 % back, as assumed');
  });

  test('goes by the configuration that was deployed before the removal, not by the one of the start', () => {
    const told = tellRun({ onBuildFailure: 'retry' });
    const withStop = told.map((record) =>
      record.kind === 'arm'
        ? {
            ...record,
            settings: {
              ...record.settings,
              frontEnd: { ...record.settings.frontEnd, onBuildFailure: 'stop' as const },
            },
          }
        : record,
    );
    expect(judge(withStop).claims.find(({ id }) => id === 'removal-is-not-enough')?.verdict).toBe(
      'inconsistent',
    );
    const removal = withStop.findIndex((record) => record.kind === 'phase' && record.phase === 'removal');
    const { monoMs, atMs } = withStop[removal] as JournalRecord;
    const head = told.find((record) => record.kind === 'arm');
    const changes = { onBuildFailure: 'retry' } as const;
    const frontEnd = { ...(head?.kind === 'arm' ? head.settings.frontEnd : {}), ...changes };
    const deploy = {
      arm: 'main',
      kind: 'deploy',
      changes,
      frontEnd,
      batch: null,
      monoMs,
      atMs,
    } as JournalRecord;
    const deployed = [...withStop.slice(0, removal), deploy, ...withStop.slice(removal)];
    expect(judge(deployed).claims.find(({ id }) => id === 'removal-is-not-enough')).toMatchObject({
      verdict: 'consistent',
      evidence: { onBuildFailure: 'retry' },
    });
  });

  test('asks for a restart that restores when builders retry and the removal did not heal', () => {
    expect(judge(cutBefore(tellRun({ onBuildFailure: 'retry' }), 'removal')).exitCode).toBe(2);
  });
});

describe('a run that is to stay healthy', () => {
  test('is as expected when it does', () => {
    expect(judge(tellRun({ expect: { kind: 'healthy' }, pidsMax: 200 })).exitCode).toBe(0);
  });
  test('is not as expected when it falls', () => {
    expect(judge(tellRun({ expect: { kind: 'healthy' } })).exitCode).toBe(1);
  });
  test('is not as expected when threads are refused though all requests are served', () => {
    expect(judge(tellRun({ expect: { kind: 'healthy' }, agedMapRefused: false })).exitCode).toBe(1);
  });
  test('is inconclusive when nobody read the kernel', () => {
    const told = tellRun({ expect: { kind: 'healthy' }, pidsMax: 200 });
    const blind = withRecords(withoutObserved(told, 'sample'), ({ kind }) => kind !== 'witness');
    expect(judge(blind).exitCode).toBe(2);
  });
});

describe('a blind drill', () => {
  test('is held to nothing, whatever its journal shows', () => {
    const [first] = tellRun();
    const sealed = { kind: 'drill', arm: 'main', event: 'sealed', commitment: '0', among: ['cpu'] } as const;
    const { monoMs, atMs } = first as JournalRecord;
    const { exitCode, claims } = judge([...tellRun(), { ...sealed, monoMs, atMs }]);
    expect([exitCode, new Set(claims.map(({ verdict }) => verdict))]).toEqual([2, new Set(['unknown'])]);
  });
});

describe('a run that did not come to its end is inconclusive', () => {
  test('when its journal has no end', () => {
    const { exitCode, reasons } = judge(withRecords(tellRun(), ({ kind }) => kind !== 'end'));
    expect([exitCode, reasons]).toEqual([2, ['the journal has no end: the run was cut off']]);
  });
  test('when it says so itself', () => {
    const ended = tellRun().map(
      (record): JournalRecord =>
        record.kind === 'end' ? { ...record, how: 'failed', reason: 'interrupted' } : record,
    );
    expect(judge(ended)).toMatchObject({
      exitCode: 2,
      reasons: ['the run did not go through all its phases: interrupted'],
    });
  });
  test('when it ended before it began', () => {
    expect(judge([])).toMatchObject({ exitCode: 2, arms: [], claims: [], observed: { size: null } });
  });
});
