/**
 * How the figures that conditions are on are measured from the journal, record by record. Figures of the load come
 * from its windows, by the arithmetic of thresholds (`journal/load-sample.ts`); a latency from the histograms of all
 * windows that its condition asks for, added up, since percentiles of windows say nothing of the whole. Figures of the
 * fleet are what its front-ends last said.
 */
import { type Condition, type OtherMetric, readMetric } from '@fleetfall/experiment/condition.ts';
import { createSample, isSilent, voidLatencyReason, watchSilence } from '@fleetfall/journal/load-sample.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import type { FrontEndState } from '@fleetfall/protocol/member-state.ts';
import { isDuration, type ThresholdMetric } from '@fleetfall/protocol/threshold.ts';
import { type ArmSoFar, frontEndState } from './arm-so-far.ts';
import { answersOf, OK, voidCountReason, type Window, wentToKnown } from './load-evidence.ts';

/** A figure over a span of monotonic time. Not a number where nothing can be said of it: it keeps no bound then. */
export interface Sample {
  readonly beginMs: number;
  readonly endMs: number;
  readonly value: number;
}

/** A span in which the load was invalid, and how. */
interface VoidSpan {
  readonly beginMs: number;
  readonly endMs: number;
  readonly reason: string;
}

/** Turns records into samples of one metric. What began before `fromMs` is not looked at. */
type Measure = (record: JournalRecord, soFar: ArmSoFar, fromMs: number) => Sample | VoidSpan | undefined;

/** Whether a condition is on what the load shows. */
export function isOfLoad({ metric }: Pick<Condition, 'metric'>): boolean {
  const read = readMetric(metric);
  return read?.kind === 'threshold' || read?.metric === 'ok-rate' || read?.metric === 'dropped';
}

export function measureOf(condition: Condition): Measure {
  const read = readMetric(condition.metric);
  if (read === null) throw new RangeError(`Cannot measure '${condition.metric}': it is no metric`);
  const { cohort } = condition;
  if (read.kind === 'other') return ofOther(read.metric, cohort);
  if (isDuration(read.metric)) return ofLatency(read.metric, condition);
  return ofCounts((window) => share(read.metric, ofCohort(window, cohort)));
}

function ofOther(metric: OtherMetric, cohort: Condition['cohort']): Measure {
  switch (metric) {
    case 'ok-rate':
      return ofCounts((window) => okPerSecond(ofCohort(window, cohort)));
    case 'dropped':
      return ofCounts(({ dropped, windowMs }) => (dropped * 1_000) / windowMs);
    case 'tasks':
      return ofFleet(({ states }) => extreme(states, ({ kernel }) => kernel?.tasks ?? null, Math.max));
    case 'map-age':
      return ofFleet(({ states }) => extreme(states, ({ shardMap }) => shardMap.ageMs, Math.max));
    case 'completeness':
      return ofFleet(({ states }) => extreme(states, ({ shardMap }) => shardMap.completeness, Math.min));
    case 'front-ends':
      return ofFleet(({ frontEnds }) => frontEnds);
    case 'refusals':
      return ofFleet(({ refusals }) => refusals);
  }
}

/** The window that a record tells of, with its span; undefined for any other record, and before its time. */
function windowIn(
  record: JournalRecord,
  fromMs: number,
): { readonly window: Window; readonly beginMs: number; readonly endMs: number } | undefined {
  if (record.kind !== 'load' || record.record.kind !== 'load') return undefined;
  const window = record.record;
  const beginMs = record.monoMs - window.windowMs;
  return beginMs < fromMs ? undefined : { window, beginMs, endMs: record.monoMs };
}

/**
 * Each window for itself.
 * @param value undefined where nothing was due.
 */
function ofCounts(value: (window: Window) => number | undefined): Measure {
  return (record, _soFar, fromMs) => {
    const seen = windowIn(record, fromMs);
    if (seen === undefined) return undefined;
    const { window, beginMs, endMs } = seen;
    const reason = voidCountReason(window);
    if (reason !== null) return { beginMs, endMs, reason };
    const figure = value(window);
    return figure === undefined ? undefined : { beginMs, endMs, value: figure };
  };
}

