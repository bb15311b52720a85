/**
 * Tallies what became of requests, window by window, in memory that does not grow with the number of requests:
 * counts by server, operation and outcome, and histograms that add up over windows and generators.
 */
import { DurationHistogram } from '@fleetfall/journal/histogram.ts';
import {
  CLIENT_ERROR_OUTCOME,
  type Cohort,
  type LoadRecord,
  type OutcomeCount,
} from '@fleetfall/protocol/load-stdio.ts';
import { generatorVerdict } from './generator-verdict.ts';
import { createLatencySeries } from './latency-series.ts';

/** Where a request went. One object for each server: tallies tell servers apart by it. */
export interface Recipient {
  readonly memberId: string;
  readonly cohort: Cohort;
}

export interface Totals {
  readonly offered: number;
  readonly sent: number;
  readonly dropped: number;
  readonly ok: number;
}

/** What a window's end knows besides the tally. */
interface WindowEnd {
  readonly windowEndMs: number;
  readonly windowMs: number;
  readonly targetsReady: number;
}

/** What the tally has to know of a request that ended. */
interface EndedRequest {
  readonly recipient: Recipient;
  readonly operation: string;
  readonly attempts: number;
  readonly intendedAtMs: number;
  readonly sentAtMs: number;
}

export interface Tally {
  /** A request is due, and under way from now on. */
  due(): void;
  /** One of those was sent, `lateMs` after its intended time. */
  sent(lateMs: number): void;
  /** A request was due and was not sent. */
  dropped(): void;
  /** A request under way has ended without having been sent. */
  neverSent(): void;
  /** An attempt of a request under way failed; how the request ends is another matter. */
  attemptFailed(outcome: string): void;
  ended(request: EndedRequest, outcome: string, reason: string | null, nowMs: number): void;
  /** Takes what the event loop kept waiting, and leaves `measured` empty. */
  loopDelay(measured: DurationHistogram): void;
  readonly inFlight: number;
  readonly totals: Totals;
  /** The record of the window, which ends with it. */
  closeWindow(end: WindowEnd): Extract<LoadRecord, { kind: 'load' }>;
}

type Counter = { -readonly [Field in keyof OutcomeCount]: OutcomeCount[Field] };

export function createTally(): Tally {
  const series = createLatencySeries();
  const service = new DurationHistogram();
  const lateness = new DurationHistogram();
  const loopDelay = new DurationHistogram();
  const totals = { offered: 0, sent: 0, dropped: 0, ok: 0 };
  const counters = new Map<Recipient, Map<string, Map<string, Counter>>>();
  let inFlight = 0;
  const attemptFailures = new Map<string, number>();
  let clientErrors = 0;
  let before: Totals = { ...totals };

  /** Found by lookups alone: a key put together for each request would cost more than all else here. */
  const counterOf = (
    { recipient, operation }: EndedRequest,
    outcome: string,
    reason: string | null,
  ): Counter => {
    let byOperation = counters.get(recipient);
    if (byOperation === undefined) {
      byOperation = new Map();
      counters.set(recipient, byOperation);
    }
    let byOutcome = byOperation.get(operation);
    if (byOutcome === undefined) {
      byOutcome = new Map();
      byOperation.set(operation, byOutcome);
    }
    const key = reason === null ? outcome : `${outcome}\n${reason}`;
    let counter = byOutcome.get(key);
    if (counter === undefined) {
      counter = { ...recipient, operation, outcome, reason, count: 0 };
      byOutcome.set(key, counter);
    }
    return counter;
  };

  return {
    due() {
      totals.offered += 1;
      inFlight += 1;
    },
    sent(lateMs) {
      totals.sent += 1;
      lateness.record(lateMs);
    },
    dropped() {
      totals.offered += 1;
      totals.dropped += 1;
    },
    neverSent() {
      inFlight -= 1;
      totals.dropped += 1;
    },
    attemptFailed(outcome) {
      attemptFailures.set(outcome, (attemptFailures.get(outcome) ?? 0) + 1);
    },
    ended(request, outcome, reason, nowMs) {
      inFlight -= 1;
      series.record(request.operation, outcome, nowMs - request.intendedAtMs);
      if (outcome === 'ok') {
        totals.ok += 1;
        service.record(nowMs - request.sentAtMs);
      } else if (outcome === CLIENT_ERROR_OUTCOME) clientErrors += 1;
      const counter = counterOf(request, outcome, reason);
      counter.count += 1;
      if (request.attempts > 1) counter.retries = (counter.retries ?? 0) + request.attempts - 1;
    },
    loopDelay(measured) {
      loopDelay.add(measured);
      measured.clear();
    },
    get inFlight() {
      return inFlight;
    },
    get totals() {
      return { ...totals };
    },
    closeWindow(end) {
      const offered = totals.offered - before.offered;
      const sent = totals.sent - before.sent;
      const dropped = totals.dropped - before.dropped;
      const { latency, apart } = series.close();
      const outcomes = [...counters.values()]
        .flatMap((byOperation) => [...byOperation.values()])
        .flatMap((byOutcome) => [...byOutcome.values()]);
      const closed: Extract<LoadRecord, { kind: 'load' }> = {
        kind: 'load',
        ...end,
        offered,
        sent,
        dropped,
        inFlight,
        outcomes,
        ...(attemptFailures.size === 0 ? {} : { attemptFailures: Object.fromEntries(attemptFailures) }),
        latencyMs: quantilesOf(latency),
        latenessP99Ms: lateness.percentileMs(99) ?? 0,
        histograms: {
          latency: latency.toCounts(),
          service: service.toCounts(),
          lateness: lateness.toCounts(),
          loopDelay: loopDelay.toCounts(),
          ...(apart.length === 0 ? {} : { series: apart }),
        },
        generator: generatorVerdict({ sent, dropped, clientErrors, lateness, loopDelay }),
      };
      before = { ...totals };
      clientErrors = 0;
      counters.clear();
      attemptFailures.clear();
      for (const histogram of [service, lateness, loopDelay]) histogram.clear();
      return closed;
    },
  };
}

/** The quantiles that every window tells; null where nothing ended well in it. */
export function quantilesOf(latency: DurationHistogram): Extract<LoadRecord, { kind: 'load' }>['latencyMs'] {
  if (latency.count === 0) return null;
  return {
    p50: latency.percentileMs(50) ?? 0,
    p99: latency.percentileMs(99) ?? 0,
    max: latency.maxMs ?? 0,
  };
}
