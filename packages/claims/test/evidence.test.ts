/**
 * What a claim needs to be held: evidence of the very thing, from the very time, of most of the fleet. Each journal
 * here is one in which something else looks like it.
 */
import { outcomeOf } from '@fleetfall/claims/arm-outcome.ts';
import { phaseSpan } from '@fleetfall/claims/arm-timeline.ts';
import { evaluate } from '@fleetfall/claims/claim.ts';
import { CLAIMS } from '@fleetfall/claims/claims.ts';
import { judge } from '@fleetfall/claims/judge.ts';
import { predictFromRecords } from '@fleetfall/claims/predict.ts';
import { refusalsOf } from '@fleetfall/claims/refusals.ts';
import type { JournalRecord, RunRecord } from '@fleetfall/journal/records.ts';
import { describe, expect, test } from 'vitest';
import { cutBefore, withOutcomes, withoutCounters, withRecords, withStates } from './alter-journal.ts';
import { tellRun } from './journal-builder.ts';

const outage = tellRun();

function ask(id: string, records: readonly JournalRecord[]) {
  const claim = CLAIMS.find((each) => each.id === id);
  if (claim === undefined) throw new Error(`there is no claim '${id}'`);
  return evaluate(claim, { run: outage[0] as RunRecord & JournalRecord, arm: 'main', records });
}

const numberOf = (memberId: string): number => Number(memberId.slice(3));
const isIncumbent = (memberId: string): boolean => numberOf(memberId) <= 12;

describe('a prediction', () => {
  test('goes by the limit that the kernel told, whatever the configuration says', () => {
    const configured = outage.map((record) =>
      record.kind === 'arm' ? { ...record, settings: { ...record.settings, pidsMax: 99 } } : record,
    );
    expect(predictFromRecords(cutBefore(configured, 'growth'), 'main')).toMatchObject({
      limit: 24,
      size: 14,
    });
  });
  test('is not made where no front-end told its limit', () => {
    const unlimited = withStates(outage, (state) =>
      state.kernel === null ? state : { ...state, kernel: { ...state.kernel, limit: null } },
    );
    expect(() => predictFromRecords(unlimited, 'main')).toThrow('no front-end told its pids.max');
  });
});

describe('limit-predicted', () => {
  test('is unknown when a refusal at a smaller size cannot be counted', () => {
    const early = outage.map((record) =>
      record.kind === 'witness' && record.readings.length === 8
        ? {
            ...record,
            readings: record.readings.map((reading) =>
              reading.memberId === 'fe-1'
                ? { ...reading, kernel: { ...reading.kernel, limitHits: 1 }, ancestorAtLimit: true }
                : reading,
            ),
          }
        : record,
    );
    const { verdict, account } = ask('limit-predicted', early);
    expect([verdict, account]).toEqual(['unknown', expect.stringContaining('a cgroup above it')]);
  });
});

describe('failure-is-delayed', () => {
  test('is unknown when only newcomers were refused threads', () => {
    expect(ask('failure-is-delayed', withoutCounters(outage, isIncumbent)).verdict).toBe('unknown');
  });
  test('is unknown when no incumbent failed a request', () => {
    expect(ask('failure-is-delayed', tellRun({ agedMapRefused: false })).verdict).toBe('unknown');
  });
});

describe('incumbents-fail', () => {
  test('counts incumbents that nobody read as unknown, and never leaves them out', () => {
    const { verdict, account } = ask(
      'incumbents-fail',
      withoutCounters(outage, (memberId) => isIncumbent(memberId) && numberOf(memberId) > 4),
    );
    expect([verdict, account]).toEqual(['unknown', expect.stringContaining('4 of 12 incumbents')]);
  });
  test('does not count threads that were refused before the fleet grew', () => {
    const grownMs = phaseSpan(outage, 'main', 'growth')?.beginMs ?? 0;
    const atBoot = outage.map((record) =>
      record.kind === 'witness'
        ? {
            ...record,
            readings: record.readings.map((reading) => ({
              ...reading,
              kernel: { ...reading.kernel, limitHits: 1, tasks: 24 },
            })),
          }
        : record,
    );
    const byHost = withStates(atBoot, (state) => ({ ...state, kernel: null }));
    expect(refusalsOf(byHost, 'main').refusals.length).toBeGreaterThan(0);
    const within = { beginMs: grownMs, endMs: Number.POSITIVE_INFINITY };
    const grown = refusalsOf(byHost, 'main', within).refusals.filter(({ memberId }) => isIncumbent(memberId));
    expect(grown.filter(({ incarnation }) => incarnation === 1)).toEqual([]);
    expect(ask('incumbents-fail', byHost).verdict).toBe('refuted');
  });
});

describe('cache-build-fails', () => {
  test('is unknown when no construction was tried in the hold and none was given up', () => {
    const frozen = withStates(tellRun({ onBuildFailure: 'retry' }), (state) => ({
      ...state,
      shardMap: { ...state.shardMap, builds: { ...state.shardMap.builds, started: 5, finished: 4 } },
    }));
    expect(ask('cache-build-fails', frozen).verdict).toBe('unknown');
  });
  test('is refuted when constructions fail, but not for want of a thread', () => {
    const otherwise = withStates(outage, (state) => ({
      ...state,
      shardMap: { ...state.shardMap, builds: { ...state.shardMap.builds, refusedThreads: 0 } },
    }));
    expect(ask('cache-build-fails', otherwise).verdict).toBe('refuted');
  });
  test('is unknown when most of the fleet was not seen', () => {
    const unseen = withRecords(
      outage,
      (record) =>
        record.kind !== 'observer' ||
        record.record.kind !== 'sample' ||
        numberOf(record.record.state.memberId) <= 6,
    );
    const { verdict, evidence } = ask('cache-build-fails', unseen);
    expect([verdict, evidence.frontEnds, evidence.frontEndsSeen]).toEqual(['unknown', 17, 6]);
  });
});

