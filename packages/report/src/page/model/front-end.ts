/**
 * One front-end of an arm over time: what its kernel counted, how its map stood, what it served. Columns share the
 * arm's grid. A front-end keeps its row through restarts: how its lives follow one another is in the arm's events.
 */
import type { FrontEndState, KernelCounters } from '@fleetfall/protocol/member-state.ts';
import { addColumns, type Columns, decodeColumns, encodeColumns, type Grid, put, type Rule } from './grid.ts';

/** How a map stood, the worse the higher, so that the worst in a cell is its most. */
export const MAP = { fresh: 0, aged: 1, missing: 2 } as const;

/** What is kept of a front-end, and how readings in one cell come together. */
const COLUMNS = {
  /** `pids.current`. */
  tasks: 'most',
  /** `pids.max`. */
  limit: 'last',
  /** Threads refused since the reading before: how much `pids.events` `max` rose. */
  refused: 'sum',
  mapAgeMs: 'most',
  /** {@link MAP}. */
  map: 'most',
  /** Share of the shards that the map has an owner for, 0 to 1. */
  complete: 'least',
  linksOpen: 'least',
  linksWanted: 'most',
  /** Requests sent to it that ended well, and that did not. */
  served: 'sum',
  failed: 'sum',
  /** Whether its health check was answered: 1 or 0. */
  alive: 'least',
} as const satisfies Record<string, Rule>;
export type FrontEndField = keyof typeof COLUMNS;
const DIGITS: Partial<Record<FrontEndField, number>> = { complete: 3 };

export interface FrontEnd {
  readonly id: string;
  readonly cohort: string;
  readonly columns: Columns<FrontEndField>;
  /** Refusals that each life's counter stood at when last read, by its number. */
  readonly hitsOfLife: Record<number, number>;
  /** The names of its lives, as it gives them itself, in the order in which they were met. */
  readonly lifeNames: string[];
  /** When its lives ended, monotonic: what was read before says nothing of the time after. */
  readonly endedMs: number[];
}

/** {@link FrontEnd} as it is written into a report. */
export interface FrontEndText {
  readonly id: string;
  readonly cohort: string;
  readonly columns: Readonly<Record<FrontEndField, string>>;
  readonly hitsOfLife: Readonly<Record<number, number>>;
  readonly lifeNames: readonly string[];
  readonly endedMs: readonly number[];
}

export function makeFrontEnd(grid: Grid, id: string, cohort: string): FrontEnd {
  const columns = addColumns(grid, COLUMNS, DIGITS);
  return { id, cohort, columns, hitsOfLife: {}, lifeNames: [], endedMs: [] };
}

/**
 * What it told of itself. Its own name of a life is matched with a count by the order in which names are met.
 * @returns how many refused threads that are new.
 */
export function heedState(frontEnd: FrontEnd, cell: number, state: FrontEndState): number {
  const { columns, lifeNames } = frontEnd;
  if (!lifeNames.includes(state.incarnation)) lifeNames.push(state.incarnation);
  const refused =
    state.kernel === null
      ? 0
      : heedKernel(frontEnd, cell, lifeNames.indexOf(state.incarnation) + 1, state.kernel);
  const { ageMs, aged, completeness } = state.shardMap;
  if (ageMs !== null) put(columns.mapAgeMs, cell, ageMs);
  put(columns.map, cell, ageMs === null ? MAP.missing : aged ? MAP.aged : MAP.fresh);
  put(columns.complete, cell, completeness);
  put(columns.linksOpen, cell, state.links.open);
  put(columns.linksWanted, cell, state.links.wanted);
  return refused;
}

/**
 * What the kernel counted, read by itself or on the host: one counter, two witnesses.
 * @returns how many refused threads that are new.
 */
export function heedKernel(
  { columns, hitsOfLife }: FrontEnd,
  cell: number,
  life: number,
  { tasks, limit, limitHits }: KernelCounters,
): number {
  put(columns.tasks, cell, tasks);
  if (limit !== null) put(columns.limit, cell, limit);
  const risen = limitHits - (hitsOfLife[life] ?? 0);
  if (risen <= 0) return 0;
  hitsOfLife[life] = limitHits;
  put(columns.refused, cell, risen);
  return risen;
}

export function encodeFrontEnd(grid: Grid, frontEnd: FrontEnd): FrontEndText {
  const { id, cohort, hitsOfLife, lifeNames, endedMs } = frontEnd;
  const columns = encodeColumns(grid, frontEnd.columns);
  return { id, cohort, columns, hitsOfLife, lifeNames, endedMs };
}

export function decodeFrontEnd(grid: Grid, text: FrontEndText): FrontEnd {
  const frontEnd = makeFrontEnd(grid, text.id, text.cohort);
  decodeColumns(grid, frontEnd.columns, text.columns);
  Object.assign(frontEnd.hitsOfLife, text.hitsOfLife);
  frontEnd.lifeNames.push(...text.lifeNames);
  frontEnd.endedMs.push(...text.endedMs);
  return frontEnd;
}
