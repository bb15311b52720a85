/** What a whole load comes to: sums and percentiles of its seconds, and its verdict. Pure. */
import { DurationHistogram } from '@fleetfall/journal/histogram.ts';
import { generatorVerdict } from '../generator-verdict.ts';
import type { WindowRecord } from '../open-loop.ts';

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
  /** How many of those that were sent ended in each way; `ok` is always told. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** From the intended send, requests that ended well. */
  readonly latencyMs: PercentilesMs;
  /** From the write to a socket, the same requests. */
  readonly serviceMs: PercentilesMs;
  /** From the intended send to the write, the wait for a free connection included: all requests sent. */
  readonly latenessMs: PercentilesMs;
  /** How long the generator's event loop kept anything waiting, answers among it, for each millisecond. */
  readonly loopDelayMs: PercentilesMs;
  /**
   * `invalid`: the generator did not keep its schedule, and nothing else is said. `pass`, `fail` or `unknown` (no
   * samples) where thresholds were given; `valid` where none were.
   */
  readonly verdict: 'valid' | 'pass' | 'fail' | 'unknown' | 'invalid';
  readonly reason: string | null;
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
  const figures = { offered: 0, sent: 0, dropped: 0 };
  return {
    take(second) {
      for (const field of ['offered', 'sent', 'dropped'] as const) figures[field] += second[field];
      for (const { outcome, count } of second.outcomes) outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
      if (second.histograms === undefined) return;
      latency.add(second.histograms.latency);
      service.add(second.histograms.service);
      lateness.add(second.histograms.lateness);
      loopDelay.add(second.histograms.loopDelay);
    },
    summarise(thresholds) {
      const clientErrors = outcomes['client-error'] ?? 0;
      const generator = generatorVerdict({ ...figures, clientErrors, lateness, loopDelay });
      return {
        ...figures,
        outcomes: { ...outcomes },
        latencyMs: percentilesOf(latency),
        serviceMs: percentilesOf(service),
        latenessMs: percentilesOf(lateness),
        loopDelayMs: percentilesOf(loopDelay),
        ...(generator.verdict === 'invalid' || thresholds === null ? generator : thresholds),
      };
    },
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
