/**
 * Watches a condition on a run's figures as the journal is written: whether it holds, and has held without a break
 * for as long as it asks. Without a sample nothing holds.
 */
import type { Condition, Metric } from '@fleetfall/experiment/condition.ts';
import type { Bound } from '@fleetfall/experiment/quantity.ts';
import type { Arm, JournalRecord } from '@fleetfall/journal/records.ts';
import type { LoadRecord } from '@fleetfall/protocol/load-stdio.ts';
import type { FrontEndState } from '@fleetfall/protocol/member-state.ts';
import { OK } from './load-evidence.ts';

export interface ConditionWatch {
  /** Takes the next record of the journal in. */
  heed(record: JournalRecord): void;
  /** Whether the condition holds, as of the last record. */
  holds(): boolean;
  /** One clause with the last figure: `goodput is 40.0 %, must be >= 99 %`. */
  account(): string;
}

/** A figure over a span of monotonic time. */
interface Sample {
  readonly beginMs: number;
  readonly endMs: number;
  readonly value: number;
}

/** Turns records into samples of one metric. */
type Measure = (record: JournalRecord) => Sample | undefined;

/** Watches a condition on one arm. */
export function watchCondition(condition: Condition, arm: Arm): ConditionWatch {
  const measure = measureOf(condition.metric);
  let loadBeganMs: number | undefined;
  let heldSinceMs: number | undefined;
  let last: Sample | undefined;
  return {
    heed(record) {
      if (!('arm' in record) || record.arm !== arm) return;
      if (record.kind === 'load' && record.record.kind === 'load')
        loadBeganMs ??= record.monoMs - record.record.windowMs;
      const sample = measure(record);
      if (sample === undefined) return;
      if (loadBeganMs === undefined || sample.beginMs < loadBeganMs + condition.after) return;
      last = sample;
      heldSinceMs = isWithin(sample.value, condition.is) ? (heldSinceMs ?? sample.beginMs) : undefined;
    },
    holds: () => heldSinceMs !== undefined && last !== undefined && last.endMs - heldSinceMs >= condition.for,
    account() {
      const seen = last === undefined ? 'has no sample' : `is ${figure(condition.metric, last.value)}`;
      const { operator, value } = condition.is;
      return `${condition.metric} ${seen}, asked for is ${operator} ${figure(condition.metric, value)} for ${condition.for} ms`;
    },
  };
}

/** Whether a figure keeps to a bound. */
export function isWithin(value: number, { operator, value: bound }: Bound): boolean {
  switch (operator) {
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
    case '==':
      return value === bound;
  }
}

const FRACTIONS: ReadonlySet<Metric> = new Set(['goodput', 'error-rate', 'completeness']);

function figure(metric: Metric, value: number): string {
  return FRACTIONS.has(metric) ? `${(value * 100).toFixed(1)} %` : String(Math.round(value * 10) / 10);
}

function measureOf(metric: Metric): Measure {
  switch (metric) {
    case 'goodput':
      return ofLoad(({ ok, ended }) => (ended === 0 ? 0 : ok / ended));
    case 'error-rate':
      return ofLoad(({ ok, ended }) => (ended === 0 ? 1 : 1 - ok / ended));
    case 'ok-rate':
      return ofLoad(({ ok, seconds }) => ok / seconds);
    case 'dropped':
      return ofLoad(({ dropped, seconds }) => dropped / seconds);
    case 'latency-p50':
      return ofLatency(({ p50 }) => p50);
    case 'latency-p99':
      return ofLatency(({ p99 }) => p99);
    case 'tasks':
      return ofFrontEnds(({ kernel }) => kernel?.tasks ?? null, Math.max);
    case 'map-age':
      return ofFrontEnds(({ shardMap }) => shardMap.ageMs, Math.max);
    case 'completeness':
      return ofFrontEnds(({ shardMap }) => shardMap.completeness, Math.min);
    case 'front-ends':
      return fleetSize();
    case 'refusals':
      return refusals();
  }
}

interface LoadFigures {
  readonly ok: number;
  /** With those that were due and could not be sent. */
  readonly ended: number;
  readonly dropped: number;
  readonly seconds: number;
}

function ofLoad(value: (figures: LoadFigures) => number): Measure {
  return (record) => {
    if (record.kind !== 'load' || record.record.kind !== 'load') return undefined;
    const { outcomes, dropped, windowMs, offered } = record.record;
    let ok = 0;
    let ended = dropped;
    for (const { outcome, count } of outcomes) {
      ended += count;
      if (outcome === OK) ok += count;
    }
    if (offered + ended === 0) return undefined;
    return {
      beginMs: record.monoMs - windowMs,
      endMs: record.monoMs,
      value: value({ ok, ended, dropped, seconds: windowMs / 1_000 }),
    };
  };
}

type Latency = NonNullable<Extract<LoadRecord, { kind: 'load' }>['latencyMs']>;

/** A window in which nothing ended well has no latency: nothing is known of it, and no bound is kept. */
function ofLatency(value: (latencyMs: Latency) => number): Measure {
  return (record) => {
    if (record.kind !== 'load' || record.record.kind !== 'load') return undefined;
    const { latencyMs, windowMs, offered } = record.record;
    if (latencyMs === null && offered === 0) return undefined;
    return {
      beginMs: record.monoMs - windowMs,
      endMs: record.monoMs,
      value: latencyMs === null ? Number.NaN : value(latencyMs),
    };
  };
}

function frontEndState(record: JournalRecord): FrontEndState | undefined {
  if (record.kind !== 'observer' || record.record.kind !== 'sample') return undefined;
  const { state } = record.record;
  return state.role === 'front-end' ? state : undefined;
}

/** The extreme over the front-ends that run, each by its last sample. */
function ofFrontEnds(
  value: (state: FrontEndState) => number | null,
  extreme: (...values: number[]) => number,
): Measure {
  const latest = new Map<string, number>();
  return (record) => {
    if (record.kind === 'member' && record.event !== 'started') latest.delete(record.memberId);
    const state = frontEndState(record);
    if (state === undefined) return undefined;
    const own = value(state);
    if (own !== null) latest.set(state.memberId, own);
    if (latest.size === 0) return undefined;
    return { beginMs: record.monoMs, endMs: record.monoMs, value: extreme(...latest.values()) };
  };
}

/** Sums the kernel's counts over incarnations: each has a counter of its own. */
function refusals(): Measure {
  const hits = new Map<string, number>();
  return (record) => {
    const state = frontEndState(record);
    if (state?.kernel == null) return undefined;
    hits.set(`${state.memberId} ${state.incarnation}`, state.kernel.limitHits);
    const value = [...hits.values()].reduce((sum, each) => sum + each, 0);
    return { beginMs: record.monoMs, endMs: record.monoMs, value };
  };
}

/** Told when it changes, and seen again with every sample of a front-end. */
function fleetSize(): Measure {
  let size = 0;
  return (record) => {
    if (record.kind === 'member' && record.role === 'front-end') size = record.frontEnds;
    else if (frontEndState(record) === undefined) return undefined;
    return { beginMs: record.monoMs, endMs: record.monoMs, value: size };
  };
}