/** A window as requests to one cohort were answered. Those that could not be sent went to nobody. */
function ofCohort(window: Window, cohort: Condition['cohort']): Window {
  const answers = answersOf(window.outcomes);
  if (cohort === undefined) return { ...window, outcomes: answers };
  return {
    ...window,
    outcomes: answers.filter((each) => each.cohort === cohort && wentToKnown(each)),
    offered: 0,
    dropped: 0,
    inFlight: 0,
  };
}

/** As a fraction. Where nothing came back in a window, what was under way throughout hangs. */
function share(metric: ThresholdMetric, window: Window): number | undefined {
  const of = { metric, bound: 0 };
  const [sample, silence] = [createSample(of), watchSilence(of)];
  sample.add(window);
  silence.take(window);
  const percent = sample.figure(silence.hanging);
  return percent === null ? undefined : percent / 100;
}

function okPerSecond({ outcomes, windowMs }: Window): number {
  const ok = outcomes.reduce((sum, { outcome, count }) => sum + (outcome === OK ? count : 0), 0);
  return (ok * 1_000) / windowMs;
}

/**
 * Of the last windows together, as many as come to what the condition is for. A window in which requests ended and that
 * says nothing of how long they take keeps no bound, and what follows begins anew. So does a silent one, unless so few
 * requests are under way in it that they may have become due just before its end, as happens at a low rate: that one is
 * passed over, until such windows come to what the condition is for.
 */
function ofLatency(metric: ThresholdMetric, { is, for: forMs }: Pick<Condition, 'is' | 'for'>): Measure {
  const of = { metric, bound: is.value };
  const silence = watchSilence(of);
  let together: Window[] = [];
  let silentMs = 0;
  const figureOf = (windows: readonly Window[]): number | null => {
    const sample = createSample(of);
    for (const each of windows) sample.add(each);
    return sample.figure(silence.hanging);
  };
  return (record, _soFar, fromMs) => {
    const seen = windowIn(record, fromMs);
    if (seen === undefined) return undefined;
    const { window, beginMs, endMs } = seen;
    const reason = voidLatencyReason(window);
    if (reason !== null) {
      silence.lose();
      return { beginMs, endMs, reason };
    }
    silence.take(window);
    if (figureOf([window]) === null) {
      const isIdle = isSilent(window) && window.offered === 0 && window.inFlight === 0;
      if (isIdle) return undefined;
      together = [];
      silentMs += window.windowMs;
      const isOpen = isSilent(window) && mayKeep(window, is.value) && silentMs < forMs;
      return isOpen ? undefined : { beginMs, endMs, value: Number.NaN };
    }
    silentMs = 0;
    together.push(window);
    while (lengthOf(together.slice(1)) >= forMs) together.shift();
    return { beginMs: endMs - lengthOf(together), endMs, value: figureOf(together) ?? Number.NaN };
  };
}

/** Whether all that became due in a window, at an even pace, and is under way may have been so for less than a bound. */
function mayKeep({ offered, inFlight, windowMs }: Window, boundMs: number): boolean {
  return Math.min(offered, inFlight) <= Math.ceil(offered * Math.min(1, boundMs / windowMs));
}

const lengthOf = (windows: readonly Window[]): number =>
  windows.reduce((sum, { windowMs }) => sum + windowMs, 0);

/** Seen again with every sample of a front-end, and with every member that comes or goes. */
function ofFleet(value: (soFar: ArmSoFar) => number | undefined): Measure {
  return (record, soFar, fromMs) => {
    if (record.kind !== 'member' && frontEndState(record) === undefined) return undefined;
    if (record.monoMs < fromMs) return undefined;
    const figure = value(soFar);
    return figure === undefined ? undefined : { beginMs: record.monoMs, endMs: record.monoMs, value: figure };
  };
}

/** The extreme over the front-ends that run, each by its last sample. */
function extreme(
  states: readonly FrontEndState[],
  value: (state: FrontEndState) => number | null,
  most: (...values: number[]) => number,
): number | undefined {
  const values = states.flatMap((state) => value(state) ?? []);
  return values.length === 0 ? undefined : most(...values);
}
