/** How `fleetfall load` tells what it sees: a line a second, and a summary. Pure. */

import type { ThresholdResult } from '@fleetfall/journal/threshold-watch.ts';
import type { WindowRecord } from '@fleetfall/load/open-loop.ts';
import type { AttemptsSummary, LoadSummary, PercentilesMs } from '@fleetfall/load/standalone/summary.ts';

const ERRORS_SHOWN = 3;

/** @param elapsedMs since the schedule began. */
export function secondLine(second: WindowRecord, elapsedMs: number): string {
  const ok = second.outcomes.reduce((sum, { outcome, count }) => sum + (outcome === 'ok' ? count : 0), 0);
  const rate = (count: number): string => String(Math.round((count * 1000) / second.windowMs)).padStart(6);
  const latency =
    second.latencyMs === null
      ? 'no answers'.padEnd(31)
      : `p50 ${milliseconds(second.latencyMs.p50).padStart(9)}  p99 ${milliseconds(second.latencyMs.p99).padStart(9)}`;
  const dropped = second.dropped === 0 ? '' : `  ${second.dropped} dropped`;
  const retries = second.outcomes.reduce((sum, outcome) => sum + (outcome.retries ?? 0), 0);
  const again = retries === 0 ? '' : `  ${retries} retries`;
  const invalid = second.generator?.verdict === 'invalid' ? '  (generator late)' : '';
  return `${String(Math.round(elapsedMs / 1000)).padStart(4)} s ${rate(second.sent)} sent/s ${rate(ok)} ok/s  ${latency}${dropped}${again}${failures(second)}${invalid}\n`;
}

function failures({ outcomes }: WindowRecord): string {
  const counts = new Map<string, number>();
  for (const { outcome, reason, count } of outcomes) {
    if (outcome === 'ok') continue;
    const name = reason === null ? outcome : `${outcome} (${reason})`;
    counts.set(name, count + (counts.get(name) ?? 0));
  }
  const shown = [...counts].toSorted(([, left], [, right]) => right - left).slice(0, ERRORS_SHOWN);
  return shown.map(([name, count]) => `  ${count} ${name}`).join('');
}

export function summaryText(summary: LoadSummary, thresholds: readonly ThresholdResult[]): string {
  const outcomes = Object.entries(summary.outcomes)
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(' · ');
  return [
    '',
    ` offered    ${summary.offered}, sent ${summary.sent}, dropped ${summary.dropped}`,
    ` outcomes   ${outcomes}`,
    ...(summary.redirected === 0
      ? []
      : [` redirects  ${summary.redirected} of the answers that are ok, and none was followed`]),
    ...(summary.inFlight === 0 ? [] : [` under way  ${summary.inFlight} when the load was cut short`]),
    ...attemptsText(summary.attempts),
    ` latency    ${percentilesText(summary.latencyMs)}   from the intended send`,
    ` service    ${percentilesText(summary.serviceMs)}   from the write to a socket`,
    ` lateness   ${percentilesText(summary.latenessMs)}   the generator's own, waits for its connections included`,
    ...seriesText(summary),
    ...(summary.invalidSeconds === 0 ? [] : [` schedule   not kept for ${summary.invalidSeconds} s`]),
    ...thresholds.map(
      ({ threshold, status, figure }) =>
        ` threshold  ${threshold.text}: ${status}${figure === null ? ', nothing was measured' : `, measured ${shownFigure(threshold.metric.kind, figure)}`}`,
    ),
    ` verdict    ${summary.verdict}${summary.reason === null ? '' : `: ${summary.reason}`}`,
    '',
  ].join('\n');
}

function attemptsText({ made, retries, amplification, failed }: AttemptsSummary): string[] {
  if (retries === 0) return [];
  const failures = Object.entries(failed).map(([outcome, count]) => ` · ${count} ${outcome}`);
  return [` attempts   ${made}, ${amplification} a request, ${retries} of them retries${failures.join('')}`];
}

/** Operations and failures apart, where there is more to tell than of one operation that ended well. */
function seriesText({ byOperation }: LoadSummary): string[] {
  const series = Object.entries(byOperation).flatMap(([operation, outcomes]) =>
    Object.entries(outcomes).map(([outcome, { latencyMs }]) => ({ operation, outcome, latencyMs })),
  );
  if (series.length <= 1) return [];
  return series.map(
    ({ operation, outcome, latencyMs }) =>
      ` latency    ${percentilesText(latencyMs)}   ${operation} ${outcome}`,
  );
}

/** A threshold's figure in its unit. */
export function shownFigure(kind: string, figure: number): string {
  if (figure === Number.POSITIVE_INFINITY) return 'no answer';
  return kind === 'latency' || kind === 'service' ? milliseconds(figure) : `${figure.toFixed(2)} %`;
}

function percentilesText(percentiles: PercentilesMs): string {
  return Object.entries(percentiles)
    .map(([name, value]: [string, number | null]) => `${name} ${value === null ? '–' : milliseconds(value)}`)
    .join('  ');
}

function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : Math.round(value)} ms`;
}
