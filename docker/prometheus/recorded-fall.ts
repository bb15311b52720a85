/**
 * A run's journal as the series that Prometheus would have scraped of its front-ends, for promtool. Each sample of the
 * observer goes through the front-ends' own metrics, so that names and values are those of `/metrics`.
 *
 * The time is stretched: the recorded run was sampled every 250 ms and Prometheus scrapes every 15 s, so 1 s of the run is
 * a minute here. Durations among the values are stretched with it and rounded to a millisecond. Nothing else is changed,
 * and nothing is filled in.
 */
import { frontEndEvents, observationsOf } from '@fleetfall/claims/arm-timeline.ts';
import { createFrontEndMetrics } from '@fleetfall/frontend/metrics.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import type { FrontEndState } from '@fleetfall/protocol/member-state.ts';

export const SCRAPE_SECONDS = 15;
/** What of the run one scrape stands for: the interval at which its observer samples. */
const SCRAPE_OF_RUN_MS = 250;
/** How much longer everything takes here than it took. */
export const STRETCH = (SCRAPE_SECONDS * 1_000) / SCRAPE_OF_RUN_MS;
/** A sample that is older than this, in the run's time, is none: the member did not answer. */
const SAMPLE_AGE_MAX_MS = 2 * SCRAPE_OF_RUN_MS;

export interface InputSeries {
  readonly series: string;
  /** As promtool reads them: numbers, `_` for none, `stale` where the series ends. */
  readonly values: string;
}

/** When something of the run is here, in seconds: at the first scrape that can know of it. */
export function scrapedAtSeconds(monoMs: number): number {
  return Math.ceil(monoMs / SCRAPE_OF_RUN_MS) * SCRAPE_SECONDS;
}

/** The series of all front-ends of the experiment itself. */
export async function inputSeries(records: readonly JournalRecord[]): Promise<InputSeries[]> {
  const scrapes = Math.ceil((records.at(-1)?.monoMs ?? 0) / SCRAPE_OF_RUN_MS) + 1;
  const series = new Map<string, string[]>();
  for (const [memberId, samples] of samplesByMember(records)) {
    for (let scrape = 0; scrape < scrapes; scrape += 1) {
      const nowMs = scrape * SCRAPE_OF_RUN_MS;
      const state = samples.findLast(({ atMs }) => atMs <= nowMs && atMs > nowMs - SAMPLE_AGE_MAX_MS)?.state;
      if (state === undefined) continue;
      for (const { name, labels, value } of await scraped(state)) {
        const key = `${name}{${[`job="front-end"`, `instance="${memberId}"`, ...labels].join(',')}}`;
        const values = series.get(key) ?? Array.from({ length: scrapes }, () => '_');
        values[scrape] = name.endsWith('_seconds') ? inSeconds(value * STRETCH) : String(value);
        series.set(key, values);
      }
    }
  }
  for (const { monoMs, event, memberId } of frontEndEvents(records, 'main')) {
    if (event === 'started') continue;
    const gone = Math.ceil(monoMs / SCRAPE_OF_RUN_MS);
    for (const [key, values] of series) {
      if (!key.includes(`instance="${memberId}"`)) continue;
      // What a last sample still says within its age is older than the end.
      const next = values.findIndex((value, index) => index >= gone && value === '_');
      if (next !== -1) values[next] = 'stale';
    }
  }
  return [...series].map(([name, values]) => ({ series: name, values: values.join(' ') }));
}

const inSeconds = (value: number): string => String(Math.round(value * 1_000) / 1_000);

interface Sample {
  readonly atMs: number;
  readonly state: FrontEndState;
}

function samplesByMember(records: readonly JournalRecord[]): Map<string, Sample[]> {
  const samples = new Map<string, Sample[]>();
  for (const { monoMs, record } of observationsOf(records, 'main', 'sample')) {
    const { state } = record;
    if (state.role !== 'front-end') continue;
    const own = samples.get(state.memberId) ?? [];
    own.push({ atMs: monoMs, state });
    samples.set(state.memberId, own);
  }
  return samples;
}

const LINE = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/;

async function scraped(state: FrontEndState): Promise<{ name: string; labels: string[]; value: number }[]> {
  const text = await createFrontEndMetrics(() => state).metrics();
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = LINE.exec(line) ?? [];
    if (name === undefined) return [];
    return [
      {
        name,
        labels: labels === '' ? [] : labels.split(','),
        value: value === 'Nan' ? Number.NaN : Number(value),
      },
    ];
  });
}
