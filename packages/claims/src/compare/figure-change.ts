/**
 * One figure on both sides, and whether it changed by more than it varies. Over trials where both sides have five
 * or more. Of fewer the interval is over the seconds of the runs, which says how steady a run was and nothing of how
 * runs differ: it is shown, and whether the figure changed is decided of outcomes only, of each run: of a size, of a
 * fleet that is no longer healthy, of a recovery that does not come.
 */
import { HEALTHY_AT_LEAST, OUTAGE_BELOW } from '../arm-outcome.ts';
import { median } from '../quantiles.ts';
import { BOOTSTRAP_MIN, bootstrapDifference, bootstrapInterval, mean } from '../statistics/bootstrap.ts';
import type { Interval } from '../statistics/interval.ts';
import type { Reading } from './compared-run.ts';
import { FIGURE_NAMES, FIGURES, type FigureKind, type FigureName } from './figure-list.ts';

/**
 * Trials of each side that a difference over trials needs. Three against three of the same kind lie wholly apart by
 * chance once in ten times, four once in 35, five once in 126.
 */
export const TRIALS_MIN = 5;
/** Figures of which it is asked whether they got worse, all at once. */
const JUDGED = FIGURE_NAMES.filter((name) => FIGURES[name].worse !== 'neither').length;

/**
 * `unclear`: it cannot be told; `undecided`: more runs could tell it, the sides have fewer than {@link TRIALS_MIN};
 * `changed`: it did, and neither direction is worse.
 */
export type Change = 'better' | 'worse' | 'same' | 'changed' | 'unclear' | 'undecided';

/** A figure of one side. */
export interface SideFigure {
  /** Median of the trials, of a share of fewer than {@link TRIALS_MIN} the mean; null when no run came to it. */
  readonly value: number | null;
  /** Runs that came to it. */
  readonly present: number;
  readonly runs: number;
  readonly interval: Interval | null;
}

export interface FigureChange {
  readonly name: FigureName;
  readonly label: string;
  readonly unit: (typeof FIGURES)[FigureName]['unit'];
  /** What the intervals are over. */
  readonly over: 'trials' | 'load windows' | 'nothing';
  readonly before: SideFigure;
  readonly after: SideFigure;
  /** Interval of after − before, right with 95 % for all figures together; null where there is nothing to make one of. */
  readonly difference: Interval | null;
  readonly change: Change;
}

export function figureChange(
  name: FigureName,
  before: readonly Reading[],
  after: readonly Reading[],
  seed: string,
): FigureChange {
  const { label, unit } = FIGURES[name];
  const [trialsBefore, trialsAfter] = [before, after].map(valuesOf) as [number[], number[]];
  const byTrials = Math.min(trialsBefore.length, trialsAfter.length) >= TRIALS_MIN;
  const [windowsBefore, windowsAfter] = [before, after].map((side) =>
    side.flatMap(({ windows }) => windows),
  ) as [number[], number[]];
  const byWindows = !byTrials && Math.min(windowsBefore.length, windowsAfter.length) >= BOOTSTRAP_MIN;
  // A share is the mean of its windows, weighed; a latency is the median of what each window says.
  const statistic = !byTrials && unit === 'share' ? mean : median;
  const key = `${seed}/${name}`;
  const side = (readings: readonly Reading[], values: number[], windows: number[], which: string) => ({
    value: values.length === 0 ? null : statistic(values),
    present: values.length,
    runs: readings.length,
    interval: bootstrapInterval(byTrials ? values : byWindows ? windows : [], statistic, `${key}/${which}`),
  });
  const figure = {
    name,
    label,
    unit,
    over: byTrials ? ('trials' as const) : byWindows ? ('load windows' as const) : ('nothing' as const),
    before: side(before, trialsBefore, windowsBefore, 'before'),
    after: side(after, trialsAfter, windowsAfter, 'after'),
    difference: byTrials
      ? bootstrapDifference(trialsBefore, trialsAfter, statistic, key, JUDGED)
      : byWindows
        ? bootstrapDifference(windowsBefore, windowsAfter, statistic, key, JUDGED)
        : null,
  };
  const standing = unit === 'share' && !byTrials ? standingChange(before, after, figure.difference, key) : 0;
  return { ...figure, change: changeOf(figure, standing) };
}

function valuesOf(readings: readonly Reading[]): number[] {
  return readings.map(({ value }) => value).filter((value) => value !== null);
}

/** @param standing in which direction the standing of the runs changed. */
function changeOf(figure: Omit<FigureChange, 'change'>, standing: number): Change {
  const { name, before, after, difference, unit, over } = figure;
  const { worse, absent } = FIGURES[name];
  if (over === 'trials' && difference !== null) {
    return holdsNought(difference) ? 'same' : directed(worse, difference.low);
  }
  const came = after.present / after.runs - before.present / before.runs;
  if (came !== 0 && absent === 'worst') return came < 0 ? 'worse' : 'better';
  if (before.value === null || after.value === null) return came === 0 ? 'same' : appeared(absent, came);
  const by = after.value - before.value;
  const outcome = unit === 'size' ? by : standing;
  if (outcome !== 0) return directed(worse, outcome);
  const isEqual = by === 0 && came === 0 && (difference === null || holdsNought(difference));
  return isEqual ? 'same' : 'undecided';
}

const holdsNought = ({ low, high }: Interval): boolean => low <= 0 && high >= 0;
const bearsOut = (difference: Interval | null, by: number): boolean =>
  difference === null || (by > 0 ? difference.low > 0 : difference.high < 0);

/** Of too few runs, a share tells only when it crosses from one of these to another: outage, degraded, healthy. */
function standingOf(share: number): 0 | 1 | 2 {
  if (share >= HEALTHY_AT_LEAST) return 2;
  return share < OUTAGE_BELOW ? 0 : 1;
}

/**
 * Below nought when the worst of the runs or the one in their middle stands lower than it did, above when higher: an
 * outage in one run of three is one. Nought when the load windows do not bear it out, or the two are at odds.
 * @param difference of all runs; the worst are held against one another by their own windows.
 */
function standingChange(
  before: readonly Reading[],
  after: readonly Reading[],
  difference: Interval | null,
  key: string,
): number {
  const [was, is] = [worstOf(before), worstOf(after)];
  if (was === undefined || is === undefined) return 0;
  const worst = Math.sign(standingOf(is.value) - standingOf(was.value));
  const middle = Math.sign(standingOf(median(valuesOf(after))) - standingOf(median(valuesOf(before))));
  if (worst * middle < 0) return 0;
  const ofWorst = bootstrapDifference(was.windows, is.windows, mean, `${key}/worst`, JUDGED);
  if (worst !== 0 && bearsOut(ofWorst, worst)) return worst;
  return bearsOut(difference, middle) ? middle : 0;
}

function worstOf(readings: readonly Reading[]) {
  return readings
    .flatMap(({ value, windows }) => (value === null ? [] : { value, windows }))
    .toSorted((a, b) => a.value - b.value)[0];
}

/** One side has the figure and the other has it in no run: nothing broke there. */
function appeared(absent: FigureKind['absent'], came: number): Change {
  if (absent !== 'best') return 'unclear';
  return came > 0 ? 'worse' : 'better';
}

function directed(worse: 'higher' | 'lower' | 'neither', by: number): Change {
  if (worse === 'neither') return 'changed';
  return by > 0 === (worse === 'higher') ? 'worse' : 'better';
}
