/**
 * Holds seconds of a load against a threshold, as they come or afterwards: a steady state, or a condition to stop at.
 * Having seen nothing is `unknown`, never a pass; nor is a second in which the generator did not keep its schedule
 * evidence for or against the service. To a latency, a request that nobody answered took longer than any bound: a
 * service that lets most requests hang is not quick. One that was answered by an error is goodput's matter. Pure.
 */
import { type LoadRecord, UNANSWERED_OUTCOMES } from '@fleetfall/protocol/load-stdio.ts';
import type { Threshold } from '@fleetfall/protocol/threshold.ts';
import { DurationHistogram } from './histogram.ts';

export type ThresholdStatus = 'pass' | 'fail' | 'unknown';
type Window = Extract<LoadRecord, { kind: 'load' }>;

/**
 * What a threshold came to, with the figure that it rests on: null where nothing was measured, infinity where the
 * percentile is of requests that were never answered.
 */
export interface ThresholdResult {
  readonly threshold: Threshold;
  readonly status: ThresholdStatus;
  readonly figure: number | null;
}

export interface ThresholdWatch {
  /** Takes the next window of the load. A threshold with `for` that has failed stays so. */
  take(window: Window): ThresholdResult;
  readonly result: ThresholdResult;
}

export function watchThreshold(threshold: Threshold): ThresholdWatch {
  return threshold.forMs === null ? watchAll(threshold) : watchSpans(threshold, threshold.forMs);
}

/** Everything after the delay together. */
function watchAll(threshold: Threshold): ThresholdWatch {
  const sample = createSample(threshold);
  let elapsedMs = 0;
  const result = (): ThresholdResult => {
    const figure = sample.figure();
    return { threshold, figure, status: statusOf(threshold, figure) };
  };
  return {
    take(window) {
      if (elapsedMs >= threshold.delayMs && isEvidence(window)) sample.add(window);
      elapsedMs += window.windowMs;
      return result();
    },
    get result() {
      return result();
    },
  };
}

/** Each window for itself; it counts once it has been missed for so long without a break. */
function watchSpans(threshold: Threshold, forMs: number): ThresholdWatch {
  let elapsedMs = 0;
  let missedMs = 0;
  let unseenMs = 0;
  let everPassed = false;
  let lastUnseen = false;
  let failedAt: number | null = null;
  let last: number | null = null;
  const status = (): ThresholdStatus => {
    if (failedAt !== null) return 'fail';
    return everPassed && !lastUnseen ? 'pass' : 'unknown';
  };
  const result = (): ThresholdResult => ({ threshold, figure: failedAt ?? last, status: status() });
  return {
    take(window) {
      const counts = elapsedMs >= threshold.delayMs;
      elapsedMs += window.windowMs;
      if (!counts) return result();
      const sample = createSample(threshold);
      if (isEvidence(window)) sample.add(window);
      const figure = sample.figure();
      const seen = statusOf(threshold, figure);
      last = figure ?? last;
      unseenMs = seen === 'unknown' ? unseenMs + window.windowMs : 0;
      // As long unseen as it may be missed: nobody knows whether it was.
      lastUnseen = unseenMs >= forMs && unseenMs > 0;
      missedMs = seen === 'fail' ? missedMs + window.windowMs : 0;
      if (seen === 'pass') everPassed = true;
      if (missedMs >= forMs && missedMs > 0) failedAt ??= figure;
      return result();
    },
    get result() {
      return result();
    },
  };
}

const isEvidence = ({ generator }: Window): boolean => generator?.verdict !== 'invalid';

function statusOf({ operator, bound }: Threshold, figure: number | null): ThresholdStatus {
  if (figure === null) return 'unknown';
  const held = {
    '<': figure < bound,
    '<=': figure <= bound,
    '>': figure > bound,
    '>=': figure >= bound,
  }[operator];
  return held ? 'pass' : 'fail';
}

/** Some windows together. */
export interface Sample {
  add(window: Window): void;
  /** In the metric's unit, milliseconds or percent; null without anything to measure. */
  figure(): number | null;
}

export function createSample({ metric }: Pick<Threshold, 'metric'>): Sample {
  if (metric.kind === 'latency' || metric.kind === 'service') {
    const histogram = new DurationHistogram();
    let unanswered = 0;
    return {
      add({ histograms, outcomes, dropped }) {
        if (histograms !== undefined) histogram.add(histograms[metric.kind]);
        // What was not sent was not served slowly, but its user waited.
        if (metric.kind === 'latency') unanswered += dropped;
        for (const { outcome, count } of outcomes) if (UNANSWERED_OUTCOMES.has(outcome)) unanswered += count;
      },
      figure() {
        const answered = histogram.count;
        if (unanswered === 0) return histogram.percentileMs(metric.percentile);
        // The same rank, counted among those that were answered: beyond the last of them is no answer.
        const percentile =
          answered === 0
            ? Number.POSITIVE_INFINITY
            : (metric.percentile * (answered + unanswered)) / answered;
        return percentile > 100 ? Number.POSITIVE_INFINITY : histogram.percentileMs(percentile);
      },
    };
  }
  let ended = 0;
  let matching = 0;
  const matches = (outcome: string): boolean =>
    metric.kind === 'goodput'
      ? outcome === 'ok'
      : outcome !== 'ok' && (metric.outcome === null || metric.outcome === outcome);
  return {
    add({ outcomes, dropped }) {
      ended += dropped;
      if (metric.kind === 'errors' && metric.outcome === null) matching += dropped;
      for (const { outcome, count } of outcomes) {
        ended += count;
        if (matches(outcome)) matching += count;
      }
    },
    figure: () => (ended === 0 ? null : (matching * 100) / ended),
  };
}
