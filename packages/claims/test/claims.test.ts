import { phaseSpan, settingsOf } from '@fleetfall/claims/arm-timeline.ts';
import { type ClaimResult, evaluate } from '@fleetfall/claims/claim.ts';
import { CLAIMS } from '@fleetfall/claims/claims.ts';
import type { Arm, JournalRecord, RunRecord } from '@fleetfall/journal/records.ts';
import { describe, expect, test } from 'vitest';
import { cutBefore, withoutObserved, withRecords, withStates } from './alter-journal.ts';
import { type StoryOptions, tellRun } from './journal-builder.ts';

function ask(id: string, told: StoryOptions | readonly JournalRecord[], arm: Arm = 'main'): ClaimResult {
  const records = 'length' in told ? told : tellRun(told);
  const claim = CLAIMS.find((each) => each.id === id);
  if (claim === undefined) throw new Error(`there is no claim '${id}'`);
  const run = tellRun({ waves: [1, 2], frontEndsMax: 2 })[0] as RunRecord & JournalRecord;
  return evaluate(claim, { run, arm, records });
}

const outage = tellRun();

describe('threads-linear', () => {
  test('is held by a fleet whose threads lie on a line, with its figures', () => {
    const result = ask('threads-linear', outage);
    expect(result.verdict).toBe('held');
    expect(result.account).toContain(
      '14, 18, 22 and 23 threads at 4, 8, 12 and 13 front-ends: 11.0 + 1.00 × (N − 1)',
    );
  });
  test('sees two threads a peer', () => {
    expect(ask('threads-linear', { threadsPerPeer: 2, pidsMax: 40 }).evidence.threadsPerPeer).toBeCloseTo(2);
  });
  test('is refuted where links take no threads', () => {
    expect(ask('threads-linear', { threadsPerPeer: 0 }).verdict).toBe('refuted');
  });
  test('is unknown with two sizes', () => {
    expect(ask('threads-linear', cutBefore(tellRun({ waves: [4, 8] }), 'growth')).verdict).toBe('unknown');
  });
});

describe('limit-predicted', () => {
  test('is held when the predicted size breaks', () => {
    expect(ask('limit-predicted', outage)).toMatchObject({
      verdict: 'held',
      evidence: { predictedFrontEnds: 14, observedFrontEnds: 14, errorFrontEnds: 0 },
    });
  });
  test('is refuted when another size breaks', () => {
    const wrong = outage.map((record) =>
      record.kind === 'prediction'
        ? { ...record, prediction: { ...record.prediction, size: 17, low: 16, high: 18 } }
        : record,
    );
    expect(ask('limit-predicted', wrong)).toMatchObject({
      verdict: 'refuted',
      evidence: { errorFrontEnds: -3 },
    });
  });
  test('is refuted when the fleet grows past the predicted size and nothing breaks', () => {
    const unbroken = tellRun({ pidsMax: 30, frontEndsMax: 15 }).map((record) =>
      record.kind === 'prediction'
        ? { ...record, prediction: { ...record.prediction, size: 14, low: 14, high: 14 } }
        : record,
    );
    expect(ask('limit-predicted', unbroken).verdict).toBe('refuted');
  });
  test('is unknown when the fleet did not grow as far', () => {
    expect(ask('limit-predicted', { pidsMax: 200 }).verdict).toBe('unknown');
  });
  test('is unknown without a prediction, or one made after growth', () => {
    expect(ask('limit-predicted', { predicts: false }).verdict).toBe('unknown');
    const late = outage.map((record) => (record.kind === 'prediction' ? { ...record, monoMs: 1e9 } : record));
    expect(ask('limit-predicted', late).account).toBe('the prediction was made after growth had begun');
  });
});

