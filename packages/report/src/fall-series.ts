/**
 * The main arm of a journal as series over time: what both pictures draw. Threads by member, threads refused, the
 * size of the fleet, requests by how they ended, all in monotonic milliseconds. Where a series lies on paper or
 * on a screen is left to those who draw it.
 */
import {
  cohorts,
  frontEndEvents,
  observationsOf,
  type PhaseSpan,
  phaseSpans,
} from '@fleetfall/claims/arm-timeline.ts';
import { loadWindows } from '@fleetfall/claims/goodput.ts';
import { OK } from '@fleetfall/claims/load-evidence.ts';
import { limitFromRecords } from '@fleetfall/claims/predict.ts';
import { firstRefusal, refusalsOf } from '@fleetfall/claims/refusals.ts';
import type { Arm, JournalRecord } from '@fleetfall/journal/records.ts';
import { kindOf, NOT_SENT, OTHER_ERRORS, shownKinds } from './error-kinds.ts';

/** The arm that a picture is of. */
const ARM: Arm = 'main';

export type Cohort = 'incumbent' | 'newcomer';

/** Kernel task counts of one incarnation of a front-end. */
export interface ThreadLine {
  readonly memberId: string;
  readonly cohort: Cohort;
  readonly points: readonly { readonly atMs: number; readonly tasks: number }[];
}

/** Threads refused one front-end between two readings. */
export interface RefusalTick {
  readonly atMs: number;
  readonly memberId: string;
  readonly cohort: Cohort;
  readonly hits: number;
}

/** Requests a second in one window of the load. */
export interface RequestWindow {
  readonly beginMs: number;
  readonly endMs: number;
  readonly offered: number;
  readonly ok: number;
  /** In the order of {@link FallSeries.errorKinds}. */
  readonly errors: readonly number[];
}

export interface FallSeries {
  readonly beginMs: number;
  readonly endMs: number;
  readonly phases: readonly PhaseSpan[];
  readonly limit: number | null;
  readonly threads: readonly ThreadLine[];
  readonly refusals: readonly RefusalTick[];
  readonly firstRefusal: { readonly atMs: number; readonly frontEnds: number } | null;
  /** The fleet's size each time it changed. */
  readonly frontEnds: readonly { readonly atMs: number; readonly count: number }[];
  readonly errorKinds: readonly string[];
  readonly requests: readonly RequestWindow[];
}

/** Lays the main arm of a journal out over time. An empty journal gives empty series from 0 to 0. */
export function fallSeries(records: readonly JournalRecord[]): FallSeries {
  const phases = phaseSpans(records, ARM);
  const evidence = refusalsOf(records, ARM);
  const first = firstRefusal(evidence);
  const refused = new Set(
    evidence.refusals.filter(({ standing }) => standing === 'counted').map(({ memberId }) => memberId),
  );
  return {
    beginMs: phases[0]?.beginMs ?? 0,
    endMs: phases.reduce((latest, { endMs }) => Math.max(latest, endMs), 0),
    phases,
    limit: limitFromRecords(records, ARM),
    ...threadSeries(records, refused),
    firstRefusal: first === undefined ? null : { atMs: first.firstMonoMs, frontEnds: first.frontEnds },
    frontEnds: sizeSteps(records),
    ...requestSeries(records),
  };
}

function threadSeries(
  records: readonly JournalRecord[],
  refused: ReadonlySet<string>,
): Pick<FallSeries, 'threads' | 'refusals'> {
  const cohortOf = cohorts(records, ARM);
  const lines = new Map<
    string,
    { memberId: string; cohort: Cohort; points: { atMs: number; tasks: number }[] }
  >();
  const hitsOf = new Map<string, number>();
  const refusals: RefusalTick[] = [];
  for (const { monoMs, record } of observationsOf(records, ARM, 'sample')) {
    const { memberId, incarnation, kernel, role } = record.state;
    const cohort = cohortOf.get(memberId);
    if (role !== 'front-end' || kernel === null || cohort === undefined) continue;
    const life = `${memberId} ${incarnation}`;
    const line = lines.get(life) ?? { memberId, cohort, points: [] };
    lines.set(life, line);
    line.points.push({ atMs: monoMs, tasks: kernel.tasks });
    const hits = kernel.limitHits - (hitsOf.get(life) ?? 0);
    hitsOf.set(life, kernel.limitHits);
    if (hits > 0 && refused.has(memberId)) refusals.push({ atMs: monoMs, memberId, cohort, hits });
  }
  return { threads: [...lines.values()], refusals };
}

function sizeSteps(records: readonly JournalRecord[]): FallSeries['frontEnds'] {
  return frontEndEvents(records, ARM).map(({ monoMs, frontEnds }) => ({ atMs: monoMs, count: frontEnds }));
}

function requestSeries(records: readonly JournalRecord[]): Pick<FallSeries, 'errorKinds' | 'requests'> {
  const windows = loadWindows(records, ARM).map(({ endMs, load }) => {
    const counts = new Map<string, number>();
    const add = (kind: string, count: number): void => {
      if (count > 0) counts.set(kind, (counts.get(kind) ?? 0) + count);
    };
    for (const { outcome, reason, count } of load.outcomes) {
      add(kindOf(outcome, reason), count);
    }
    add(NOT_SENT, load.dropped);
    return { endMs, windowMs: load.windowMs, offered: load.offered, counts };
  });
  const totals = new Map<string, number>();
  for (const { counts } of windows) {
    for (const [kind, count] of counts) totals.set(kind, (totals.get(kind) ?? 0) + count);
  }
  totals.delete(OK);
  const shown = shownKinds(totals);
  const requests = windows.map(({ endMs, windowMs, offered, counts }): RequestWindow => {
    const perSecond = (count: number): number => (count * 1000) / windowMs;
    const named = shown.map((kind) => counts.get(kind) ?? 0);
    const rest = [...counts].reduce(
      (sum, [kind, count]) => (kind === OK || shown.includes(kind) ? sum : sum + count),
      0,
    );
    const errors = named.map((count, index) => perSecond(shown[index] === OTHER_ERRORS ? rest : count));
    const ok = perSecond(counts.get(OK) ?? 0);
    return { beginMs: endMs - windowMs, endMs, offered: perSecond(offered), ok, errors };
  });
  return { errorKinds: shown, requests };
}
