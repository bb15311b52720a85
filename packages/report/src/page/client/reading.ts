/**
 * Reads the model at a moment: which cell, what each front-end was then, what the load's window held. A reading
 * stands until the next one, at most for {@link HOLD_MS}: beyond that nobody knows, and nothing is shown.
 */
import { OUTAGE_BELOW } from '@fleetfall/claims/arm-outcome.ts';
import type { ArmModel, PhaseMark } from '../model/arm-model.ts';
import type { BackEnd } from '../model/back-end.ts';
import type { Cells } from '../model/columns.ts';
import { type FrontEnd, MAP } from '../model/front-end.ts';
import type { Columns } from '../model/grid.ts';
import { countIn, perSecond } from '../model/load-rows.ts';

/** Four times the interval at which members are sampled. */
const HOLD_MS = 1_000;
/** A load window is the newest for so many times its length: one that is late by half is not missing yet. */
const WINDOW_STANDS = 1.5;

/** A member as it is read: columns on the arm's grid, and when its lives ended. */
type Watched<Field extends string> = {
  readonly columns: Columns<Field>;
  readonly endedMs: readonly number[];
};

/** What a front-end was in a cell: can it route, and if not, why. */
export type Standing = 'routing' | 'at-limit' | 'aged' | 'missing';

export const STANDING_WORDS: Readonly<Record<Standing, string>> = {
  routing: 'can route',
  'at-limit': 'at its limit',
  aged: 'map out of date',
  missing: 'no map yet',
};

/** A front-end's cells with each reading carried on until the next, for as long as it may stand. */
export function carried<Field extends string>(arm: ArmModel, member: Watched<Field>, field: Field): Cells {
  const { stepMs, length } = arm.grid;
  const { cells } = member.columns[field];
  const ends = new Set(member.endedMs.map((atMs) => cellOf(arm, atMs)));
  const hold = holdOf(stepMs);
  const out: Cells = [];
  let last: number | null = null;
  let held = 0;
  for (let index = 0; index < length; index += 1) {
    const cell = cells[index] ?? null;
    held = cell === null ? held + 1 : 0;
    if (ends.has(index)) held += hold;
    if (cell !== null) last = cell;
    out.push(cell ?? (held <= hold ? last : null));
  }
  return out;
}

/** How many further cells a reading stands for. */
const holdOf = (stepMs: number): number => Math.max(0, Math.ceil(HOLD_MS / stepMs) - 1);

/** The front-ends in the order in which they are listed: old before new, then by name. */
export function listed({ frontEnds }: ArmModel): FrontEnd[] {
  return frontEnds.toSorted(
    (left, right) =>
      Number(left.cohort === 'newcomer') - Number(right.cohort === 'newcomer') ||
      left.id.localeCompare(right.id, 'en', { numeric: true }),
  );
}

/** Whether most requests that ended in a phase failed. */
export function isDown({ load, endMs: armEndMs }: ArmModel, phase: PhaseMark): boolean {
  let ok = 0;
  let ended = 0;
  load.endMs.forEach((endMs, index) => {
    if (endMs - (load.windowMs[index] ?? 0) < phase.beginMs || endMs > (phase.endMs ?? armEndMs)) return;
    ok += countIn(load, index, ({ kind }) => kind === 'ok');
    ended += countIn(load, index, () => true);
  });
  return ended > 0 && ok / ended < OUTAGE_BELOW;
}

export function cellOf({ grid }: ArmModel, atMs: number): number {
  return Math.min(grid.length - 1, Math.max(0, Math.floor((atMs - grid.beginMs) / grid.stepMs)));
}

/** A reading at a cell, or the last before it that still stands. */
export function readAt<Field extends string>(
  arm: ArmModel,
  member: Watched<Field>,
  field: Field,
  cell: number,
): number | null {
  const { cells } = member.columns[field];
  const read = cells[cell] ?? null;
  if (read !== null) return read;
  // Nothing of before a life's end says anything of the time after.
  const ended = member.endedMs.reduce((latest, atMs) => {
    const at = cellOf(arm, atMs);
    return at <= cell ? Math.max(latest, at + 1) : latest;
  }, 0);
  for (let index = cell - 1; index >= Math.max(ended, cell - holdOf(arm.grid.stepMs)); index -= 1) {
    const value = cells[index] ?? null;
    if (value !== null) return value;
  }
  return null;
}

/** null while it is not there. */
export function standingAt(arm: ArmModel, frontEnd: FrontEnd, cell: number): Standing | null {
  const map = readAt(arm, frontEnd, 'map', cell);
  if (map === null) return null;
  if (map === MAP.missing) return 'missing';
  if (map === MAP.aged) return 'aged';
  const tasks = readAt(arm, frontEnd, 'tasks', cell);
  const limit = readAt(arm, frontEnd, 'limit', cell);
  return tasks !== null && limit !== null && tasks >= limit ? 'at-limit' : 'routing';
}

/** Whether the kernel's counters of any front-end were read: where none were, no refused thread is no finding. */
export function countsThreads({ frontEnds }: ArmModel): boolean {
  return frontEnds.some(({ columns }) => columns.tasks.cells.some((tasks) => tasks !== null));
}

/** Threads refused it up to a cell, that cell included. */
export function refusedUpTo({ columns }: FrontEnd, cell: number): number {
  let sum = 0;
  for (let index = 0; index <= cell; index += 1) sum += columns.refused.cells[index] ?? 0;
  return sum;
}

/** Records that a back-end appended a second, over the time that a reading stands for; null where none was read. */
export function appendedPerSecond({ grid }: ArmModel, { columns }: BackEnd, cell: number): number | null {
  const cells = Math.min(cell + 1, holdOf(grid.stepMs) + 1);
  const read = columns.appended.cells.slice(cell + 1 - cells, cell + 1).filter((count) => count !== null);
  if (read.length === 0) return null;
  return (read.reduce((sum, count) => sum + count, 0) * 1000) / (cells * grid.stepMs);
}

export function sizeAt({ sizes }: ArmModel, atMs: number): number {
  return sizes.findLast((size) => size.atMs <= atMs)?.count ?? 0;
}

export function phaseAt({ phases, endMs: armEndMs }: ArmModel, atMs: number): string {
  return phases.findLast(({ beginMs, endMs }) => beginMs <= atMs && atMs <= (endMs ?? armEndMs))?.name ?? '';
}

/**
 * The load window that a moment lies in; null outside of all. The newest stands on for as long as the next may take to
 * come: at the end of a run that goes on, the moment that is shown is always a little after it.
 */
export function windowAt({ load }: ArmModel, atMs: number): number | null {
  const found = load.endMs.findIndex((endMs) => atMs <= endMs);
  const index = found < 0 ? load.endMs.length - 1 : found;
  const endMs = load.endMs[index] ?? 0;
  const lengthMs = load.windowMs[index] ?? 0;
  const stands = Math.abs(atMs - endMs) < WINDOW_STANDS * lengthMs;
  return stands ? index : null;
}

/** Requests a second at a moment; null when there was no load. */
export function ratesAt(
  arm: ArmModel,
  atMs: number,
): { readonly ok: number; readonly failed: number } | null {
  const index = windowAt(arm, atMs);
  if (index === null) return null;
  const rate = (isOk: boolean): number =>
    perSecond(
      arm.load,
      index,
      countIn(arm.load, index, ({ kind }) => (kind === 'ok') === isOk),
    );
  return { ok: rate(true), failed: rate(false) };
}
