/**
 * Two runs, or two lists of trials, side by side: what stands in the way of comparing them, each figure with its
 * interval and whether it got worse beyond it, the claims that changed. A function of journals alone, seeded, so
 * that it says the same each time it is asked.
 */
import type { Arm } from '@fleetfall/journal/records.ts';
import type { Outcome } from '../arm-outcome.ts';
import type { ClaimVerdict } from '../claim.ts';
import { claimOverTrials } from '../statistics/claim-over-trials.ts';
import type { Interval } from '../statistics/interval.ts';
import { wilsonInterval } from '../statistics/wilson.ts';
import { type BaselineDifference, baselineDifferences, shortOfTrials, stillReadable } from './baseline.ts';
import type { ComparedControl, ComparedRun } from './compared-run.ts';
import { type Change, type FigureChange, figureChange } from './figure-change.ts';
import { FIGURE_NAMES } from './figure-list.ts';

/** 0 nothing got worse, 1 something did, 2 there is no baseline to say so by. */
const EXIT_CODES = { 'not-worse': 0, worse: 1, 'no-baseline': 2 } as const;

/** A claim whose answer is not what it was. */
export interface ClaimChange {
  readonly id: string;
  readonly before: ClaimVerdict;
  readonly after: ClaimVerdict;
}

/** What a control came to, run by run, and what users got of it at full size. */
export interface ControlChange {
  readonly arm: Arm;
  readonly before: readonly Outcome[];
  readonly after: readonly Outcome[];
  readonly goodputDuring: FigureChange;
}

/** How many runs of a side were as expected, of those that there were to be. */
export interface AsExpected {
  readonly count: number;
  readonly runs: number;
  /** Of the rate, whether none of the runs that are missing was as expected or all of them were. */
  readonly interval: Interval;
}

export interface Comparison {
  readonly result: keyof typeof EXIT_CODES;
  readonly exitCode: (typeof EXIT_CODES)[keyof typeof EXIT_CODES];
  /** Empty when the two can be compared. */
  readonly baseline: readonly BaselineDifference[];
  /** What can be read all the same; empty when all can. */
  readonly stillReadable: readonly string[];
  readonly runs: { readonly before: number; readonly after: number };
  readonly asExpected: { readonly before: AsExpected; readonly after: AsExpected; readonly change: Change };
  readonly figures: readonly FigureChange[];
  /** Of each control that either side has. */
  readonly controls: readonly ControlChange[];
  readonly claims: readonly ClaimChange[];
  /** What got worse, by name. */
  readonly worse: readonly string[];
  /** What too few runs leave open, by name. */
  readonly undecided: readonly string[];
}

/** Trials that a side was to have and of which it has no journal. */
export interface MissingTrials {
  readonly before: number;
  readonly after: number;
}

/**
 * Compares.
 * @param missing a side that is short of trials is not whole: what came of those is not known to have been as expected.
 * @param seed of the resampling.
 * @throws RangeError when a side has no run.
 */
export function compareRuns(
  before: readonly ComparedRun[],
  after: readonly ComparedRun[],
  missing: MissingTrials = { before: 0, after: 0 },
  seed = 'compare',
): Comparison {
  if (before.length === 0 || after.length === 0) throw new RangeError('both sides must have a run');
  const planned = { before: before.length + missing.before, after: after.length + missing.after };
  const baseline = [
    ...baselineDifferences(before, after),
    ...shortOfTrials([before.length, planned.before], [after.length, planned.after]),
  ];
  const figures = FIGURE_NAMES.map((name) =>
    figureChange(
      name,
      before.map((run) => run.figures[name]),
      after.map((run) => run.figures[name]),
      seed,
    ),
  );
  const asExpected = {
    before: expectedOf(before, planned.before),
    after: expectedOf(after, planned.after),
  };
  const isWhole = missing.before + missing.after === 0;
  const change = expectedChange(asExpected.before, asExpected.after, isWhole);
  const controls = controlChanges(before, after, seed);
  const named = (wanted: Change): string[] => [
    ...(change === wanted ? ['as expected'] : []),
    ...figures.filter((figure) => figure.change === wanted).map(({ label }) => label),
    ...controls
      .filter(({ goodputDuring }) => goodputDuring.change === wanted)
      .map(({ arm, goodputDuring }) => `${arm}: ${goodputDuring.label}`),
  ];
  const worse = named('worse');
  const result = baseline.length > 0 ? 'no-baseline' : worse.length > 0 ? 'worse' : 'not-worse';
  return {
    result,
    exitCode: EXIT_CODES[result],
    baseline,
    stillReadable: stillReadable(baseline),
    runs: { before: before.length, after: after.length },
    asExpected: { ...asExpected, change },
    figures,
    controls,
    claims: claimChanges(before, after),
    worse,
    undecided: named('undecided'),
  };
}

function expectedOf(runs: readonly ComparedRun[], planned: number): AsExpected {
  const count = runs.filter(({ verdict }) => verdict === 'as-expected').length;
  const missing = planned - runs.length;
  const { high } = wilsonInterval(count + missing, planned);
  return { count, runs: planned, interval: { ...wilsonInterval(count, planned), high } };
}

/** Over trials when the two intervals of the rate lie apart; of single runs when one was and the other was not. */
function expectedChange(was: AsExpected, is: AsExpected, isWhole: boolean): Change {
  if (is.interval.high < was.interval.low) return 'worse';
  if (is.interval.low > was.interval.high) return 'better';
  if (!isWhole) return 'unclear';
  const by = is.count / is.runs - was.count / was.runs;
  if (by === 0) return 'same';
  if (was.runs + is.runs > 2) return 'unclear';
  return by < 0 ? 'worse' : 'better';
}

function controlChanges(
  before: readonly ComparedRun[],
  after: readonly ComparedRun[],
  seed: string,
): ControlChange[] {
  const arms = new Set([...before, ...after].flatMap(({ controls }) => controls.map(({ arm }) => arm)));
  return [...arms].map((arm) => {
    const of = (runs: readonly ComparedRun[]): ComparedControl[] =>
      runs.flatMap(({ controls }) => controls.filter((control) => control.arm === arm));
    const [was, is] = [of(before), of(after)];
    const readings = (side: readonly ComparedControl[]) => side.map(({ goodputDuring }) => goodputDuring);
    return {
      arm,
      before: was.map(({ outcome }) => outcome),
      after: is.map(({ outcome }) => outcome),
      goodputDuring: figureChange('goodputDuring', readings(was), readings(is), `${seed}/${arm}`),
    };
  });
}

function claimChanges(before: readonly ComparedRun[], after: readonly ComparedRun[]): ClaimChange[] {
  const ids = [...new Set([...before, ...after].flatMap(({ claims }) => claims.map(({ id }) => id)))];
  return ids
    .map((id) => ({ id, before: answer(before, id), after: answer(after, id) }))
    .filter((change) => change.before !== change.after);
}

/** A single run's own answer, or that of all trials together. */
function answer(runs: readonly ComparedRun[], id: string): ClaimVerdict {
  const verdicts = runs.map(
    ({ claims }): ClaimVerdict => claims.find((claim) => claim.id === id)?.verdict ?? 'unknown',
  );
  const [only] = verdicts;
  return verdicts.length === 1 && only !== undefined ? only : claimOverTrials(id, verdicts).verdict;
}
