/** What a whole load comes to: sums and percentiles of its seconds, and its verdict. Pure. */
import { DurationHistogram } from '@fleetfall/journal/histogram.ts';
import { CLIENT_ERROR_OUTCOME } from '@fleetfall/protocol/load-stdio.ts';
import { generatorVerdict, type SecondsKept } from '../generator-verdict.ts';
import type { WindowRecord } from '../open-loop.ts';
import { REDIRECTED } from '../senders/plain-http.ts';
import { seriesOf } from './merge-windows.ts';

/** Percentiles in milliseconds; null where nothing was measured. */
export interface PercentilesMs {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly 'p97.5': number | null;
  readonly p99: number | null;
  readonly 'p99.9': number | null;
  readonly max: number | null;
}

/** What thresholds came to, all together. */
export interface JudgedThresholds {
  readonly verdict: 'pass' | 'fail' | 'unknown';
  readonly reason: string | null;
}

export interface LoadSummary {
  readonly offered: number;
  readonly sent: number;
  readonly dropped: number;
  /** Under way when the load was cut short; else none. */
  readonly inFlight: number;
  /** How many of those that were sent ended in each way; `ok` is always told. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Of those that ended well, answers that send the client elsewhere: none is followed. */
  readonly redirected: number;
  /** From the intended send, requests that ended well. */
  readonly latencyMs: PercentilesMs;
  /** From the write to a socket, the same requests. */
  readonly serviceMs: PercentilesMs;
  /** From the intended send to the write, the wait for a free connection included: all requests sent. */
  readonly latenessMs: PercentilesMs;
  /** How long the generator's event loop kept anything waiting, answers among it, for each millisecond. */
  readonly loopDelayMs: PercentilesMs;
  /** From the intended send to the end, for each operation and outcome apart: failures have theirs too. */
  readonly byOperation: Readonly<Record<string, Readonly<Record<string, SeriesSummary>>>>;
  /** What the server got of the requests that ended: several attempts each where the client tries again by itself. */
  readonly attempts: AttemptsSummary;
  /** Seconds in which the generator did not keep its schedule. */
  readonly invalidSeconds: number;
  /**
   * `invalid`: the generator did not keep its schedule, and nothing else is said. `pass`, `fail` or `unknown` (no
   * samples) where thresholds were given; `valid` where none were, and `unknown` when no request ended well.
   */
  readonly verdict: 'valid' | 'pass' | 'fail' | 'unknown' | 'invalid';
  readonly reason: string | null;
}

export interface SeriesSummary {
  readonly count: number;
  readonly latencyMs: PercentilesMs;
}

export interface AttemptsSummary {
  readonly made: number;
  readonly retries: number;
  /** Attempts made for each request; null without any. */
  readonly amplification: number | null;
  /** Attempts that failed, by outcome, where the client tries again by itself. */
  readonly failed: Readonly<Record<string, number>>;
}

/** Adds seconds up as they come, and keeps none of them: a load of days takes no more memory than one of minutes. */
export interface SummaryInTheMaking {
  take(second: WindowRecord): void;
  /** @param thresholds null where none were given. */
  summarise(thresholds: JudgedThresholds | null): LoadSummary;
}

