/**
 * Where an arm stands now, folded from the journal's records one by one: what the live account shows. Nothing is
 * judged here.
 */
import type { ArmRecord, Phase, Stamp } from '@fleetfall/journal/records.ts';
import type { Cohort } from '@fleetfall/protocol/load-stdio.ts';
import { type CohortFold, foldCohorts } from './cohort-status.ts';

/** A load that is stopped closes its last window early: one request in a millisecond is no rate. */
const RATE_WINDOW_MS_MIN = 100;

export interface FleetStatus {
  phase: Phase | null;
  phaseBeganMs: number;
  /** When the newest record was made, monotonic. */
  nowMs: number;
  frontEnds: number;
  tasksMost: number;
  limit: number | null;
  /** Refused threads by the kernel's count, of the incarnations that run now and ran before. */
  refusals: Record<Cohort, number>;
  okPerSecond: number | null;
  failedPerSecond: number;
  /** The most frequent error of the last window. */
  mostError: string | null;
}

export interface StatusFold {
  readonly status: FleetStatus;
  /** What differs in this arm; null for the experiment itself. */
  title: string | null;
  /** Phases that are still to begin, as the arm's head told them. */
  ahead: readonly Phase[];
  /** Whether a phase ever began. */
  begun: boolean;
  readonly cohorts: CohortFold;
  heed(record: ArmRecord & Stamp): void;
}

export function foldStatus(): StatusFold {
  const cohorts = foldCohorts();
  const status: FleetStatus = {
    phase: null,
    phaseBeganMs: 0,
    nowMs: 0,
    frontEnds: 0,
    tasksMost: 0,
    limit: null,
    refusals: { incumbent: 0, newcomer: 0 },
    okPerSecond: null,
    failedPerSecond: 0,
    mostError: null,
  };

  function heedSample(record: Extract<ArmRecord, { kind: 'observer' }>['record']): void {
    if (record.kind !== 'sample' || record.state.role !== 'front-end') return;
    cohorts.heedState(record.state);
    const [incumbent, newcomer] = [cohorts.statusOf('incumbent'), cohorts.statusOf('newcomer')];
    status.refusals = { incumbent: incumbent.refused ?? 0, newcomer: newcomer.refused ?? 0 };
    status.tasksMost = Math.max(incumbent.tasks?.[1] ?? 0, newcomer.tasks?.[1] ?? 0);
    if (record.state.kernel !== null) status.limit = record.state.kernel.limit;
  }

  function heedLoad(record: Extract<ArmRecord, { kind: 'load' }>['record']): void {
    if (record.kind !== 'load' || record.windowMs < RATE_WINDOW_MS_MIN) return;
    cohorts.heedWindow(record);
    const seconds = record.windowMs / 1_000;
    const failures = record.outcomes.filter(({ outcome }) => outcome !== 'ok');
    const sum = (counts: readonly { count: number }[]): number =>
      counts.reduce((total, { count }) => total + count, 0);
    status.okPerSecond = (sum(record.outcomes) - sum(failures)) / seconds;
    status.failedPerSecond = sum(failures) / seconds;
    const most = failures.toSorted((left, right) => right.count - left.count)[0];
    status.mostError =
      most === undefined ? null : `${most.outcome}${most.reason === null ? '' : ` (${most.reason})`}`;
  }

  const fold: StatusFold = {
    status,
    title: null,
    ahead: [],
    begun: false,
    cohorts,
    heed(record) {
      status.nowMs = record.monoMs;
      switch (record.kind) {
        case 'arm':
          fold.title = record.title;
          fold.ahead = ['start', 'steady-state', ...record.method];
          return;
        case 'phase':
          status.phase = record.event === 'begin' ? record.phase : null;
          status.phaseBeganMs = record.monoMs;
          status.frontEnds = record.frontEnds;
          fold.begun = true;
          if (record.event === 'begin') fold.ahead = behind(fold.ahead, record.phase);
          return;
        case 'member':
          cohorts.heedMember(record);
          if (record.role !== 'front-end') return;
          status.frontEnds = record.frontEnds;
          return;
        case 'observer':
          heedSample(record.record);
          return;
        case 'load':
          heedLoad(record.record);
      }
    },
  };
  return fold;
}

/** Those that come behind a phase; all of them where it is not among them. */
function behind(phases: readonly Phase[], begun: Phase): readonly Phase[] {
  return phases.slice(phases.indexOf(begun) + 1);
}
