/**
 * Predicts the breaking size: the first size of the fleet at which the kernel refuses a thread. A line is fitted
 * through kernel task counts at small sizes and followed to the limit, itself read from the kernel. The
 * configuration is never looked at: a prediction that knew the answer would be no result.
 */
import type { Arm, JournalRecord, Prediction } from '@fleetfall/journal/records.ts';
import { isConstructing } from '@fleetfall/protocol/member-state.ts';
import { observationsOf, recordsOfArm } from './arm-timeline.ts';
import { median, quantile } from './quantiles.ts';
import type { StampedArmRecord } from './sorted-records.ts';

/** Slopes below this many threads per peer are none: a fleet of twenty would not have grown by one thread. */
const SLOPE_MIN = 0.05;
/** Slack for sums that are whole numbers but for the last bits of a float, in threads. */
const ROUNDING = 1e-6;
/** How far beyond the predicted size the interval's upper end is looked for, as a multiple of it. */
const INTERVAL_REACH = 4;

/** What was read of the kernel while the fleet stood at one size. */
export interface SizeMeasurement {
  readonly frontEnds: number;
  /** Every reading of `pids.current`, all front-ends together. */
  readonly taskSamples: readonly number[];
  /**
   * Those of them at which no construction was under way, by the front-end's own word in the same answer.
   * @default none: it is not known
   */
  readonly quietSamples?: readonly number[];
  /** The highest `pids.peak` of each front-end; empty where the kernel has none. */
  readonly peaks: readonly number[];
}

export interface PredictionInput {
  /** Two sizes or more. */
  readonly sizes: readonly SizeMeasurement[];
  /** The members' `pids.max`, as the kernel tells it. */
  readonly limit: number;
}

/**
 * Fits tasks(N) = a + k·(N − 1) by least squares through the median of each size, and solves for the first size
 * at which a + k·(N − 1) + c exceeds the limit: floor((limit − a − c) ÷ k) + 2.
 *
 * c is taken at the largest size alone, where links outnumber whatever a member's boot briefly held, so that a
 * peak left behind by the boot cannot pass for a construction. The interval's ends come from the fit's residual,
 * widened as prediction intervals widen away from the measured sizes, and from the spread of c.
 * @throws RangeError with fewer than two sizes that hold samples: no line goes through one point.
 */
export function predictBreakingSize({ sizes, limit }: PredictionInput): Prediction {
  const measured = sizes
    .filter(({ taskSamples }) => taskSamples.length > 0)
    .map((size) => ({
      frontEnds: size.frontEnds,
      tasks: settledTasks(size),
      samples: size.taskSamples.length,
    }))
    .toSorted((left, right) => left.frontEnds - right.frontEnds);
  const line = fitLine(measured);
  const largest = measured.at(-1);
  const momentary = momentaryThreads(
    sizes.filter(({ frontEnds }) => frontEnds === largest?.frontEnds),
    largest?.tasks ?? 0,
  );
  const { a, k, residual } = line;
  const fitted = { a, k, c: momentary.likely, limit, measured, residual };
  if (!line.grows) return { ...fitted, size: null, low: null, high: null };

  const size = Math.max(1, Math.floor((limit - a - momentary.likely) / k + ROUNDING) + 2);
  const sizeMax = size * INTERVAL_REACH;
  const low = firstOver(limit, sizeMax, (n) => line.at(n) + line.margin(n) + momentary.most);
  const high = firstOver(limit, sizeMax, (n) => line.at(n) - line.margin(n) + momentary.least);
  return {
    ...fitted,
    size,
    low: Math.min(low ?? size, size),
    high: high === null ? null : Math.max(high, size),
  };
}

/**
 * What front-ends hold at a size when nothing comes or goes: the median of what was read while no construction was under
 * way. One front-end that builds every other reading has a thread more in half of all.
 */
export function settledTasks({ taskSamples, quietSamples = [] }: SizeMeasurement): number {
  return median(quietSamples.length === 0 ? taskSamples : quietSamples);
}

/** A straight line through task counts by size. */
export interface TaskLine {
  readonly a: number;
  readonly k: number;
  /** Largest distance of a point from the line, in threads. */
  readonly residual: number;
  /** Whether threads grow with the fleet, beyond what the residual could feign. */
  readonly grows: boolean;
  at(frontEnds: number): number;
  /** How far a new measurement at that size may lie from the line, in threads. */
  margin(frontEnds: number): number;
}

/**
 * Least squares through (size − 1, tasks).
 * @throws RangeError with fewer than two different sizes.
 */
export function fitLine(points: readonly { readonly frontEnds: number; readonly tasks: number }[]): TaskLine {
  if (new Set(points.map(({ frontEnds }) => frontEnds)).size < 2) {
    throw new RangeError(
      `Cannot fit threads against fleet size: two sizes are needed, measured are ${points.length}`,
    );
  }
  const count = points.length;
  const meanPeers = points.reduce((sum, { frontEnds }) => sum + frontEnds - 1, 0) / count;
  const meanTasks = points.reduce((sum, { tasks }) => sum + tasks, 0) / count;
  const spread = points.reduce((sum, { frontEnds }) => sum + (frontEnds - 1 - meanPeers) ** 2, 0);
  const covariance = points.reduce(
    (sum, { frontEnds, tasks }) => sum + (frontEnds - 1 - meanPeers) * (tasks - meanTasks),
    0,
  );
  const k = covariance / spread;
  const a = meanTasks - k * meanPeers;
  const at = (frontEnds: number): number => a + k * (frontEnds - 1);
  const residual = Math.max(...points.map(({ frontEnds, tasks }) => Math.abs(tasks - at(frontEnds))));
  const sizes = points.map(({ frontEnds }) => frontEnds);
  const rise = k * (Math.max(...sizes) - Math.min(...sizes));
  return {
    a,
    k,
    residual,
    grows: k >= SLOPE_MIN && rise > residual,
    at,
    margin: (frontEnds) => residual * Math.sqrt(1 + 1 / count + (frontEnds - 1 - meanPeers) ** 2 / spread),
  };
}