export function beginSummary(): SummaryInTheMaking {
  const latency = new DurationHistogram();
  const service = new DurationHistogram();
  const lateness = new DurationHistogram();
  const loopDelay = new DurationHistogram();
  const outcomes: Record<string, number> = { ok: 0 };
  const figures = { offered: 0, sent: 0, dropped: 0, inFlight: 0, redirected: 0 };
  const attempts = createAttempts();
  const series = createSeries();
  const seconds = createSeconds();
  return {
    take(second) {
      for (const field of ['offered', 'sent', 'dropped'] as const) figures[field] += second[field];
      figures.inFlight = second.inFlight;
      for (const { outcome, reason, count } of second.outcomes) {
        outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
        if (reason === REDIRECTED) figures.redirected += count;
      }
      attempts.take(second);
      series.take(second);
      seconds.take(second);
      if (second.histograms === undefined) return;
      latency.add(second.histograms.latency);
      service.add(second.histograms.service);
      lateness.add(second.histograms.lateness);
      loopDelay.add(second.histograms.loopDelay);
    },
    summarise(thresholds) {
      const clientErrors = outcomes[CLIENT_ERROR_OUTCOME] ?? 0;
      const { verdict, reason } = generatorVerdict(
        { ...figures, clientErrors, lateness, loopDelay },
        seconds.kept(),
      );
      return {
        ...figures,
        outcomes: { ...outcomes },
        latencyMs: percentilesOf(latency),
        serviceMs: percentilesOf(service),
        latenessMs: percentilesOf(lateness),
        loopDelayMs: percentilesOf(loopDelay),
        byOperation: series.summarise(),
        attempts: attempts.summarise(),
        invalidSeconds: Math.round(seconds.kept().invalidMs / 100) / 10,
        ...(verdict === 'invalid' ? { verdict, reason } : (thresholds ?? withoutThresholds(outcomes))),
      };
    },
  };
}

/** A load that nobody answered well has measured nothing that was asked for. */
function withoutThresholds(outcomes: LoadSummary['outcomes']): Pick<LoadSummary, 'verdict' | 'reason'> {
  return (outcomes.ok ?? 0) > 0
    ? { verdict: 'valid', reason: null }
    : { verdict: 'unknown', reason: 'no request ended well' };
}

function createAttempts() {
  const failed: Record<string, number> = {};
  let requests = 0;
  let retries = 0;
  return {
    take({ outcomes, attemptFailures = {} }: WindowRecord): void {
      for (const { count, retries: more = 0 } of outcomes) {
        requests += count;
        retries += more;
      }
      for (const [outcome, count] of Object.entries(attemptFailures))
        failed[outcome] = (failed[outcome] ?? 0) + count;
    },
    summarise(): AttemptsSummary {
      const made = requests + retries;
      const amplification = requests === 0 ? null : Math.round((made * 1_000) / requests) / 1_000;
      return { made, retries, amplification, failed: { ...failed } };
    },
  };
}

function createSeries() {
  const operations = new Map<string, Map<string, DurationHistogram>>();
  return {
    take(second: WindowRecord): void {
      for (const { operation, outcome, latency } of seriesOf(second)) {
        const byOutcome = operations.get(operation) ?? new Map<string, DurationHistogram>();
        operations.set(operation, byOutcome);
        const histogram = byOutcome.get(outcome) ?? new DurationHistogram();
        byOutcome.set(outcome, histogram);
        histogram.add(latency);
      }
    },
    summarise(): LoadSummary['byOperation'] {
      const summaryOf = (histogram: DurationHistogram): SeriesSummary => ({
        count: histogram.count,
        latencyMs: percentilesOf(histogram),
      });
      return Object.fromEntries(
        [...operations].map(([operation, byOutcome]) => [
          operation,
          Object.fromEntries([...byOutcome].map(([outcome, histogram]) => [outcome, summaryOf(histogram)])),
        ]),
      );
    },
  };
}

function createSeconds() {
  let elapsedMs = 0;
  let invalidMs = 0;
  let longestInvalidMs = 0;
  let onEndMs = 0;
  return {
    take({ windowMs, generator }: WindowRecord): void {
      elapsedMs += windowMs;
      onEndMs = generator?.verdict === 'invalid' ? onEndMs + windowMs : 0;
      if (onEndMs > 0) invalidMs += windowMs;
      longestInvalidMs = Math.max(longestInvalidMs, onEndMs);
    },
    kept: (): SecondsKept => ({ elapsedMs, invalidMs, longestInvalidMs }),
  };
}

function percentilesOf(histogram: DurationHistogram): PercentilesMs {
  const at = (percentile: number): number | null => roundedMs(histogram.percentileMs(percentile));
  return {
    p50: at(50),
    p90: at(90),
    'p97.5': at(97.5),
    p99: at(99),
    'p99.9': at(99.9),
    max: roundedMs(histogram.maxMs),
  };
}

const roundedMs = (ms: number | null): number | null => (ms === null ? null : Math.round(ms * 1000) / 1000);