describe('incumbents-fail', () => {
  test('is held with members and counts of both cohorts', () => {
    const { verdict, account } = ask('incumbents-fail', outage);
    expect(verdict).toBe('held');
    expect(account).toMatch(
      /^12 of 12 incumbents and 5 of 5 newcomers were refused threads \(pids.events max \+\d+, \+\d+\)/,
    );
  });
  test('is refuted with no refusals', () => {
    expect(ask('incumbents-fail', { threadsPerPeer: 0 })).toMatchObject({
      verdict: 'refuted',
      evidence: { incumbentsRefused: 0 },
    });
  });
  test('is refuted when incumbents are refused threads and serve all the same', () => {
    expect(ask('incumbents-fail', { agedMapRefused: false }).verdict).toBe('refuted');
  });
  test('is unknown when an outer limit may have refused', () => {
    expect(ask('incumbents-fail', { ancestorAtLimit: true }).verdict).toBe('unknown');
  });
  test('is unknown when nobody read the kernel', () => {
    const blind = withRecords(withoutObserved(outage, 'sample'), ({ kind }) => kind !== 'witness');
    expect(ask('incumbents-fail', blind).account).toBe("no incumbent's kernel counters were read");
  });
});

describe('failure-is-delayed', () => {
  test('is held when incumbents learn one after the other, and then fail', () => {
    const { verdict, account } = ask('failure-is-delayed', outage);
    expect([verdict, account]).toEqual(['held', expect.stringContaining('12 incumbents learned of fe-14')]);
  });
  test('is refuted when all learned at the newcomer’s start', () => {
    const at = new Map(
      outage.flatMap((record) => (record.kind === 'member' ? [[record.memberId, record.atMs] as const] : [])),
    );
    const atOnce = outage.map((record) => {
      if (record.kind !== 'observer' || record.record.kind !== 'sample') return record;
      const { state } = record.record;
      if (state.role !== 'front-end') return record;
      const learnedAtMs = Object.fromEntries(
        Object.keys(state.membership.learnedAtMs).map((id) => [id, at.get(id) ?? 0]),
      );
      const membership = { ...state.membership, learnedAtMs };
      return { ...record, record: { ...record.record, state: { ...state, membership } } };
    });
    expect(ask('failure-is-delayed', atOnce).verdict).toBe('refuted');
  });
  test('is unknown when nothing failed', () => {
    expect(ask('failure-is-delayed', { threadsPerPeer: 0 }).verdict).toBe('unknown');
  });
});

describe('cache-build-fails', () => {
  test('is held when no construction completes at the limit', () => {
    expect(ask('cache-build-fails', outage)).toMatchObject({
      verdict: 'held',
      evidence: { frontEnds: 17, frontEndsFailing: 17, buildsFinishedInHold: 0, mapsAged: 17 },
    });
  });
  test('is refuted when constructions complete', () => {
    expect(ask('cache-build-fails', { pidsMax: 200 }).verdict).toBe('refuted');
  });
  test('is held when all that was tried is from shortly before a hold that is shorter than the interval', () => {
    const retrying = tellRun({ onBuildFailure: 'retry' });
    const beginMs = phaseSpan(retrying, 'main', 'outage')?.beginMs ?? Number.NaN;
    // No construction begins from a moment on.
    const quietFrom = (fromMs: number): JournalRecord[] => {
      const begun = new Map<string, number>();
      return withStates(retrying, (state, monoMs) => {
        const { builds } = state.shardMap;
        const key = `${state.memberId} ${state.incarnation}`;
        const started = monoMs < fromMs ? builds.started : (begun.get(key) ?? builds.started);
        begun.set(key, started);
        return { ...state, shardMap: { ...state.shardMap, builds: { ...builds, started } } };
      });
    };
    // The last construction began before the first sample in the hold.
    expect(ask('cache-build-fails', quietFrom(beginMs + 500)).verdict).toBe('held');
    expect(ask('cache-build-fails', quietFrom(beginMs - 5_000)).verdict).toBe('unknown');
  });
  test('is unknown when only the application tells of refused threads', () => {
    expect(ask('cache-build-fails', { ancestorAtLimit: true }).verdict).toBe('unknown');
  });
  test('is unknown without samples', () => {
    expect(ask('cache-build-fails', withoutObserved(outage, 'sample')).verdict).toBe('unknown');
  });
});

