import { DurationHistogram } from '@fleetfall/journal/histogram.ts';
import { binSpanMs, type Ending } from '@fleetfall/report/page/model/latencies.ts';
import {
  addWindow,
  decodeLoadRows,
  encodeLoadRows,
  type LoadRows,
  type LoadWindowRecord,
  makeLoadRows,
} from '@fleetfall/report/page/model/load-rows.ts';
import { expect, test } from 'vitest';

const countsOf = (durationsMs: readonly number[]) => {
  const histogram = new DurationHistogram();
  for (const ms of durationsMs) histogram.record(ms);
  return histogram.toCounts();
};

/** A window in which requests ended after so long, by outcome. */
function windowOf(byOutcome: Readonly<Record<string, readonly number[]>>): LoadWindowRecord {
  const series = Object.entries(byOutcome).map(([outcome, ms]) => ({
    operation: 'PutRecord',
    outcome,
    latency: countsOf(ms),
  }));
  const none = countsOf([]);
  return {
    ...{ kind: 'load', windowEndMs: 0, windowMs: 1_000, offered: 9, sent: 9, dropped: 0, inFlight: 0 },
    ...{ outcomes: [], latencyMs: null, latenessP99Ms: 0, targetsReady: 1 },
    histograms: {
      latency: countsOf(byOutcome.ok ?? []),
      service: none,
      lateness: none,
      loopDelay: none,
      series,
    },
  } as LoadWindowRecord;
}

const count = ({ latencies }: LoadRows, ending: Ending, ms: number): number =>
  latencies
    .filter(({ bin }) => ms >= binSpanMs(bin)[0] && ms < binSpanMs(bin)[1])
    .filter((column) => column.ending === ending)
    .flatMap(({ cells }) => cells)
    .reduce<number>((sum, cell) => sum + (cell ?? 0), 0);

test('requests lie where they took so long, by whether they were served, refused or not answered', () => {
  const rows = makeLoadRows();
  addWindow(
    rows,
    1_000,
    windowOf({
      ok: [0.001, 2.2, 2.4, 450],
      ServiceUnavailable: [2.3],
      timeout: [5_000],
      'client-error': [30],
    }),
  );
  expect([count(rows, 'served', 2.3), count(rows, 'served', 450), count(rows, 'served', 0.011)]).toEqual([
    2, 1, 1,
  ]);
  expect([count(rows, 'failed', 2.3), count(rows, 'failed', 5_000)]).toEqual([1, 0]);
  expect([count(rows, 'unanswered', 2.3), count(rows, 'unanswered', 5_001)]).toEqual([0, 1]);
  // What failed in the load itself nobody answered.
  expect([count(rows, 'failed', 30), count(rows, 'unanswered', 30)]).toEqual([0, 1]);
});

test('none is lost when windows are put together, and all come back from a report', () => {
  const rows = makeLoadRows();
  const windows = 5_000;
  for (let window = 1; window <= windows; window += 1) {
    const ms = window % 7 === 0 ? [3, 700] : [3];
    addWindow(rows, window * 1_000, windowOf({ ok: ms }));
  }
  const read = decodeLoadRows(JSON.parse(JSON.stringify(encodeLoadRows(rows))));
  expect(read.endMs.length).toBeLessThan(windows);
  for (const each of [rows, read]) {
    expect(count(each, 'served', 3)).toBe(windows);
    expect(count(each, 'served', 700)).toBe(Math.floor(windows / 7));
  }
  addWindow(read, (windows + 1) * 1_000, windowOf({ ok: [3] }));
  expect(count(read, 'served', 3)).toBe(windows + 1);
});

test('a journal of before histograms were kept has none', () => {
  const rows = makeLoadRows();
  const { histograms, ...older } = windowOf({ ok: [3] });
  expect(histograms).toBeDefined();
  addWindow(rows, 1_000, older);
  expect(rows.latencies).toEqual([]);
});
