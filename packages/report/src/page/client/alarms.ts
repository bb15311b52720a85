/**
 * When an operator would have been told: the alarms of `docker/prometheus/rules.yml`, held against what a page knows of
 * each front-end. The rules are made for a scrape every 15 s and a run is sampled some times a second, so that a minute of
 * theirs is a second of the run, as in the rules' own tests. Where a page's cells are longer, so is what can be told.
 */
import type { ArmModel } from '../model/arm-model.ts';
import type { Cells } from '../model/columns.ts';
import { type FrontEnd, MAP } from '../model/front-end.ts';
import { carried } from './reading.ts';

/** One minute of the rules in the run's time. */
const MINUTE_MS = 1_000;
/** `for: 30s`. */
const PENDING_MS = MINUTE_MS / 2;
/** `fleet:threads_headroom < 2`. */
const HEADROOM_LOW = 2;
/** `predict_linear(process_threads[5m], 5 * 60)`: over so long, for so long ahead. */
const TREND_MS = 5 * MINUTE_MS;
/** `increase(fleet_pids_limit_hits_total[1m])`. */
const REFUSED_WITHIN_MS = MINUTE_MS;

export type AlarmName =
  | 'ThreadHeadroomLow'
  | 'ThreadExhaustionPredicted'
  | 'ThreadsRefused'
  | 'ShardMapStale';

export interface Alarm {
  readonly name: AlarmName;
  /** For how many front-ends it fires, cell by cell. */
  readonly firing: readonly number[];
  /** When it first fired for any; monotonic, null when it never did. */
  readonly firstMs: number | null;
}

/** The alarms of an arm, the earliest warnings first. */
export function alarmsOf(arm: ArmModel): Alarm[] {
  const { stepMs, beginMs, length } = arm.grid;
  const conditions: Readonly<Record<AlarmName, { holds: (each: FrontEnd) => boolean[]; pendingMs: number }>> =
    {
      ThreadExhaustionPredicted: { holds: (each) => runsOut(arm, each), pendingMs: PENDING_MS },
      ThreadHeadroomLow: { holds: (each) => isShort(arm, each), pendingMs: PENDING_MS },
      ThreadsRefused: { holds: (each) => wasRefused(arm, each), pendingMs: 0 },
      ShardMapStale: {
        holds: (each) => carried(arm, each, 'map').map((map) => map === MAP.aged),
        pendingMs: 0,
      },
    };
  return Object.entries(conditions).map(([name, { holds, pendingMs }]) => {
    const each = arm.frontEnds.map((frontEnd) => pending(holds(frontEnd), Math.ceil(pendingMs / stepMs)));
    const firing = Array.from({ length }, (_, cell) => each.filter((cells) => cells[cell] === true).length);
    const first = firing.findIndex((count) => count > 0);
    return { name: name as AlarmName, firing, firstMs: first < 0 ? null : beginMs + first * stepMs };
  });
}

/** An alarm fires once its condition has held for so many cells on end. */
function pending(holds: readonly boolean[], cells: number): boolean[] {
  let held = -1;
  return holds.map((now) => {
    held = now ? held + 1 : -1;
    return held >= cells;
  });
}

function isShort(arm: ArmModel, frontEnd: FrontEnd): boolean[] {
  const limits = carried(arm, frontEnd, 'limit');
  return carried(arm, frontEnd, 'tasks').map((tasks, cell) => {
    const limit = limits[cell] ?? null;
    return tasks !== null && limit !== null && limit - tasks < HEADROOM_LOW;
  });
}

function runsOut(arm: ArmModel, frontEnd: FrontEnd): boolean[] {
  const { stepMs } = arm.grid;
  const limits = carried(arm, frontEnd, 'limit');
  const { cells } = frontEnd.columns.tasks;
  return limits.map((limit, cell) => {
    const ahead = trendAt(cells, cell, stepMs);
    return limit !== null && ahead !== null && ahead > limit;
  });
}

/** Where the least-squares line through what was read until a cell will be as far ahead as it looks back. */
function trendAt(tasks: Cells, cell: number, stepMs: number): number | null {
  let [count, sumX, sumY, sumXx, sumXy] = [0, 0, 0, 0, 0];
  for (let back = 0; back * stepMs <= TREND_MS && back <= cell; back += 1) {
    const y = tasks[cell - back] ?? null;
    if (y === null) continue;
    const x = -back * stepMs;
    count += 1;
    sumX += x;
    sumY += y;
    sumXx += x * x;
    sumXy += x * y;
  }
  const spread = count * sumXx - sumX * sumX;
  if (count < 2 || spread === 0) return null;
  const slope = (count * sumXy - sumX * sumY) / spread;
  return (sumY - slope * sumX) / count + slope * TREND_MS;
}

function wasRefused({ grid }: ArmModel, { columns }: FrontEnd): boolean[] {
  const cells = Math.max(1, Math.ceil(REFUSED_WITHIN_MS / grid.stepMs));
  let since = Number.POSITIVE_INFINITY;
  return Array.from({ length: grid.length }, (_, cell) => {
    since = (columns.refused.cells[cell] ?? 0) > 0 ? 0 : since + 1;
    return since < cells;
  });
}
