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

export interface GeneratorFigures {
  readonly sent: number;
  /** Due and never sent. What still waits to be sent is in neither figure: it will be late, or dropped. */
  readonly dropped: number;
  readonly clientErrors: number;
  readonly lateness: DurationHistogram;
  readonly loopDelay: DurationHistogram;
}

/** Judges a window, or a whole run: the rules are the same. */
export function generatorVerdict(figures: GeneratorFigures): GeneratorVerdict {
  const reason = reasonOf(figures);
  return { verdict: reason === null ? 'valid' : 'invalid', reason };
}

function reasonOf({ sent, dropped, clientErrors, lateness, loopDelay }: GeneratorFigures): string | null {
  const offered = sent + dropped;
  if (sent < offered * SENT_FRACTION_MIN) {
    const percent = ((sent * 100) / offered).toFixed(1);
    return `only ${percent} % of the schedule was sent (${sent} of ${offered}): at least 99.5 % must be`;
  }
  const latenessMs = lateness.percentileMs(99) ?? 0;
  if (latenessMs > LATENESS_P99_MAX_MS)
    return `requests were sent late: p99 ${latenessMs.toFixed(1)} ms, at most ${LATENESS_P99_MAX_MS} ms is allowed`;
  const delayMs = loopDelay.percentileMs(99) ?? 0;
  if (delayMs > LOOP_DELAY_P99_MAX_MS)
    return `the generator's event loop stood still: delay p99 ${delayMs.toFixed(1)} ms, at most ${LOOP_DELAY_P99_MAX_MS} ms is allowed`;
  if (clientErrors > offered * CLIENT_ERROR_FRACTION_MAX)
    return `${clientErrors} of ${offered} requests failed in the generator itself`;
  return null;
}
