/**
 * What users got: requests that ended well ÷ requests that were due and came to an end, by phase, from the load's
 * windows. Requests that the load could not send since too many hung count against the service. A window that
 * began in the phase before is no window of a phase; which windows are evidence at all is `load-evidence.ts`'s.
 */
import type { Arm, JournalRecord, Phase } from '@fleetfall/journal/records.ts';
import type { Cohort } from '@fleetfall/protocol/load-stdio.ts';
import {
  fleetSizes,
  isWithin,
  type PhaseSpan,
  phaseSpan,
  phaseSpans,
  recordsOf,
  settledSpan,
} from './arm-timeline.ts';
import { amplificationOf, attemptsOf } from './attempts.ts';
import {
  answersOf,
  countsOf,
  OK,
  voidCountReason,
  type Weighed,
  type Window,
  weighCounts,
  wentToKnown,
} from './load-evidence.ts';

/** One window of the load, with its place on the journal's clock. */
export interface LoadWindow {
  /** Monotonic: when its record was written, at the window's end. */
  readonly endMs: number;
  readonly atMs: number;
  readonly load: Window;
}

/** Requests that failed alike. `reason` is the front-end's routing failure, where it told one. */
export interface ErrorCount {
  readonly cohort: Cohort;
  readonly outcome: string;
  readonly reason: string | null;
  readonly count: number;
}

export interface Goodput {
  /** 0 to 1. */
  readonly fraction: number;
  readonly okPerSecond: number;
  readonly offeredPerSecond: number;
  /** How many load windows it rests on. */
  readonly windows: number;
  /** Above 1 where the client tried again by itself: so much more was asked of the service than users asked for. */
  readonly attemptsPerRequest: number;
  /** The most frequent first. */
  readonly errors: readonly ErrorCount[];
}

/** The first request that failed after the fleet began to grow. */
export interface FailedRequest {
  readonly frontEnds: number;
  /** Monotonic, the middle of its window. */
  readonly monoMs: number;
  /** Wall clock, the middle of its window. */
  readonly atMs: number;
  /** null where it is not known which front-end it went to. */
  readonly cohort: Cohort | null;
  readonly outcome: string;
}

/** All windows of an arm's load, in their order. */
export function loadWindows(records: readonly JournalRecord[], arm: Arm): LoadWindow[] {
  return recordsOf(records, arm, 'load').flatMap(({ record, monoMs, atMs }) =>
    record.kind === 'load' ? [{ endMs: monoMs, atMs, load: record }] : [],
  );
}

/**
 * The goodput of one phase.
 * @param part `settled` where the phase waits for something to take effect, and how it ends is the question.
 * @returns null when the phase has no fair window.
 */
export function goodputOf(
  records: readonly JournalRecord[],
  arm: Arm,
  phase: Phase,
  part: 'whole' | 'settled' = 'whole',
): Goodput | null {
  return goodputOfWindows(fairWindows(records, arm, phase, part));
}

/**
 * The windows that lie wholly in a phase; where `part` says so, only those after the fleet was last declared settled
 * before the phase's end: when all that was done to it had shown, or had its time to. None where most of them are void.
 */
export function fairWindows(
  records: readonly JournalRecord[],
  arm: Arm,
  phase: Phase,
  part: 'whole' | 'settled',
): readonly LoadWindow[] {
  return weighedWindows(records, arm, phase, part).fair;
}

/** Why most windows of a phase are the load's own doing; null when they are evidence, or there is none. */
export function invalidLoad(
  records: readonly JournalRecord[],
  arm: Arm,
  phase: Phase,
  part: 'whole' | 'settled',
): string | null {
  return weighedWindows(records, arm, phase, part).invalid;
}

/** Both of these: the windows of a phase that are evidence, or why most are not. */
export function weighedWindows(
  records: readonly JournalRecord[],
  arm: Arm,
  phase: Phase,
  part: 'whole' | 'settled',
): Weighed<LoadWindow> {
  const span = part === 'whole' ? phaseSpan(records, arm, phase) : settledSpan(records, arm, phase);
  if (span === undefined) return { fair: [], invalid: null };
  const windows = loadWindows(records, arm).filter(
    ({ endMs, load }) => isWithin(span, endMs) && endMs - load.windowMs >= span.beginMs,
  );
  return weighCounts(windows, ({ load }) => load);
}

