/**
 * Readings laid into cells of equal time, in memory that does not grow with the run: when the cells are used up,
 * neighbours are put together two by two and a cell is twice as long. What becomes of several readings in one cell
 * is each column's rule, so that nothing that matters (a refusal, a peak, a gap in a map) is thinned away.
 */
import { type Cells, decodeCells, encodeCells } from './columns.ts';

/** A cell's first length: the interval at which members are sampled. */
const STEP_FIRST_MS = 250;
/** More than the pixels of a plot's width are not seen. */
export const CELLS_MAX = 800;

/** Which of several readings in one cell stands for it, or whether they are added up. */
export type Rule = 'last' | 'most' | 'least' | 'sum';

export interface Column {
  readonly rule: Rule;
  readonly digits: number;
  cells: Cells;
}

export interface Grid {
  /** Monotonic. */
  readonly beginMs: number;
  stepMs: number;
  /** Cells that time has come to. */
  length: number;
  readonly columns: Column[];
}

export function makeGrid(beginMs: number): Grid {
  return { beginMs, stepMs: STEP_FIRST_MS, length: 0, columns: [] };
}

/** A new column of the grid, empty so far. */
export function addColumn(grid: Grid, rule: Rule, digits = 0): Column {
  const column: Column = { rule, digits, cells: [] };
  grid.columns.push(column);
  return column;
}

/** Columns by what they hold. */
export type Columns<Field extends string> = Readonly<Record<Field, Column>>;

/** A new column for each rule. @param digits decimals that are kept, where it is not none. */
export function addColumns<Field extends string>(
  grid: Grid,
  rules: Readonly<Record<Field, Rule>>,
  digits: Partial<Record<Field, number>> = {},
): Columns<Field> {
  const fields = Object.keys(rules) as Field[];
  return byField(fields, (field) => addColumn(grid, rules[field], digits[field]));
}

export function encodeColumns<Field extends string>(
  grid: Grid,
  columns: Columns<Field>,
): Readonly<Record<Field, string>> {
  return byField(Object.keys(columns) as Field[], (field) => encodeColumn(grid, columns[field]));
}

/** Columns back from their texts. */
export function decodeColumns<Field extends string>(
  grid: Grid,
  columns: Columns<Field>,
  texts: Readonly<Record<Field, string>>,
): void {
  for (const field of Object.keys(columns) as Field[]) decodeColumn(grid, columns[field], texts[field]);
}

function byField<Field extends string, Value>(
  fields: readonly Field[],
  of: (field: Field) => Value,
): Record<Field, Value> {
  return Object.fromEntries(fields.map((field) => [field, of(field)])) as Record<Field, Value>;
}

/** The cell that a moment falls into; makes room for it, by halving all columns where that is needed. */
export function cellAt(grid: Grid, monoMs: number): number {
  const sinceMs = Math.max(0, monoMs - grid.beginMs);
  while (sinceMs >= grid.stepMs * CELLS_MAX) {
    grid.stepMs *= 2;
    grid.length = Math.ceil(grid.length / 2);
    for (const column of grid.columns) column.cells = halved(column);
  }
  const index = Math.floor(sinceMs / grid.stepMs);
  grid.length = Math.max(grid.length, index + 1);
  return index;
}

/** Lays a reading into a cell by the column's rule. */
export function put(column: Column, index: number, value: number): void {
  const { cells, rule } = column;
  while (cells.length < index) cells.push(null);
  cells[index] = merged(rule, cells[index] ?? null, value);
}

/** The column as text, all cells of the grid. */
function encodeColumn(grid: Grid, { cells, digits }: Column): string {
  const missing = Math.max(0, grid.length - cells.length);
  return encodeCells([...cells, ...new Array<null>(missing).fill(null)], digits);
}

/** The column back from text. */
function decodeColumn(grid: Grid, column: Column, text: string): void {
  column.cells = decodeCells(text, grid.length);
}

function halved({ cells, rule }: Column): Cells {
  const half: Cells = [];
  for (let index = 0; index < cells.length; index += 2) {
    const [first, second] = [cells[index] ?? null, cells[index + 1] ?? null];
    half.push(second === null ? first : merged(rule, first, second));
  }
  return half;
}

function merged(rule: Rule, before: number | null, value: number): number {
  if (before === null || rule === 'last') return value;
  if (rule === 'sum') return before + value;
  return rule === 'most' ? Math.max(before, value) : Math.min(before, value);
}
