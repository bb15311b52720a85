import { phaseSpan } from '@fleetfall/claims/arm-timeline.ts';
import { judge } from '@fleetfall/claims/judge.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { BALANCER_ID } from '@fleetfall/protocol/balancer-stdio.ts';
import type { MemberState } from '@fleetfall/protocol/member-state.ts';
import { CHANGES_MAX, knownAt } from '@fleetfall/report/page/model/acquaintance.ts';
import type { ArmModel } from '@fleetfall/report/page/model/arm-model.ts';
import { decodeCells, encodeCells } from '@fleetfall/report/page/model/columns.ts';
import { addColumn, CELLS_MAX, cellAt, makeGrid, put } from '@fleetfall/report/page/model/grid.ts';
import { EVENTS_MAX } from '@fleetfall/report/page/model/heed-members.ts';
import { NO_COHORT, totalsByKind } from '@fleetfall/report/page/model/load-rows.ts';
import type { LooseRecord } from '@fleetfall/report/page/model/loose-records.ts';
import {
  decodeRun,
  encodeRun,
  heedRecord,
  makeRun,
  modelOf,
} from '@fleetfall/report/page/model/run-model.ts';
import { momentsSoFar } from '@fleetfall/report/page/moment-texts.ts';
import { momentsOf } from '@fleetfall/report/page/moments.ts';
import { describe, expect, test } from 'vitest';
import { withOutcomes } from '../../claims/test/alter-journal.ts';
import { tellRun } from '../../claims/test/journal-builder.ts';

const told = tellRun({ arms: ['main', 'control-event-loop'] });
const refusedIn = (arm: ArmModel, cohort: string): number =>
  arm.frontEnds
    .filter((frontEnd) => frontEnd.cohort === cohort)
    .flatMap(({ columns }) => columns.refused.cells)
    .reduce<number>((sum, cell) => sum + (cell ?? 0), 0);
const main = (records: readonly LooseRecord[]): ArmModel => {
  const arm = modelOf(records).arms.find(({ name }) => name === 'main');
  if (arm === undefined) throw new Error('there is no main arm');
  return arm;
};

describe('columns of cells', () => {
  test.each([
    ['nothing', []],
    ['one that was never read', [null, null, null]],
    ['runs, gaps and single values', [24, 24, 24, null, null, 23, 0, -1.5]],
  ])('are read back as they were written: %s', (_name, cells) => {
    expect(decodeCells(encodeCells(cells, 1), cells.length)).toEqual(cells);
  });

  test('are short where values repeat', () => {
    expect(encodeCells([24, 24, 24, null, 23])).toBe('24*3,,23');
  });

  test('are refused when they do not hold what they should', () => {
    expect(() => decodeCells('1,2', 3)).toThrow('must hold 3 cells');
    expect(() => decodeCells('1,two', 2)).toThrow('must hold 2 cells');
  });
});

describe('a grid that runs out of cells', () => {
  test('puts neighbours together by the rule of each column, and loses no sum and no peak', () => {
    const grid = makeGrid(0);
    const columns = {
      last: addColumn(grid, 'last'),
      most: addColumn(grid, 'most'),
      least: addColumn(grid, 'least'),
      sum: addColumn(grid, 'sum'),
    };
    const readings = Array.from({ length: CELLS_MAX * 5 }, (_, index) => (index * 7919) % 1000);
    for (const [index, value] of readings.entries()) {
      for (const column of Object.values(columns)) put(column, cellAt(grid, index * 250), value);
    }
    expect(grid.stepMs).toBe(2000);
    expect(grid.length).toBe(Math.ceil((CELLS_MAX * 5) / 8));
    const numbers = (cells: readonly (number | null)[]): number[] => cells.map(Number);
    expect(numbers(columns.sum.cells).reduce((sum, cell) => sum + cell, 0)).toBe(
      readings.reduce((sum, value) => sum + value, 0),
    );
    expect(Math.max(...numbers(columns.most.cells))).toBe(Math.max(...readings));
    expect(Math.min(...numbers(columns.least.cells))).toBe(Math.min(...readings));
    expect(columns.last.cells.at(-1)).toBe(readings.at(-1));
  });
});

