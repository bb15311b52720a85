/** Adds up what several generators recorded of the same second. Pure. */
import { type DurationHistogram, sumOf } from '@fleetfall/journal/histogram.ts';
import type {
  GeneratorVerdict,
  HistogramCounts,
  LatencySeries,
  LoadHistograms,
  OutcomeCount,
} from '@fleetfall/protocol/load-stdio.ts';
import type { WindowRecord } from '../open-loop.ts';
import { quantilesOf } from '../tally.ts';

/** @param windows at least one. A generator that was invalid makes the sum invalid. */
export function mergeWindows(windows: readonly WindowRecord[]): WindowRecord {
  const [first] = windows;
  if (first === undefined) throw new RangeError('Cannot merge no windows');
  if (windows.length === 1) return first;
  const sum = (field: 'offered' | 'sent' | 'dropped' | 'inFlight'): number =>
    windows.reduce((total, window) => total + window[field], 0);
  const latency = sumOfHistograms(windows, 'latency');
  const lateness = sumOfHistograms(windows, 'lateness');
  return {
    kind: 'load',
    windowEndMs: Math.max(...windows.map(({ windowEndMs }) => windowEndMs)),
    windowMs: Math.max(...windows.map(({ windowMs }) => windowMs)),
    offered: sum('offered'),
    sent: sum('sent'),
    dropped: sum('dropped'),
    inFlight: sum('inFlight'),
    outcomes: mergeOutcomes(windows.flatMap(({ outcomes }) => outcomes)),
    ...mergeAttemptFailures(windows),
    latencyMs: quantilesOf(latency),
    latenessP99Ms: lateness.percentileMs(99) ?? 0,
    targetsReady: Math.min(...windows.map(({ targetsReady }) => targetsReady)),
    histograms: {
      latency: latency.toCounts(),
      service: sumOfHistograms(windows, 'service').toCounts(),
      lateness: lateness.toCounts(),
      loopDelay: sumOfHistograms(windows, 'loopDelay').toCounts(),
      ...mergeSeries(windows),
    },
    generator: mergeVerdicts(windows),
  };
}

/** What one generator did by itself voids the sum, whatever held another one back. */
function mergeVerdicts(windows: readonly WindowRecord[]): GeneratorVerdict {
  const invalid = windows.flatMap(({ generator }) => (generator?.verdict === 'invalid' ? [generator] : []));
  return (
    invalid.find(({ heldBack }) => heldBack !== true) ?? invalid[0] ?? { verdict: 'valid', reason: null }
  );
}

/** One histogram of all windows that have any. */
function sumOfHistograms(
  windows: readonly WindowRecord[],
  series: Exclude<keyof LoadHistograms, 'series'>,
): DurationHistogram {
  return sumOf(
    windows.flatMap(({ histograms }): HistogramCounts[] =>
      histograms === undefined ? [] : [histograms[series]],
    ),
  );
}

/** Each operation and outcome apart. A window without series held one operation that ended well. */
export function seriesOf({ histograms, outcomes }: WindowRecord): readonly LatencySeries[] {
  if (histograms === undefined) return [];
  if (histograms.series !== undefined) return histograms.series;
  const operation = outcomes[0]?.operation;
  return operation === undefined ? [] : [{ operation, outcome: 'ok', latency: histograms.latency }];
}

function mergeSeries(windows: readonly WindowRecord[]): Pick<LoadHistograms, 'series'> {
  const series = [
    ...Map.groupBy(windows.flatMap(seriesOf), ({ operation, outcome }) => `${operation} ${outcome}`).values(),
  ].map((alike): LatencySeries => {
    const [{ operation, outcome }] = alike as [LatencySeries];
    return { operation, outcome, latency: sumOf(alike.map(({ latency }) => latency)).toCounts() };
  });
  return series.length === 0 ? {} : { series };
}

function mergeAttemptFailures(windows: readonly WindowRecord[]): Pick<WindowRecord, 'attemptFailures'> {
  const merged: Record<string, number> = {};
  for (const [outcome, count] of windows.flatMap(({ attemptFailures = {} }) =>
    Object.entries(attemptFailures),
  ))
    merged[outcome] = (merged[outcome] ?? 0) + count;
  return Object.keys(merged).length === 0 ? {} : { attemptFailures: merged };
}

/** Counts of one server, operation and outcome in one. */
export function mergeOutcomes(outcomes: readonly OutcomeCount[]): OutcomeCount[] {
  const merged = new Map<string, OutcomeCount>();
  for (const outcome of outcomes) {
    const { memberId, cohort, operation, outcome: name, reason } = outcome;
    const key = [memberId, cohort, operation, name, reason].join('\n');
    const before = merged.get(key);
    const retries = (outcome.retries ?? 0) + (before?.retries ?? 0);
    merged.set(key, {
      ...outcome,
      count: outcome.count + (before?.count ?? 0),
      ...(retries === 0 ? {} : { retries }),
    });
  }
  return [...merged.values()];
}