/** The goodput of some windows together; null when nothing was due in them. */
export function goodputOfWindows(windows: readonly LoadWindow[]): Goodput | null {
  let ok = 0;
  let ended = 0;
  let offered = 0;
  let durationMs = 0;
  const errors = new Map<string, ErrorCount>();
  for (const { load } of windows) {
    durationMs += load.windowMs;
    offered += load.offered;
    const counts = countsOf(load);
    ok += counts.ok;
    ended += counts.ended;
    for (const { cohort, outcome, reason, count } of answersOf(load.outcomes)) {
      if (outcome === OK) continue;
      const key = `${cohort} ${outcome} ${reason}`;
      errors.set(key, { cohort, outcome, reason, count: count + (errors.get(key)?.count ?? 0) });
    }
  }
  if (offered + ended === 0 || durationMs === 0) return null;
  return {
    // Requests were due and none ended: all of them hang, and nothing came back.
    fraction: ended === 0 ? 0 : ok / ended,
    okPerSecond: (ok * 1000) / durationMs,
    offeredPerSecond: (offered * 1000) / durationMs,
    windows: windows.length,
    attemptsPerRequest: amplificationOf(attemptsOf(windows.map(({ load }) => load))),
    errors: [...errors.values()].toSorted((left, right) => right.count - left.count),
  };
}

/** Requests that are known to have ended at one cohort, and those among them that failed. */
export function endedAt(
  windows: readonly Pick<LoadWindow, 'load'>[],
  cohort: Cohort,
): { readonly ended: number; readonly failed: number } {
  let ended = 0;
  let failed = 0;
  for (const outcome of windows.flatMap(({ load }) => answersOf(load.outcomes))) {
    if (outcome.cohort !== cohort || !wentToKnown(outcome)) continue;
    ended += outcome.count;
    if (outcome.outcome !== OK) failed += outcome.count;
  }
  return { ended, failed };
}

/**
 * The first failure after growth began, or the first phase in which something was done to the fleet where it does not
 * grow by sizes; earlier ones are noise of the steady state, and windows that are no evidence are passed over.
 * @param within narrows it to one cohort, and to windows that began after a moment (monotonic).
 * @returns null without any.
 */
export function firstFailedRequest(
  records: readonly JournalRecord[],
  arm: Arm,
  within: { readonly cohort?: Cohort; readonly afterMs?: number } = {},
): FailedRequest | null {
  const growth = phaseSpan(records, arm, 'growth') ?? firstDeed(records, arm);
  if (growth === undefined) return null;
  const afterMs = Math.max(growth.beginMs, within.afterMs ?? 0);
  const frontEndsAt = fleetSizes(records, arm);
  for (const { endMs, atMs, load } of loadWindows(records, arm)) {
    if (voidCountReason(load) !== null) continue;
    const failure = answersOf(load.outcomes)
      .filter(
        (ended) =>
          ended.outcome !== OK &&
          ended.count > 0 &&
          (within.cohort === undefined || (within.cohort === ended.cohort && wentToKnown(ended))),
      )
      .toSorted((left, right) => right.count - left.count)[0];
    if (endMs - load.windowMs < afterMs || failure === undefined) continue;
    const halfMs = load.windowMs / 2;
    return {
      frontEnds: frontEndsAt(endMs - halfMs),
      monoMs: endMs - halfMs,
      atMs: atMs - halfMs,
      cohort: wentToKnown(failure) ? failure.cohort : null,
      outcome: failure.outcome,
    };
  }
  return null;
}

/** Phases in which a fleet comes up and stands. */
const BEFORE_DEEDS: ReadonlySet<Phase> = new Set(['start', 'steady-state']);
const firstDeed = (records: readonly JournalRecord[], arm: Arm): PhaseSpan | undefined =>
  phaseSpans(records, arm).find(({ phase }) => !BEFORE_DEEDS.has(phase));

/** Goodput at the four moments of a run that its story is told by; null where a run did not come so far. */
export interface GoodputByStage {
  /** Steady state. */
  readonly before: Goodput | null;
  /** At full size, once the addition has had its effect. */
  readonly during: Goodput | null;
  /** Once the removal of the added capacity has had its effect. */
  readonly afterRemoval: Goodput | null;
  /** Once the restart has had its effect. */
  readonly after: Goodput | null;
}

/** The goodput of the stages; of the holds the part after the fleet had settled, where the effect has come. */
export function goodputByStage(records: readonly JournalRecord[], arm: Arm): GoodputByStage {
  return {
    before: goodputOf(records, arm, 'steady-state'),
    during: goodputOf(records, arm, 'outage', 'settled'),
    afterRemoval: goodputOf(records, arm, 'removal', 'settled'),
    after: goodputOf(records, arm, 'recovery', 'settled'),
  };
}