describe('the model of a run', () => {
  test('counts as many refused threads as the judge, in both cohorts', () => {
    const { incumbent, newcomer } = judge(told).refusals;
    expect(refusedIn(main(told), 'incumbent')).toBe(incumbent.hits);
    expect(refusedIn(main(told), 'newcomer')).toBe(newcomer.hits);
  });

  test('counts refusals anew in each life, whoever of the two witnesses tells of them', () => {
    const local = tellRun({ hitsAreLocal: true });
    const blind = local.filter(({ kind }) => kind !== 'witness');
    const host = local.filter((record) => record.kind !== 'observer');
    expect(judge(blind).refusals.incumbent.hits).toBeGreaterThan(0);
    expect(refusedIn(main(blind), 'incumbent')).toBe(judge(blind).refusals.incumbent.hits);
    expect(refusedIn(main(host), 'incumbent')).toBe(judge(host).refusals.incumbent.hits);
  });

  test('holds every request that the load told of', () => {
    const counted = new Map<string, number>();
    for (const record of told) {
      if (record.kind !== 'load' || record.arm !== 'main' || record.record.kind !== 'load') continue;
      for (const { outcome, reason, count } of record.record.outcomes) {
        const kind = reason === null ? outcome : `${outcome}: ${reason}`;
        counted.set(kind, (counted.get(kind) ?? 0) + count);
      }
    }
    expect(totalsByKind(main(told).load)).toEqual(counted);
  });

  test('finds the same first refusal and first failure while it grows as the judge finds in the whole', () => {
    const own = momentsOf(told, judge(told)).filter(({ arm }) => arm === 'main');
    expect(own).toHaveLength(2);
    expect(momentsSoFar(main(told))).toEqual(own);
  });

  test('keeps sizes, phases and restarts of the arm', () => {
    const arm = main(told);
    expect(arm.sizes.map(({ count }) => count).at(-1)).toBe(12);
    expect(arm.phases.map(({ name }) => name)).toContain('removal');
    expect(arm.phases.every(({ endMs }) => endMs !== null)).toBe(true);
    const restarts = arm.events.filter(({ event, incarnation }) => event === 'started' && incarnation > 1);
    expect(restarts).toHaveLength(12);
  });

  test('knows who knew whom: all of all when the fleet was full, nobody of the removed when it is not', () => {
    const arm = main(told);
    const count = arm.frontEnds.length;
    const full = arm.phases.find(({ name }) => name === 'outage')?.endMs ?? 0;
    expect(knownAt(arm.mesh, count, full).size).toBe(count * (count - 1));
    const gone = arm.frontEnds.findIndex(({ cohort }) => cohort === 'newcomer');
    const known = knownAt(arm.mesh, count, arm.endMs);
    expect([...known].filter((pair) => pair % count === gone || Math.floor(pair / count) === gone)).toEqual(
      [],
    );
  });

  test('is the same after it was written into a report and read back', () => {
    const model = modelOf(told);
    const text = JSON.parse(JSON.stringify(encodeRun(model)));
    expect(encodeRun(decodeRun(text))).toEqual(text);
  });

  test('goes on where it was, when it was read back in the middle of a run', () => {
    const middle = Math.floor(told.length / 2);
    const resumed = decodeRun(JSON.parse(JSON.stringify(encodeRun(modelOf(told.slice(0, middle))))));
    for (const record of told.slice(middle)) heedRecord(resumed, record);
    expect(encodeRun(resumed)).toEqual(JSON.parse(JSON.stringify(encodeRun(modelOf(told)))));
  });

  test('shows phases, faults and arms that it has never heard of, and counts records that it cannot show', () => {
    const stamp = { monoMs: 10, atMs: 1_010, arm: 'dress-rehearsal' };
    const model = makeRun();
    const strange = [
      { ...stamp, kind: 'phase', phase: 'eclipse', event: 'begin', frontEnds: 1 },
      {
        ...stamp,
        kind: 'fault',
        faultId: 'f1',
        fault: { kind: 'partition' },
        event: 'inject',
        outcome: 'done',
      },
      { ...stamp, monoMs: 20, kind: 'fault', faultId: 'f1', fault: { kind: 'partition' }, event: 'heal' },
      { ...stamp, kind: 'moonrise' },
      { monoMs: 30, atMs: 1_030, kind: 'sunset' },
    ] as unknown as LooseRecord[];
    for (const record of strange) heedRecord(model, record);
    expect(model.arms[0]).toMatchObject({
      name: 'dress-rehearsal',
      phases: [{ name: 'eclipse', beginMs: 10, endMs: null }],
      faults: [{ id: 'f1', name: 'partition', beginMs: 10, endMs: 20, outcome: 'done' }],
    });
    expect(model.notShown).toEqual({ moonrise: 1, sunset: 1 });
  });

  test('holds no fault as in force that was skipped or could not be told, and keeps both with their reason', () => {
    const stamp = { atMs: 1_010, arm: 'main', kind: 'fault', fault: { kind: 'pause' } };
    const model = modelOf([
      { ...stamp, monoMs: 10, faultId: 'p1', event: 'inject', outcome: 'skipped', reason: 'no freezer' },
      { ...stamp, monoMs: 20, faultId: 'p2', event: 'inject', outcome: 'installed', reason: null },
      { ...stamp, monoMs: 30, faultId: 'p2', event: 'heal', outcome: 'indeterminate', reason: 'no answer' },
      { ...stamp, monoMs: 40, faultId: 'p3', event: 'inject', outcome: 'installed', reason: null },
      { ...stamp, monoMs: 50, faultId: 'p3', event: 'heal', outcome: 'healed', reason: null },
    ] as unknown as LooseRecord[]);
    expect(model.arms[0]?.faults).toMatchObject([
      { id: 'p2', beginMs: 20, endMs: null },
      { id: 'p3', beginMs: 40, endMs: 50 },
    ]);
    expect(model.arms[0]?.doubts).toMatchObject([
      { id: 'p1', event: 'inject', outcome: 'skipped', reason: 'no freezer' },
      { id: 'p2', event: 'heal', outcome: 'indeterminate', reason: 'no answer' },
    ]);
  });

  test('stays within bounds however often members are restarted, and knows how all stand', () => {
    const stamp = (monoMs: number) => ({ monoMs, atMs: 1_000_000 + monoMs, arm: 'main' });
    const memberIds = ['fe-1', 'fe-2', 'fe-3'];
    const model = makeRun();
    const heed = (record: object): void => heedRecord(model, record as LooseRecord);
    const life = { kind: 'member', role: 'front-end', cohort: 'incumbent', frontEnds: 3, detail: null };
    // Each round has twelve changes: three members forget two and learn of two.
    const rounds = CHANGES_MAX / 10;
    for (let round = 1; round <= rounds; round += 1) {
      for (const [index, memberId] of memberIds.entries()) {
        const atMs = round * 3_000 + index * 500;
        heed({ ...stamp(atMs), ...life, event: 'started', memberId, incarnation: round });
        const learnedAtMs = Object.fromEntries(memberIds.map((id) => [id, 1_000_000 + atMs + 100]));
        const state = { ...sampleOf(told), memberId, incarnation: `${round}`, membership: { learnedAtMs } };
        heed({
          ...stamp(atMs + 250),
          kind: 'observer',
          record: { kind: 'sample', sampledAtMs: 0, tookMs: 1, state },
        });
      }
    }
    const arm = model.arms[0] as ArmModel;
    expect(arm.mesh.atMs.length).toBeLessThanOrEqual(CHANGES_MAX);
    expect(arm.events.length).toBeLessThanOrEqual(EVENTS_MAX + 1);
    for (const { endedMs } of arm.frontEnds) expect(endedMs.length).toBeLessThanOrEqual(2 * CELLS_MAX);
    expect(knownAt(arm.mesh, 3, arm.endMs).size).toBe(3 * 2);
    expect(decodeRun(JSON.parse(JSON.stringify(encodeRun(model)))).arms[0]?.events).toHaveLength(
      arm.events.length,
    );
  });

  test('counts what a back-end appended life by life, and keeps how its direct probes went', () => {
    const stamp = (monoMs: number) => ({ monoMs, atMs: monoMs, arm: 'main', kind: 'observer' });
    const sampled = (monoMs: number, incarnation: string, appended: number): LooseRecord =>
      ({
        ...stamp(monoMs),
        record: {
          kind: 'sample',
          state: {
            role: 'back-end',
            memberId: 'be-1',
            incarnation,
            kernel: null,
            appended,
            failedAppends: 1,
          },
        },
      }) as unknown as LooseRecord;
    const probed = (monoMs: number, ok: boolean): LooseRecord =>
      ({ ...stamp(monoMs), record: { kind: 'probe', memberId: 'be-1', ok, tookMs: 7 } }) as LooseRecord;
    const arm = main([
      ...[sampled(0, 'a', 5), sampled(500, 'a', 9), probed(510, true)],
      ...[sampled(1_000, 'b', 2), probed(1_010, false)],
    ]);
    const [backEnd] = arm.backEnds;
    const sum = (cells: readonly (number | null)[] = []): number =>
      cells.reduce<number>((all, cell) => all + (cell ?? 0), 0);
    expect(sum(backEnd?.columns.appended.cells)).toBe(5 + 4 + 2);
    expect(sum(backEnd?.columns.failedAppends.cells)).toBe(2);
    expect(backEnd?.columns.probeOk.cells).toEqual([null, null, 1, null, 0]);
    expect(arm.frontEnds).toEqual([]);
  });

  test('lays requests of which nobody knows the front-end to no cohort', () => {
    const { load } = main(
      withOutcomes(told, 'outage', (ended) => ({ ...ended, memberId: BALANCER_ID, cohort: 'incumbent' })),
    );
    const hold = phaseSpan(told, 'main', 'outage');
    const cohorts = load.endMs.flatMap((endMs, window) =>
      hold !== undefined && endMs - (load.windowMs[window] ?? 0) > hold.beginMs && endMs <= hold.endMs
        ? load.outcomes.filter(({ cells }) => (cells[window] ?? 0) > 0).map(({ cohort }) => cohort)
        : [],
    );
    expect(cohorts.length).toBeGreaterThan(0);
    expect(new Set(cohorts)).toEqual(new Set([NO_COHORT]));
  });

  test('of an empty journal is empty', () => {
    expect(modelOf([] as JournalRecord[])).toMatchObject({ run: null, arms: [], records: 0 });
  });
});

/** What a front-end told of itself in a run. */
function sampleOf(records: readonly JournalRecord[]): MemberState {
  for (const record of records) {
    if (record.kind === 'observer' && record.record.kind === 'sample') return record.record.state;
  }
  throw new Error('there is no sample');
}
