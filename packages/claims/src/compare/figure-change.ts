/**
 * One figure on both sides, and whether it changed by more than it varies. Over trials where both sides have five
 * or more. Of fewer the interval is over the seconds of the runs, which says how steady a run was and nothing of how
 * runs differ: it is shown, and whether the figure changed is decided of outcomes only: of a size, of a fleet that is
 * no longer healthy.
 */
import { HEALTHY_AT_LEAST, OUTAGE_BELOW } from '../arm-outcome.ts';
import { median } from '../quantiles.ts';
import { BOOTSTRAP_MIN, bootstrapDifference, bootstrapInterval, mean } from '../statistics/bootstrap.ts';
import type { Interval } from '../statistics/interval.ts';
import type { Reading } from './compared-run.ts';
import { FIGURE_NAMES, FIGURES, type FigureName } from './figure-list.ts';

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
  /** Median of the trials, or the run's own; null when no run came to it. */
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
    value: values.length === 0 ? null : median(values),
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
  return { ...figure, change: changeOf(figure) };
}

function valuesOf(readings: readonly Reading[]): number[] {
  return readings.map(({ value }) => value).filter((value) => value !== null);
}

function changeOf(figure: Omit<FigureChange, 'change'>): Change {
  const { name, before, after, difference, unit, over } = figure;
  const kind = FIGURES[name];
  if (before.value === null && after.value === null) return 'same';
  if (before.value === null || after.value === null) return appeared(figure);
  if (over === 'trials' && difference !== null) {
    return holdsNought(difference) ? 'same' : directed(kind.worse, difference.low);
  }
  const by = after.value - before.value;
  if (by === 0) return 'same';
  const isOutcome =
    unit === 'size' || (unit === 'share' && standingOf(before.value) !== standingOf(after.value));
  const isSteady = difference === null || !holdsNought(difference);
  return isOutcome && isSteady ? directed(kind.worse, by) : 'undecided';
}

const holdsNought = ({ low, high }: Interval): boolean => low <= 0 && high >= 0;

/** Of too few runs, a share tells only when it crosses from one of these to another. */
function standingOf(share: number): 'healthy' | 'degraded' | 'outage' {
  if (share >= HEALTHY_AT_LEAST) return 'healthy';
  return share < OUTAGE_BELOW ? 'outage' : 'degraded';
}

/** One side has the figure and the other has it in no run: nothing broke there, or nothing came back. */
function appeared({ name, before }: Omit<FigureChange, 'change'>): Change {
  const { absent } = FIGURES[name];
  if (absent === 'unclear') return 'unclear';
  return (absent === 'best') === (before.value === null) ? 'worse' : 'better';
}

function directed(worse: 'higher' | 'lower' | 'neither', by: number): Change {
  if (worse === 'neither') return 'changed';
  return by > 0 === (worse === 'higher') ? 'worse' : 'better';
}
