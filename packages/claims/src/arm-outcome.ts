/**
 * What an arm came to when its fleet had grown: healthy, degraded or an outage, as users saw it. Both are asked of
 * the hold at full size, which begins when the growth has shown, or had its time to. Healthy is asked of the growth too:
 * a fleet that fell and came back was not healthy.
 */
import type { Arm, JournalRecord, Phase } from '@fleetfall/journal/records.ts';
import { LOAD_WINDOW_MS } from '@fleetfall/protocol/load-stdio.ts';
import { absent } from './absent-phase.ts';
import { phaseSpan } from './arm-timeline.ts';
import { percent } from './figures.ts';
import { type Goodput, goodputOf, invalidLoad, weighedWindows } from './goodput.ts';

/** A service that answers less well than this is not healthy: users see one failure in a hundred. */
export const HEALTHY_AT_LEAST = 0.99;
/** Below this most requests fail, whatever the client tries. */
export const OUTAGE_BELOW = 0.5;
/** From here on service counts as back: nineteen requests in twenty, as recovery is commonly timed. */
export const RESTORED_AT_LEAST = 0.95;

/**
 * Growth itself may cost this share of requests and the fleet be healthy still: newcomers whose first map is under way
 * answer late or not at all, and on two cores everybody waits for their links (measured: 90 to 97 % under a high limit).
 */
const GROWING_AT_LEAST = 0.8;

/** Checks and probes of a hold are few on a small fleet: one that was missed is no proof of an outage. */
const MISSED_MAX = 1;

/** A phase of this length holds some of a load's windows whole. */
const WINDOWED_FROM_MS = 4 * LOAD_WINDOW_MS;

/** The phases in which a fleet grows, as the claims know them. */
const GROWING_PHASES: readonly Phase[] = ['growth', 'addition'];

export type Outcome = 'healthy' | 'degraded' | 'outage' | 'unknown';

export interface ArmOutcome {
  readonly outcome: Outcome;
  /** One clause with the figures. */
  readonly reason: string;
  /** At full size, held. */
  readonly goodput: Goodput | null;
}

/** Whether so many of those that were asked answered as a healthy service may be held to, one at least excused. */
export function nearlyAll(answered: number, asked: number): boolean {
  const missed = asked - answered;
  return answered > missed && missed <= Math.max(MISSED_MAX, asked * (1 - HEALTHY_AT_LEAST));
}

/** Why the load shows nothing of a phase that the arm went through; null where it does. */
function unseenIn(records: readonly JournalRecord[], arm: Arm, phase: Phase): string | null {
  const span = phaseSpan(records, arm, phase);
  if (span === undefined) return null;
  const { fair, invalid } = weighedWindows(records, arm, phase, 'whole');
  const isMissing = fair.length === 0 && span.endMs - span.beginMs >= WINDOWED_FROM_MS;
  return invalid ?? (isMissing ? `there is no load window in '${phase}'` : null);
}

/** Judges one arm by the goodput of its growth and of its `outage` phase, the hold at full size. */
export function outcomeOf(records: readonly JournalRecord[], arm: Arm): ArmOutcome {
  const goodput = goodputOf(records, arm, 'outage', 'settled');
  if (goodput === null) {
    const invalid = invalidLoad(records, arm, 'outage', 'settled');
    const reason =
      invalid ?? absent(records, arm, 'outage', 'there is no load window in the hold at full size');
    return { outcome: 'unknown', reason, goodput: null };
  }
  const served = `${percent(goodput.fraction)} of requests were served at full size`;
  if (goodput.fraction < OUTAGE_BELOW) return { outcome: 'outage', reason: `only ${served}`, goodput };
  const growing = GROWING_PHASES.flatMap((phase) => goodputOf(records, arm, phase)?.fraction ?? []);
  const worst = growing.length === 0 ? null : Math.min(...growing);
  const reason = worst === null ? served : `${served}, ${percent(worst)} while the fleet grew`;
  if (goodput.fraction >= HEALTHY_AT_LEAST && (worst ?? 1) >= GROWING_AT_LEAST) {
    const unseen = GROWING_PHASES.flatMap((phase) => unseenIn(records, arm, phase) ?? [])[0];
    if (unseen !== undefined)
      return { outcome: 'unknown', reason: `${reason}; of its growth nothing is known: ${unseen}`, goodput };
    return { outcome: 'healthy', reason, goodput };
  }
  return { outcome: 'degraded', reason: `${reason}: neither healthy nor an outage`, goodput };
}
