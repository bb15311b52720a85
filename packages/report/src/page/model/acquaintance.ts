/**
 * Which front-end knows which, over time: the mesh. A front-end keeps threads for each other one that it has
 * learned of, so this is what its thread count follows. Kept as changes, by the wall clock of the one who learned.
 */
import { coarsened } from './coarsen.ts';
import { type Cells, decodeCells, encodeCells } from './columns.ts';

/** As many as fifty front-ends need twenty restarts for. */
export const CHANGES_MAX = 50_000;

export interface Acquaintance {
  /** When each change happened, monotonic and in no order; who changed; whom it came to know (1) or forgot (0). */
  readonly atMs: number[];
  readonly by: number[];
  readonly of: number[];
  readonly known: number[];
  /** The newest of what each one knows, by its index. */
  readonly current: Map<number, Set<number>>;
  /** How many changes are kept before they are put together. */
  room: number;
}

/** {@link Acquaintance} as it is written into a report. */
export interface AcquaintanceText {
  readonly length: number;
  readonly atMs: string;
  readonly by: string;
  readonly of: string;
  readonly known: string;
}

export const makeAcquaintance = (): Acquaintance => ({
  atMs: [],
  by: [],
  of: [],
  known: [],
  current: new Map(),
  room: CHANGES_MAX,
});

/**
 * Takes in what one front-end knows now.
 * @param learned whom it knows.
 * @param sinceMs since when it knows one of them, monotonic; asked only of those that are new.
 * @param atMs the moment of this reading: when those that it no longer knows were found forgotten.
 */
export function heedLearned(
  mesh: Acquaintance,
  by: number,
  learned: readonly number[],
  sinceMs: (of: number) => number,
  atMs: number,
): void {
  const known = mesh.current.get(by) ?? new Set();
  mesh.current.set(by, known);
  for (const of of learned) {
    if (known.has(of)) continue;
    known.add(of);
    change(mesh, Math.min(sinceMs(of), atMs), by, of, 1);
  }
  // It knows all of those now: where it knows no more, it forgot nobody.
  if (known.size === learned.length) return;
  const still = new Set(learned);
  for (const of of known) {
    if (still.has(of)) continue;
    known.delete(of);
    change(mesh, atMs, by, of, 0);
  }
}

/** It began anew or is gone, and knows nobody. */
export function forgetAll(mesh: Acquaintance, by: number, atMs: number): void {
  heedLearned(mesh, by, [], () => atMs, atMs);
}

/** Who knows whom at a moment, as `by * size + of`. */
export function knownAt(mesh: Acquaintance, size: number, monoMs: number): Set<number> {
  const latest = new Map<number, { atMs: number; known: number }>();
  for (let index = 0; index < mesh.atMs.length; index += 1) {
    const atMs = mesh.atMs[index] ?? 0;
    if (atMs > monoMs) continue;
    const pair = (mesh.by[index] ?? 0) * size + (mesh.of[index] ?? 0);
    const before = latest.get(pair);
    if (before === undefined || atMs >= before.atMs)
      latest.set(pair, { atMs, known: mesh.known[index] ?? 0 });
  }
  return new Set([...latest].filter(([, { known }]) => known === 1).map(([pair]) => pair));
}

export function encodeAcquaintance({ atMs, by, of, known }: Acquaintance): AcquaintanceText {
  return {
    length: atMs.length,
    atMs: encodeCells(atMs),
    by: encodeCells(by),
    of: encodeCells(of),
    known: encodeCells(known),
  };
}

export function decodeAcquaintance(text: AcquaintanceText): Acquaintance {
  const column = (cells: string): number[] => (decodeCells(cells, text.length) as Cells).map(Number);
  const mesh: Acquaintance = {
    atMs: column(text.atMs),
    by: column(text.by),
    of: column(text.of),
    known: column(text.known),
    current: new Map(),
    room: Math.max(CHANGES_MAX, 2 * text.length),
  };
  mesh.by.forEach((by, index) => {
    const set = mesh.current.get(by) ?? new Set();
    mesh.current.set(by, set);
    const of = mesh.of[index] ?? 0;
    if (mesh.known[index] === 1) set.add(of);
    else set.delete(of);
  });
  return mesh;
}

function change(mesh: Acquaintance, atMs: number, by: number, of: number, known: 0 | 1): void {
  mesh.atMs.push(Math.round(atMs));
  mesh.by.push(by);
  mesh.of.push(of);
  mesh.known.push(known);
  if (mesh.atMs.length > mesh.room) putTogether(mesh);
}

/** Puts neighbouring changes of each pair together. A mesh with more pairs than there is room for gets more. */
function putTogether(mesh: Acquaintance): void {
  const { atMs, by, of, known } = mesh;
  const kept = coarsened([...atMs.keys()], mesh.room / 2, {
    atMs: (index) => atMs[index] ?? 0,
    thing: (index) => `${by[index]} ${of[index]}`,
  });
  for (const column of [atMs, by, of, known]) {
    const values = kept.map((index) => column[index] ?? 0);
    column.length = 0;
    for (const value of values) column.push(value);
  }
  mesh.room = Math.max(CHANGES_MAX, 2 * kept.length);
}
