/**
 * What a generator has to say of itself. A load that did not keep its schedule has measured itself and not the
 * service: its result is void, whichever way it points. Pure.
 */
import type { DurationHistogram } from '@fleetfall/journal/histogram.ts';
import type { GeneratorVerdict } from '@fleetfall/protocol/load-stdio.ts';

/** Of what was due, so much must have been sent: half a percent less moves a 99th percentile. */
const SENT_FRACTION_MIN = 0.995;
/** Five ticks: later than this, bursts are offered where an even stream was asked for. */
const LATENESS_P99_MAX_MS = 5;
/**
 * Answers that wait for the loop look slower than they were, even where sending was on time. Twice what lateness may
 * be, since it counts every moment and not only those at which a request was due.
 */
const LOOP_DELAY_P99_MAX_MS = 10;
/** Requests that failed in the generator itself (no file descriptor, no port) were not offered to anybody. */
const CLIENT_ERROR_FRACTION_MAX = 1 - SENT_FRACTION_MIN;

/**
 * Over a long run a percentile hides a stall: 30 s of an hour are 0.8 % of it. Of all seconds so many may be invalid,
 * each for itself, and a few of them always: in a short run the percentiles of the whole decide.
 */
const INVALID_FRACTION_MAX = 0.01;
const INVALID_MS_ALLOWED = 3_000;
/** So long without a break is a stall, however long the run. */
const INVALID_SPAN_MS_MAX = 3_000;

/** How a run's seconds were kept. */
export interface SecondsKept {
  readonly elapsedMs: number;
  readonly invalidMs: number;
  /** The longest time without a valid second between. */
  readonly longestInvalidMs: number;
}

export interface GeneratorFigures {
  readonly sent: number;
  /** Due and never sent. What still waits to be sent is in neither figure: it will be late, or dropped. */
  readonly dropped: number;
  readonly clientErrors: number;
  readonly lateness: DurationHistogram;
  readonly loopDelay: DurationHistogram;
}

/**
 * Judges a window, or a whole run: the rules are the same, and a run is held to its seconds too.
 * @param seconds of a run; null for a window.
 */
export function generatorVerdict(
  figures: GeneratorFigures,
  seconds: SecondsKept | null = null,
): GeneratorVerdict {
  const own = ownReason(figures);
  const unsent = unsentReason(figures);
  const reason = unsent ?? own ?? (seconds === null ? null : reasonOfSeconds(seconds));
  if (reason === null) return { verdict: 'valid', reason };
  // Only of a generator that ran on time is it known that others kept it from sending.
  return { verdict: 'invalid', reason, ...(unsent !== null && own === null ? { heldBack: true } : {}) };
}

function reasonOfSeconds({ elapsedMs, invalidMs, longestInvalidMs }: SecondsKept): string | null {
  const shown = (ms: number): string => String(Math.round(ms / 100) / 10);
  const told = `the schedule was not kept in ${shown(invalidMs)} of ${shown(elapsedMs)} s`;
  if (longestInvalidMs >= INVALID_SPAN_MS_MAX)
    return `${told}, ${shown(longestInvalidMs)} s of them on end: less than ${shown(INVALID_SPAN_MS_MAX)} s on end are allowed`;
  if (invalidMs > Math.max(INVALID_MS_ALLOWED, elapsedMs * INVALID_FRACTION_MAX))
    return `${told}: at most ${INVALID_FRACTION_MAX * 100} % are allowed`;
  return null;
}

function unsentReason({ sent, dropped }: GeneratorFigures): string | null {
  const offered = sent + dropped;
  if (sent >= offered * SENT_FRACTION_MIN) return null;
  const percent = ((sent * 100) / offered).toFixed(1);
  return `only ${percent} % of the schedule was sent (${sent} of ${offered}): at least 99.5 % must be`;
}

function ownReason({ sent, dropped, clientErrors, lateness, loopDelay }: GeneratorFigures): string | null {
  const latenessMs = lateness.percentileMs(99) ?? 0;
  if (latenessMs > LATENESS_P99_MAX_MS)
    return `requests were sent late: p99 ${latenessMs.toFixed(1)} ms, at most ${LATENESS_P99_MAX_MS} ms is allowed`;
  const delayMs = loopDelay.percentileMs(99) ?? 0;
  if (delayMs > LOOP_DELAY_P99_MAX_MS)
    return `the generator's event loop stood still: delay p99 ${delayMs.toFixed(1)} ms, at most ${LOOP_DELAY_P99_MAX_MS} ms is allowed`;
  const offered = sent + dropped;
  if (clientErrors > offered * CLIENT_ERROR_FRACTION_MAX)
    return `${clientErrors} of ${offered} requests failed in the generator itself`;
  return null;
}
