/**
 * Numbers over time as short text: `24*30,,23` is 24 thirty times, nothing once, 23. A report holds hundreds of
 * such columns and most of them seldom change, so runs make the file several times smaller than JSON would.
 */

/** What was read, in the order of time; null where nothing was. */
export type Cells = (number | null)[];

/** @param digits decimals that are kept. */
export function encodeCells(cells: readonly (number | null)[], digits = 0): string {
  const power = 10 ** digits;
  const runs: string[] = [];
  for (let from = 0; from < cells.length; ) {
    const text = written(cells[from] ?? null, power);
    let to = from + 1;
    while (to < cells.length && written(cells[to] ?? null, power) === text) to += 1;
    runs.push(to - from === 1 ? text : `${text}*${to - from}`);
    from = to;
  }
  return runs.join(',');
}

/** @throws when the text was not made by {@link encodeCells}. */
export function decodeCells(text: string, length: number): Cells {
  const cells: Cells = [];
  if (length === 0) return cells;
  for (const run of text.split(',')) {
    const [value = '', times = '1'] = run.split('*');
    const cell = value === '' ? null : Number(value);
    for (let count = Number(times); count > 0; count -= 1) cells.push(cell);
  }
  if (cells.length !== length || cells.some((cell) => Number.isNaN(cell))) {
    throw new Error(`Cannot read a column: '${text.slice(0, 40)}' must hold ${length} cells`);
  }
  return cells;
}

function written(cell: number | null, power: number): string {
  return cell === null ? '' : String(Math.round(cell * power) / power);
}
