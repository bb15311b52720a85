/**
 * Latencies of each operation and outcome, in histograms that are kept from one window to the next: a request is
 * recorded once, and what they come to together is added up when a window ends.
 */
import { DurationHistogram } from '@fleetfall/journal/histogram.ts';
import type { LatencySeries } from '@fleetfall/protocol/load-stdio.ts';

/** Outcomes have the names that servers give them, and each takes 13 kB: those beyond are one, by this name. */
const SERIES_MAX = 64;
const FURTHER = 'other';

interface Recorder {
  record(operation: string, outcome: string, latencyMs: number): void;
  /** Ends a window. @returns the latency of all that ended well, and each series for itself where there are several. */
  close(): { readonly latency: DurationHistogram; readonly apart: readonly LatencySeries[] };
}

export function createLatencySeries(): Recorder {
  const operations = new Map<string, Map<string, DurationHistogram>>();
  let count = 0;
  const histogramOf = (operation: string, outcome: string): DurationHistogram => {
    let byOutcome = operations.get(operation);
    if (byOutcome === undefined) {
      byOutcome = new Map();
      operations.set(operation, byOutcome);
    }
    const name = byOutcome.has(outcome) || count < SERIES_MAX ? outcome : FURTHER;
    let histogram = byOutcome.get(name);
    if (histogram === undefined) {
      histogram = new DurationHistogram();
      byOutcome.set(name, histogram);
      count += 1;
    }
    return histogram;
  };
  return {
    record(operation, outcome, latencyMs) {
      histogramOf(operation, outcome).record(latencyMs);
    },
    close() {
      const latency = new DurationHistogram();
      const apart: LatencySeries[] = [];
      for (const [operation, byOutcome] of operations) {
        for (const [outcome, histogram] of byOutcome) {
          if (histogram.count === 0) continue;
          if (outcome === 'ok') latency.add(histogram);
          apart.push({ operation, outcome, latency: histogram.toCounts() });
          histogram.clear();
        }
      }
      const alone = apart.length === 1 && apart[0]?.outcome === 'ok';
      return { latency, apart: alone ? [] : apart };
    },
  };
}
