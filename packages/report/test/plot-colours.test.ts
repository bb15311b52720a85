import { DurationHistogram } from '@fleetfall/journal/histogram.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import type { ArmModel } from '@fleetfall/report/page/model/arm-model.ts';
import { modelOf } from '@fleetfall/report/page/model/run-model.ts';
import { expect, test } from 'vitest';
import { tellRun } from '../../claims/test/journal-builder.ts';
import { alarmsPlot } from '../src/page/client/alarm-plot.ts';
import { latencyDensityPlot } from '../src/page/client/latency-density.ts';
import { failedSharePlot, latencyPlot, requestsPlot } from '../src/page/client/load-plots.ts';
import { completenessPlot, mapAgePlot, refusalsPlot, threadsPlot } from '../src/page/client/member-plots.ts';
import type { PlotSpec } from '../src/page/client/plot-spec.ts';

/** Requests in each second that were served, refused and not answered, as a load tells them. */
function withHistograms(record: JournalRecord): JournalRecord {
  if (record.kind !== 'load' || record.record.kind !== 'load') return record;
  const took = (ms: number) => {
    const histogram = new DurationHistogram();
    histogram.record(ms);
    return histogram.toCounts();
  };
  const series = Object.entries({ ok: 2, ServiceUnavailable: 3, timeout: 2_000 }).map(([outcome, ms]) => ({
    ...{ operation: 'PutRecord', outcome, latency: took(ms) },
  }));
  const [latency, rest] = [took(2), took(1)];
  const histograms = { latency, service: rest, lateness: rest, loopDelay: rest, series };
  return { ...record, record: { ...record.record, histograms } } as JournalRecord;
}

const arm = modelOf(tellRun().map(withHistograms)).arms[0] as ArmModel;
const plots = [
  ...[requestsPlot(arm), failedSharePlot(arm), latencyPlot(arm), latencyDensityPlot(arm)],
  ...[alarmsPlot(arm), threadsPlot(arm), refusalsPlot(arm, 0), mapAgePlot(arm), completenessPlot(arm)],
].filter((plot): plot is PlotSpec => plot !== null);

test('the colour of a cohort stands for that cohort on every plot', () => {
  expect(plots).toHaveLength(9);
  for (const { id, keys } of plots) {
    for (const { colour, text } of keys) {
      if (colour === 'incumbent' || colour === 'newcomer') expect(`${id}: ${text}`).toContain(colour);
    }
  }
});

test('every colour that is drawn has a key', () => {
  for (const { id, keys, lines: drawn, shades = [] } of plots) {
    const keyed = new Set(keys.map(({ colour }) => colour));
    const unkeyed = [...drawn, ...shades].map(({ colour }) => colour).filter((colour) => !keyed.has(colour));
    expect({ id, unkeyed: [...new Set(unkeyed)] }).toEqual({ id, unkeyed: [] });
  }
});