describe('routing-fails-alive', () => {
  test('is held when health checks are answered and requests are not routed', () => {
    expect(ask('routing-fails-alive', outage)).toMatchObject({
      verdict: 'held',
      evidence: { aliveShare: 1, died: 0 },
    });
  });
  test('is refuted when front-ends do not answer', () => {
    expect(ask('routing-fails-alive', { aliveAtLimit: false }).verdict).toBe('refuted');
  });
  test('is refuted when requests are routed', () => {
    expect(ask('routing-fails-alive', { threadsPerPeer: 0 }).verdict).toBe('refuted');
  });
  test('is unknown without health checks', () => {
    expect(ask('routing-fails-alive', withoutObserved(outage, 'health')).verdict).toBe('unknown');
  });
});

describe('back-end-stays-healthy', () => {
  test('is held by acknowledged probes', () => {
    expect(ask('back-end-stays-healthy', outage).verdict).toBe('held');
  });
  test('is refuted by failed ones, and tells the first reason', () => {
    const { verdict, account } = ask('back-end-stays-healthy', { backEndHealthy: false });
    expect([verdict, account]).toEqual(['refuted', expect.stringContaining('ECONNREFUSED')]);
  });
  test('is unknown without probes at full size', () => {
    expect(ask('back-end-stays-healthy', withoutObserved(outage, 'probe')).verdict).toBe('unknown');
    expect(ask('back-end-stays-healthy', cutBefore(outage, 'outage')).verdict).toBe('unknown');
  });
});

describe('removal-is-not-enough', () => {
  test('is consistent with stopping builders when service stays down, and with retrying ones when it heals', () => {
    expect(ask('removal-is-not-enough', outage)).toMatchObject({
      verdict: 'consistent',
      evidence: { staysDown: true },
    });
    expect(ask('removal-is-not-enough', { onBuildFailure: 'retry' })).toMatchObject({
      verdict: 'consistent',
      evidence: { healed: true },
    });
  });
  test('is inconsistent when the fleet does what the other assumption says', () => {
    const flipped = tellRun({ onBuildFailure: 'retry' }).map((record) => {
      if (record.kind !== 'arm') return record;
      const frontEnd = { ...record.settings.frontEnd, onBuildFailure: 'stop' as const };
      return { ...record, settings: { ...record.settings, frontEnd } };
    });
    expect(settingsOf(flipped, 'main')?.frontEnd.onBuildFailure).toBe('stop');
    expect(ask('removal-is-not-enough', flipped).verdict).toBe('inconsistent');
  });
  test('is unknown where there was no outage or no removal', () => {
    expect(ask('removal-is-not-enough', { pidsMax: 200 }).verdict).toBe('unknown');
    expect(ask('removal-is-not-enough', cutBefore(outage, 'removal')).verdict).toBe('unknown');
  });
});

describe('restart-restores', () => {
  test('is held when service was down before and is back after', () => {
    expect(ask('restart-restores', outage)).toMatchObject({
      verdict: 'held',
      account: expect.stringContaining('without CPU quotas'),
    });
  });
  test('is refuted when the restarted fleet does not serve', () => {
    expect(ask('restart-restores', { restartHeals: false }).verdict).toBe('refuted');
  });
  test('is unknown when the removal had healed the fleet, or nothing was restarted', () => {
    expect(ask('restart-restores', { onBuildFailure: 'retry' }).account).toContain('nothing to restore');
    expect(ask('restart-restores', cutBefore(outage, 'restart')).verdict).toBe('unknown');
  });
});

test('every claim of an empty journal is unknown, with why', () => {
  for (const { id } of CLAIMS) {
    const { verdict, account } = ask(id, []);
    expect([id, verdict]).toEqual([id, 'unknown']);
    expect(account).not.toContain('could not be judged');
  }
});

test('a claim that throws is unknown, with the error as its account', () => {
  const broken = {
    id: 'broken',
    statement: '',
    from: 'I' as const,
    measure: () => {
      throw new Error('no such phase');
    },
  };
  const run = outage[0] as RunRecord & JournalRecord;
  expect(evaluate(broken, { run, arm: 'main', records: [] })).toMatchObject({
    verdict: 'unknown',
    account: 'could not be judged: no such phase',
  });
});
