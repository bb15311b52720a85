/**
 * What windows of a load come to by one metric, for thresholds and for conditions of experiments alike. To a latency, a
 * request that nobody answered, that was dropped since too many hung, or that hangs for longer than the bound took
 * longer than any bound: a service that lets its users wait is not quick. One that was answered by an error is goodput's
 * matter, and one that failed in the load itself nobody's. Pure.
 */
import {
  CLIENT_ERROR_OUTCOME,
  type LoadRecord,
  UNANSWERED_OUTCOMES,
} from '@fleetfall/protocol/load-stdio.ts';
import type { Threshold, ThresholdMetric } from '@fleetfall/protocol/threshold.ts';
import { DurationHistogram } from './histogram.ts';

type Window = Extract<LoadRecord, { kind: 'load' }>;

/**
 * Why latencies in a window are the load's own doing; null when they are evidence. A load that ran on time and could not
 * send since too many requests hung shows the service as it is.
 */
export function voidLatencyReason({ generator }: Pick<Window, 'generator'>): string | null {
  if (generator?.verdict !== 'invalid' || generator.heldBack === true) return null;
  return generator.reason ?? 'the load did not keep its schedule';
}

/** Requests under way of which nothing came back, and for how long nothing at all has. */
export interface Hanging {
  readonly requests: number;
  readonly silentMs: number;
}

/** Follows windows for requests that hang: they are in no outcome before their time is over. */
export interface SilenceWatch {
  take(window: Window): void;
  /** A window of which nothing is known: what hung may have been answered in it. */
  lose(): void;
  readonly hanging: Hanging;
}

const NOTHING_HANGS: Hanging = { requests: 0, silentMs: 0 };

export function watchSilence(): SilenceWatch {
  let hanging = NOTHING_HANGS;
  return {
    take({ inFlight, offered, dropped, outcomes, windowMs }) {
      const isSilent = outcomes.every(({ count }) => count === 0);
      // Those that became due in the window were under way for less than all of it.
      const requests = Math.max(0, inFlight - (offered - dropped));
      hanging = isSilent ? { requests, silentMs: hanging.silentMs + windowMs } : NOTHING_HANGS;
    },
    lose() {
      hanging = NOTHING_HANGS;
    },
    get hanging() {
      return hanging;
    },
  };
}

/** Some windows together. */
export interface Sample {
  add(window: Window): void;
  /**
   * In the metric's unit, milliseconds or percent; infinity where the percentile is of requests without an answer.
   * @param hanging what hangs at the end of the last window.
   * @returns null without anything to measure, and where what hangs may yet keep the bound.
   */
  figure(hanging: Hanging): number | null;
}

/** @param bound in the metric's unit: what has hung for longer is beyond it. */
export function createSample({ metric, bound }: Pick<Threshold, 'metric' | 'bound'>): Sample {
  return metric.kind === 'latency' || metric.kind === 'service'
    ? createDurations(metric, bound)
    : createShares(metric);
}

function createDurations(
  metric: Extract<ThresholdMetric, { kind: 'latency' | 'service' }>,
  boundMs: number,
): Sample {
  const histogram = new DurationHistogram();
  let unansweredSoFar = 0;
  return {
    add({ histograms, outcomes, dropped }) {
      if (histograms !== undefined) histogram.add(histograms[metric.kind]);
      // What was not sent was not served slowly, but its user waited.
      if (metric.kind === 'latency') unansweredSoFar += dropped;
      for (const { outcome, count } of outcomes)
        if (UNANSWERED_OUTCOMES.has(outcome)) unansweredSoFar += count;
    },
    figure({ requests, silentMs }) {
      const answered = histogram.count;
      const all = answered + unansweredSoFar + requests;
      if (all === 0) return null;
      const undecided = silentMs > boundMs ? 0 : requests;
      // The same rank, counted among those that were answered, or may be in time: beyond the last of them is no answer.
      const mayBeAnswered = answered + undecided;
      const percentile =
        mayBeAnswered === 0 ? Number.POSITIVE_INFINITY : (metric.percentile * all) / mayBeAnswered;
      if (percentile > 100) return Number.POSITIVE_INFINITY;
      return undecided > 0 ? null : histogram.percentileMs(percentile);
    },
  };
}

function createShares(metric: Extract<ThresholdMetric, { kind: 'goodput' | 'errors' }>): Sample {
  let ended = 0;
  let matching = 0;
  const matches = (outcome: string): boolean =>
    metric.kind === 'goodput'
      ? outcome === 'ok'
      : outcome !== 'ok' && (metric.outcome === null || metric.outcome === outcome);
  const isAnyError = metric.kind === 'errors' && metric.outcome === null;
  return {
    add({ outcomes, dropped }) {
      ended += dropped;
      if (isAnyError) matching += dropped;
      for (const { outcome, count } of outcomes) {
        if (outcome === CLIENT_ERROR_OUTCOME) continue;
        ended += count;
        if (matches(outcome)) matching += count;
      }
    },
    figure({ requests }) {
      const due = ended + requests;
      return due === 0 ? null : ((matching + (isAnyError ? requests : 0)) * 100) / due;
    },
  };
}
