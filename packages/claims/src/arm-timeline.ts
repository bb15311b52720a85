/**
 * Reads one arm out of a journal: its phases as spans of time, the size of its front-end fleet at a moment, who
 * belongs to which cohort. Times are the journal's monotonic milliseconds. What the spans mean for a claim is
 * left to the claims.
 */
import type { Arm, ArmSettings, JournalRecord, Phase, Stamp } from '@fleetfall/journal/records.ts';
import type { Cohort } from '@fleetfall/protocol/load-stdio.ts';
import { type StampedArmRecord, sortedByArm } from './sorted-records.ts';

type Kind = StampedArmRecord['kind'];
type OfKind<K extends Kind> = Extract<StampedArmRecord, { kind: K }>;
type Observed = OfKind<'observer'>['record'];
/** A record that the observer made, with the stamp of its arrival. */
export type StampedObservation<K extends Observed['kind']> = Stamp & {
  readonly record: Extract<Observed, { kind: K }>;
};

/** One phase of an arm, in monotonic milliseconds. */
export interface PhaseSpan {
  readonly arm: Arm;
  readonly phase: Phase;
  readonly beginMs: number;
  /** The arm's last record where the phase never ended. */
  readonly endMs: number;
  /** Front-ends when the phase began. */
  readonly frontEnds: number;
}

/** The arms that a journal holds records of, in the order in which they appear. */
export function armsIn(records: readonly JournalRecord[]): Arm[] {
  return [...sortedByArm(records).keys()];
}

/** All records of one arm, in the journal's order. What is given grows with the list when it is asked for again. */
export function recordsOfArm(records: readonly JournalRecord[], arm: Arm): readonly StampedArmRecord[] {
  return sortedByArm(records).get(arm)?.all ?? [];
}

/** All records of one arm and one kind, in the journal's order; they grow as {@link recordsOfArm}'s do. */
export function recordsOf<K extends Kind>(
  records: readonly JournalRecord[],
  arm: Arm,
  kind: K,
): readonly OfKind<K>[] {
  return (sortedByArm(records).get(arm)?.byKind.get(kind) ??
    []) as readonly StampedArmRecord[] as readonly OfKind<K>[];
}

/** All records of one arm that the observer made of one kind; they grow as {@link recordsOfArm}'s do. */
export function observationsOf<K extends Observed['kind']>(
  records: readonly JournalRecord[],
  arm: Arm,
  kind: K,
): readonly StampedObservation<K>[] {
  const made = sortedByArm(records).get(arm)?.byKind.get(`observer ${kind}`) ?? [];
  return made as readonly Stamp[] as readonly StampedObservation<K>[];
}

/** The phases of an arm, in the order in which they began. */
export function phaseSpans(records: readonly JournalRecord[], arm: Arm): PhaseSpan[] {
  const marks = recordsOf(records, arm, 'phase');
  const lastMs = recordsOfArm(records, arm).at(-1)?.monoMs ?? 0;
  return marks
    .filter(({ event }) => event === 'begin')
    .map(({ phase, monoMs, frontEnds }) => {
      const end = marks.find((mark) => mark.event === 'end' && mark.phase === phase && mark.monoMs >= monoMs);
      return { arm, phase, beginMs: monoMs, endMs: end?.monoMs ?? lastMs, frontEnds };
    });
}

/** The span of one phase; undefined when the arm never came to it. */
export function phaseSpan(records: readonly JournalRecord[], arm: Arm, phase: Phase): PhaseSpan | undefined {
  return phaseSpans(records, arm).find((span) => span.phase === phase);
}

/**
 * The part of a phase after the fleet was last declared settled before the phase's end: when all that was done to it had
 * shown, or had its time to. Of no length where it never was, undefined when the arm never came to the phase.
 */
export function settledSpan(
  records: readonly JournalRecord[],
  arm: Arm,
  phase: Phase,
): PhaseSpan | undefined {
  const span = phaseSpan(records, arm, phase);
  if (span === undefined) return undefined;
  const settled = recordsOf(records, arm, 'settled').findLast(({ monoMs }) => monoMs <= span.endMs);
  return { ...span, beginMs: Math.max(span.beginMs, settled?.monoMs ?? span.endMs) };
}

/** The arm's configuration; undefined when it was never journalled. */
export function settingsOf(records: readonly JournalRecord[], arm: Arm): ArmSettings | undefined {
  return recordsOf(records, arm, 'arm')[0]?.settings;
}

/** The front-ends' configuration in force at a moment: the arm's, or what was last deployed by then. */
export function frontEndSettingsAt(
  records: readonly JournalRecord[],
  arm: Arm,
  monoMs: number,
): ArmSettings['frontEnd'] | undefined {
  const deployed = recordsOf(records, arm, 'deploy').findLast((deploy) => deploy.monoMs <= monoMs);
  return deployed?.frontEnd ?? settingsOf(records, arm)?.frontEnd;
}

/** The lives of an arm's front-ends, in the journal's order. */
export function frontEndEvents(records: readonly JournalRecord[], arm: Arm): readonly OfKind<'member'>[] {
  return recordsOf(records, arm, 'member').filter(({ role }) => role === 'front-end');
}

/** A function from a moment to the number of front-ends then: 0 before the first. */
export function fleetSizes(records: readonly JournalRecord[], arm: Arm): (monoMs: number) => number {
  const events = frontEndEvents(records, arm);
  return (monoMs) => events.findLast((event) => event.monoMs <= monoMs)?.frontEnds ?? 0;
}

/** The cohort of each front-end that was ever started. */
export function cohorts(records: readonly JournalRecord[], arm: Arm): ReadonlyMap<string, Cohort> {
  const found = new Map<string, Cohort>();
  for (const { memberId, cohort } of frontEndEvents(records, arm)) {
    if (cohort !== null) found.set(memberId, cohort);
  }
  return found;
}

/** Whether a moment lies in a span, its ends included. */
export function isWithin(span: PhaseSpan, monoMs: number): boolean {
  return monoMs >= span.beginMs && monoMs <= span.endMs;
}
