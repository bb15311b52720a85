/**
 * Checks as people read them: a line each, what was seen, and the remedy below where there is one.
 */
import { styleText } from 'node:util';
import type { Check } from '../host/check.ts';

const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red' } as const;
const STANDING_WIDTH = 4;
const ID_WIDTH = 20;

export function checksText(checks: readonly Check[], coloured: boolean): string[] {
  return checks.flatMap(({ id, standing, seen, remedy }) => {
    const word = standing.padEnd(STANDING_WIDTH);
    const painted = coloured ? styleText(COLOURS[standing], word) : word;
    const line = ` ${painted}  ${id.padEnd(ID_WIDTH)} ${seen}`;
    return remedy === null ? [line] : [line, `${' '.repeat(STANDING_WIDTH + ID_WIDTH + 4)}→ ${remedy}`];
  });
}