describe('routing-fails-alive', () => {
  test('is refuted when it is the back-end that could not be reached', () => {
    const unreachable = withOutcomes(outage, 'outage', (outcome) =>
      outcome.reason === null ? outcome : { ...outcome, reason: 'back-end-unreachable' },
    );
    expect(ask('routing-fails-alive', unreachable).verdict).toBe('refuted');
  });
  test('excuses one missed health check of a few, not two', () => {
    const hold = phaseSpan(outage, 'main', 'outage');
    const missing = (missed: number): JournalRecord[] => {
      let checks = 0;
      return outage.flatMap((record) => {
        if (record.kind !== 'observer' || record.record.kind !== 'health') return [record];
        if (hold === undefined || record.monoMs < hold.beginMs) return [record];
        checks += 1;
        if (checks > 20) return [];
        return [{ ...record, record: { ...record.record, alive: checks > missed } }];
      });
    };
    expect(ask('routing-fails-alive', missing(1)).verdict).toBe('held');
    expect(ask('routing-fails-alive', missing(2)).verdict).toBe('refuted');
  });
});

describe('restart-restores', () => {
  test('is unknown when service was not down before the restart', () => {
    const halfBack = withOutcomes(outage, 'removal', (outcome) =>
      numberOf(outcome.memberId) > 4 ? { ...outcome, outcome: 'ok', reason: null } : outcome,
    );
    const { verdict, account } = ask('restart-restores', halfBack);
    expect([verdict, account]).toEqual(['unknown', expect.stringContaining('was not down')]);
  });
});

describe('what an arm came to', () => {
  test('tells how it stood the growth beside how it stood the hold', () => {
    expect(outcomeOf(tellRun({ pidsMax: 200 }), 'main')).toMatchObject({
      outcome: 'healthy',
      reason: expect.stringMatching(/^100 % of requests were served at full size, [\d.]+ % while/),
    });
  });
  test('is not healthy when the fleet fell while it grew and came back before the hold', () => {
    const fell = withOutcomes(tellRun({ pidsMax: 200 }), 'addition', (outcome) => ({
      ...outcome,
      outcome: 'ServiceUnavailable',
      reason: 'no-owner',
    }));
    expect(outcomeOf(fell, 'main')).toMatchObject({
      outcome: 'degraded',
      reason: expect.stringContaining(' 0 % while the fleet grew'),
    });
  });
});

describe('a journal of a lab, in which nothing holds the fleet at full size and no host was read', () => {
  // What the lab sees to be done makes its phases.
  const names: Readonly<Record<string, string>> = { growth: 'addition', recovery: 'restart' };
  const lab = tellRun({ expect: { kind: 'outage', signature: 'thread-refused', atSize: null } }).flatMap(
    (record): JournalRecord[] => {
      if (record.kind === 'witness' || record.kind === 'prediction') return [];
      if (record.kind !== 'phase') return [record];
      const { phase, event } = record;
      if (['addition', 'outage'].includes(phase)) return [];
      // One addition goes on until the removal, one restart until the end.
      if (phase === 'growth' && event === 'end') return [];
      if (phase === 'restart' && event === 'end') return [];
      if (phase === 'recovery' && event === 'begin') return [];
      return [{ ...record, phase: names[phase] ?? phase }];
    },
  );
  const own = withStates(lab, (state) => ({
    ...state,
    kernel: state.kernel && { ...state.kernel, hitsAreLocal: false },
  }));
  const { claims, reasons, firstFailedRequest, refusals } = judge(own);

  test('is unknown for a reason that says what is not there and what brings it', () => {
    const accounts = Object.fromEntries(claims.map(({ id, account }) => [id, account]));
    const hold =
      "the journal has no phase 'outage', the hold at full size, which a whole fleetfall run goes through";
    for (const id of ['cache-build-fails', 'routing-fails-alive', 'back-end-stays-healthy']) {
      expect([id, accounts[id]]).toEqual([id, hold]);
    }
    expect(accounts['restart-restores']).toContain("no phase 'recovery', the hold after the restart");
    expect(accounts['limit-predicted']).toContain(
      "no prediction was made: the journal has no phase 'growth'",
    );
    expect(accounts['failure-is-delayed']).toMatch(/no refused thread counts.*nobody read the host's view/);
    expect(accounts['incumbents-fail']).toContain("nobody read the host's view, as fleetfall run does");
    expect(reasons.join(' ')).toContain(hold);
    expect(refusals.incumbent.why).toContain("its counter takes an ancestor's refusals too");
  });

  test('tells of the first request that failed after something was done to the fleet', () => {
    expect(firstFailedRequest).toMatchObject({ outcome: 'ServiceUnavailable' });
    expect(firstFailedRequest?.frontEnds).toBeGreaterThan(12);
  });
});
