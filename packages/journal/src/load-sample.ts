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
import { isDuration, type Threshold, type ThresholdMetric } from '@fleetfall/protocol/threshold.ts';
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

/**
 * Whether a window shows nothing by itself: no request in it was answered, given up or dropped. At a low rate that is
 * most of them. What it leaves under way counts where it is answered, or once it hangs for longer than the bound.
 */
export function isSilent({ outcomes, dropped }: Pick<Window, 'outcomes' | 'dropped'>): boolean {
  return dropped === 0 && outcomes.every(({ count }) => count === 0);
}

/** Requests of which nothing came back, under way throughout the last window. */
export interface Hanging {
  readonly requests: number;
  /** Of them, those that have been under way for longer than the bound. */
  readonly overdue: number;
}

/** Follows windows for requests that hang: they are in no outcome before their time is over. */
export interface SilenceWatch {
  take(window: Window): void;
  /** A window of which nothing is known: what hung may have been answered in it. */
  lose(): void;
  readonly hanging: Hanging;
}

const NOTHING_HANGS: Hanging = { requests: 0, overdue: 0 };

/** @param bound in the metric's unit: of durations, what has hung for longer is beyond it. */
export function watchSilence({ metric, bound }: Pick<Threshold, 'metric' | 'bound'>): SilenceWatch {
  const boundMs = isDuration(metric) ? bound : 0;
  let hanging = NOTHING_HANGS;
  let silentMs = 0;
  /** How many were under way at moments of the silence, the latest last: no older than one beyond the bound. */
  let marks: { readonly atMs: number; readonly requests: number }[] = [];
  const lose = (): void => {
    [hanging, silentMs, marks] = [NOTHING_HANGS, 0, []];
  };
  return {
    take({ inFlight, offered, dropped, outcomes, windowMs }) {
      if (outcomes.some(({ count }) => count > 0)) {
        lose();
        return;
      }
      // Nothing came back: under way at the window's begin were those that are now and did not become due in it.
      const before = Math.max(0, inFlight - (offered - dropped));
      marks.push({ atMs: silentMs, requests: before });
      silentMs += windowMs;
      // Who was under way at a moment had become due before it.
      const isOver = ({ atMs }: { readonly atMs: number }): boolean => silentMs - atMs >= boundMs;
      marks = marks.slice(Math.max(0, marks.findLastIndex(isOver)));
      const overdue = marks.find(isOver)?.requests ?? 0;
      const requests = Math.min(before, inFlight);
      hanging = { requests, overdue: Math.min(overdue, requests) };
    },
    lose,
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
   * @returns null without anything to measure, and where what hangs decides and may yet keep the bound.
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
    figure({ requests, overdue }) {
      const answered = histogram.count;
      const undecided = requests - overdue;
      const all = answered + unansweredSoFar + requests;
      if (all === 0) return null;
      // The same rank, counted among some of them: beyond the last of those is no answer.
      const percentileAmong = (some: number): number =>
        some === 0 ? Number.POSITIVE_INFINITY : (metric.percentile * all) / some;
      if (percentileAmong(answered + undecided) > 100) return Number.POSITIVE_INFINITY;
      const percentile = percentileAmong(answered);
      const atMost = percentile > 100 ? null : histogram.percentileMs(percentile);
      // Within the bound whatever becomes of the undecided, or nobody knows yet.
      return undecided === 0 || (atMost !== null && atMost < boundMs) ? atMost : null;
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