/** Threads that come and go above the settled count, with how few and how many they may be. */
function momentaryThreads(
  measurements: readonly SizeMeasurement[],
  settledTasks: number,
): { readonly likely: number; readonly least: number; readonly most: number } {
  const above = (tasks: number): number => Math.max(0, tasks - settledTasks);
  const peaks = measurements.flatMap((measurement) => [...measurement.peaks]);
  if (peaks.length > 0) {
    return {
      likely: above(median(peaks)),
      least: above(quantile(peaks, 0.25)),
      most: above(Math.max(...peaks)),
    };
  }
  // Without pids.peak a thread that lives for milliseconds falls between two samples: one more may be there.
  const seen = above(
    Math.max(settledTasks, ...measurements.flatMap((measurement) => [...measurement.taskSamples])),
  );
  return { likely: seen, least: 0, most: seen + 1 };
}

/**
 * The prediction of an arm, from what the kernel told of it so far: task counts at its settled sizes, and the limit.
 * @throws RangeError when no front-end told its limit, or as {@link predictBreakingSize}.
 */
export function predictFromRecords(records: readonly JournalRecord[], arm: Arm): Prediction {
  const limit = limitFromRecords(records, arm);
  if (limit === null)
    throw new RangeError('Cannot predict the breaking size: no front-end told its pids.max');
  return predictBreakingSize({ sizes: sizesFromRecords(records, arm), limit });
}

function firstOver(limit: number, sizeMax: number, tasksAt: (frontEnds: number) => number): number | null {
  for (let frontEnds = 1; frontEnds <= sizeMax; frontEnds += 1) {
    if (tasksAt(frontEnds) > limit + ROUNDING) return frontEnds;
  }
  return null;
}

/**
 * Gathers what the observer read of the front-ends' kernel counters at each settled size: from a `settled` record
 * to the next start, removal or death of a front-end. A size that was held twice is one measurement. A size that was
 * left before most of its front-ends had been read is none: between two steps of growth lie some readings of one or two.
 */
export function sizesFromRecords(records: readonly JournalRecord[], arm: Arm): SizeMeasurement[] {
  const bySize = new Map<number, SizeReadings>();
  let settled: SizeReadings | undefined;
  for (const record of recordsOfArm(records, arm)) {
    if (record.kind === 'member' && record.role === 'front-end') settled = undefined;
    if (record.kind === 'settled') {
      settled = bySize.get(record.frontEnds) ?? {
        tasks: [],
        quiet: [],
        members: new Set(),
        peaks: new Map(),
      };
      bySize.set(record.frontEnds, settled);
    }
    const reading = settled === undefined ? undefined : frontEndReading(record);
    if (settled === undefined || reading === undefined) continue;
    settled.tasks.push(reading.tasks);
    if (!reading.isConstructing) settled.quiet.push(reading.tasks);
    settled.members.add(reading.memberId);
    if (reading.peak !== null) {
      settled.peaks.set(reading.life, Math.max(settled.peaks.get(reading.life) ?? 0, reading.peak));
    }
  }
  return [...bySize]
    .filter(([frontEnds, { members }]) => members.size * 2 > frontEnds)
    .map(([frontEnds, { tasks, quiet, peaks }]) => ({
      frontEnds,
      taskSamples: tasks,
      quietSamples: quiet,
      peaks: [...peaks.values()],
    }));
}

interface SizeReadings {
  readonly tasks: number[];
  readonly quiet: number[];
  /** Those that were read. */
  readonly members: Set<string>;
  /** The highest peak of each incarnation. */
  readonly peaks: Map<string, number>;
}

/** The smallest `pids.max` that the kernel told of the arm's front-ends; null when none was told. */
export function limitFromRecords(records: readonly JournalRecord[], arm: Arm): number | null {
  let least: number | null = null;
  for (const { record } of observationsOf(records, arm, 'sample')) {
    const { role, kernel } = record.state;
    if (role !== 'front-end' || typeof kernel?.limit !== 'number') continue;
    if (least === null || kernel.limit < least) least = kernel.limit;
  }
  return least;
}

/** What one answer told of a front-end. */
interface FrontEndReading {
  readonly memberId: string;
  /** Its incarnation. */
  readonly life: string;
  readonly tasks: number;
  readonly isConstructing: boolean;
  readonly peak: number | null;
}

function frontEndReading(record: StampedArmRecord): FrontEndReading | undefined {
  if (record.kind !== 'observer' || record.record.kind !== 'sample') return undefined;
  const { state } = record.record;
  if (state.role !== 'front-end' || state.kernel === null) return undefined;
  return {
    memberId: state.memberId,
    life: `${state.memberId} ${state.incarnation}`,
    tasks: state.kernel.tasks,
    isConstructing: isConstructing(state),
    peak: state.kernel.peak,
  };
}
