/**
 * Takes records out of a told journal, or changes them: for evidence that is not there, or says something else.
 */
import { phaseSpan } from '@fleetfall/claims/arm-timeline.ts';
import type { Window } from '@fleetfall/claims/load-evidence.ts';
import { DurationHistogram } from '@fleetfall/journal/histogram.ts';
import type { JournalRecord, Phase } from '@fleetfall/journal/records.ts';
import type { OutcomeCount } from '@fleetfall/protocol/load-stdio.ts';
import type { FrontEndState } from '@fleetfall/protocol/member-state.ts';

/** The records that pass. */
export function withRecords(
  records: readonly JournalRecord[],
  keep: (record: JournalRecord) => boolean,
): JournalRecord[] {
  return records.filter(keep);
}

/** The journal without what the observer made of one kind. */
export function withoutObserved(
  records: readonly JournalRecord[],
  kind: 'sample' | 'health' | 'probe',
): JournalRecord[] {
  return records.filter((record) => record.kind !== 'observer' || record.record.kind !== kind);
}

/** The journal as it would be had the run been cut off when a phase began, but with its end written. */
export function cutBefore(records: readonly JournalRecord[], phase: Phase): JournalRecord[] {
  const cut = records.findIndex((record) => record.kind === 'phase' && record.phase === phase);
  return [...records.slice(0, cut), ...records.filter(({ kind }) => kind === 'end')];
}

/** The journal with what front-ends told of themselves changed. */
export function withStates(
  records: readonly JournalRecord[],
  change: (state: FrontEndState, monoMs: number) => FrontEndState,
): JournalRecord[] {
  return records.map((record) => {
    if (record.kind !== 'observer' || record.record.kind !== 'sample') return record;
    const { state } = record.record;
    if (state.role !== 'front-end') return record;
    return { ...record, record: { ...record.record, state: change(state, record.monoMs) } };
  });
}

/** The journal without what anyone read of some members' kernel counters. */
export function withoutCounters(
  records: readonly JournalRecord[],
  isUnread: (memberId: string) => boolean,
): JournalRecord[] {
  return withStates(records, (state) => (isUnread(state.memberId) ? { ...state, kernel: null } : state)).map(
    (record) =>
      record.kind === 'witness'
        ? { ...record, readings: record.readings.filter(({ memberId }) => !isUnread(memberId)) }
        : record,
  );
}

/** The journal with how requests ended changed, in one phase of its main arm. */
export function withOutcomes(
  records: readonly JournalRecord[],
  phase: Phase,
  change: (outcome: OutcomeCount) => OutcomeCount,
): JournalRecord[] {
  const span = phaseSpan(records, 'main', phase);
  return records.map((record) => {
    const isWithin = span !== undefined && record.monoMs >= span.beginMs && record.monoMs <= span.endMs;
    if (!isWithin || record.kind !== 'load' || record.record.kind !== 'load') return record;
    return { ...record, record: { ...record.record, outcomes: record.record.outcomes.map(change) } };
  });
}

/** What a load tells whose event loop stood still for so long in each window; its own verdict is `invalid`. */
export function stoodStill(window: Window, standstillMs: number): Window {
  const loopDelay = new DurationHistogram();
  for (let ms = 0; ms < window.windowMs; ms += 1) loopDelay.record(ms < standstillMs ? standstillMs : 0);
  const none = new DurationHistogram().toCounts();
  const { latency, service } = window.histograms ?? { latency: none, service: none };
  return {
    ...window,
    generator: { verdict: 'invalid', reason: 'requests were sent late' },
    latenessP99Ms: standstillMs,
    histograms: { latency, service, lateness: none, loopDelay: loopDelay.toCounts() },
  };
}

/** The journal with a load that stood still in every window, of one phase where it is named. */
export function withLoadStandingStill(
  records: readonly JournalRecord[],
  standstillMs: number,
  phase?: Phase,
): JournalRecord[] {
  let current: Phase | undefined;
  return records.map((record) => {
    if (record.kind === 'phase' && record.event === 'begin') current = record.phase;
    if (record.kind !== 'load' || record.record.kind !== 'load') return record;
    if (phase !== undefined && phase !== current) return record;
    return { ...record, record: stoodStill(record.record, standstillMs) };
  });
}
