/**
 * One run as a comparison sees it: what it ran on, how it was configured, the figures it came to. Where a figure is
 * of seconds (goodput, latency) the load's windows are kept with it, since of a single run they are all that says
 * how much a figure varies.
 */
import type { Arm, ArmSettings, Expectation, JournalRecord, RunRecord } from '@fleetfall/journal/records.ts';
import { type Outcome, RESTORED_AT_LEAST } from '../arm-outcome.ts';
import { phaseSpan, recordsOf, settingsOf } from '../arm-timeline.ts';
import type { ClaimVerdict } from '../claim.ts';
import { fairWindows, goodputOfWindows, type LoadWindow, loadWindows } from '../goodput.ts';
import { judge, type Verdict } from '../judge.ts';
import { voidCountReason } from '../load-evidence.ts';
import { median } from '../quantiles.ts';
import type { FigureName } from './figure-list.ts';

/** A figure of one run. */
export interface Reading {
  /** null when the run did not come to it. */
  readonly value: number | null;
  /** The same of each load window; empty where a figure is not of seconds. */
  readonly windows: readonly number[];
}

export interface ComparedRun {
  readonly run: RunRecord;
  /** What its main arm had to come to, and how that was configured: the figures are of it. */
  readonly expect: Expectation | undefined;
  readonly settings: ArmSettings | undefined;
  /** Why the run did not go through to its end; null when it did. */
  readonly cutShort: string | null;
  readonly verdict: Verdict['verdict'];
  readonly claims: readonly { readonly id: string; readonly verdict: ClaimVerdict }[];
  readonly figures: Readonly<Record<FigureName, Reading>>;
  readonly controls: readonly ComparedControl[];
}

/** A control as a comparison sees it: what it came to, and what users got at full size. */
export interface ComparedControl {
  readonly arm: Arm;
  readonly outcome: Outcome;
  readonly goodputDuring: Reading;
}

/** Reads a run out of its journal: of its main arm. @throws RangeError when the records have no head. */
export function comparedRun(records: readonly JournalRecord[]): ComparedRun {
  const run = records.find((record): record is RunRecord & JournalRecord => record.kind === 'run');
  if (run === undefined) throw new RangeError('the journal must begin with a record of its run');
  const verdict = judge(records);
  return {
    run,
    expect: recordsOf(records, 'main', 'arm')[0]?.expect,
    settings: settingsOf(records, 'main'),
    cutShort: cutShort(records),
    verdict: verdict.verdict,
    claims: verdict.claims.map(({ id, verdict: word }) => ({ id, verdict: word })),
    figures: figuresOf(records, verdict),
    controls: verdict.arms
      .filter(({ arm }) => arm !== 'main')
      .map(({ arm, outcome }) => ({
        arm,
        outcome,
        goodputDuring: served(fairWindows(records, arm, 'outage', 'settled')),
      })),
  };
}

function cutShort(records: readonly JournalRecord[]): string | null {
  const end = records.findLast((record) => record.kind === 'end');
  if (end?.kind !== 'end') return 'its journal has no end';
  return end.how === 'complete' ? null : (end.reason ?? 'it does not say why');
}

function figuresOf(records: readonly JournalRecord[], verdict: Verdict): ComparedRun['figures'] {
  const steady = fairWindows(records, 'main', 'steady-state', 'whole');
  const growth = phaseSpan(records, 'main', 'growth');
  const failedMs = verdict.firstFailedRequest?.monoMs;
  const { incumbent, newcomer } = verdict.refusals;
  return {
    predictedSize: single(verdict.prediction?.size),
    observedSize: single(verdict.observed.size),
    goodputBefore: served(steady),
    goodputDuring: served(fairWindows(records, 'main', 'outage', 'settled')),
    goodputAfterRemoval: served(fairWindows(records, 'main', 'removal', 'settled')),
    goodputAfter: served(fairWindows(records, 'main', 'recovery', 'settled')),
    latencyP50Ms: latency(steady, 'p50'),
    latencyP99Ms: latency(steady, 'p99'),
    refusals: single(incumbent.watched + newcomer.watched === 0 ? null : incumbent.hits + newcomer.hits),
    firstFailureMs: single(growth === undefined || failedMs === undefined ? null : failedMs - growth.beginMs),
    recoveryMs: single(recoveryMs(records)),
  };
}

function single(value: number | null | undefined): Reading {
  return { value: value ?? null, windows: [] };
}

function served(windows: readonly LoadWindow[]): Reading {
  return {
    value: goodputOfWindows(windows)?.fraction ?? null,
    windows: windows.flatMap((window) => goodputOfWindows([window])?.fraction ?? []),
  };
}

function latency(windows: readonly LoadWindow[], which: 'p50' | 'p99'): Reading {
  const each = windows.flatMap(({ load }) => load.latencyMs?.[which] ?? []);
  return { value: each.length === 0 ? null : median(each), windows: each };
}

/** From the restart's begin to the end of the first load window from which on service was back for good. */
function recoveryMs(records: readonly JournalRecord[]): number | null {
  const restart = phaseSpan(records, 'main', 'restart');
  if (restart === undefined) return null;
  const since = loadWindows(records, 'main').filter(
    ({ endMs, load }) => endMs - load.windowMs >= restart.beginMs && voidCountReason(load) === null,
  );
  const lastBad = since.findLastIndex((window) => {
    const goodput = goodputOfWindows([window]);
    return goodput !== null && goodput.fraction < RESTORED_AT_LEAST;
  });
  const back = since[lastBad + 1];
  return back === undefined ? null : back.endMs - restart.beginMs;
}
