/**
 * Lines at the end of a terminal that are written over as they change, while what is said goes on above them. Each
 * change is one write, each line is erased only behind its new text, and none is wider than the window, so that
 * nothing flickers and nothing wraps.
 */
import { styleText } from 'node:util';
import { columnsOf } from './terminal-width.ts';

/** How a line is set apart; a user who wants no colour gets it plain. */
export interface BoardLine {
  readonly text: string;
  readonly style?: 'bold' | 'dim';
}

export interface BoardStream {
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Board {
  /** Shows these lines in place of those that stand. */
  draw(lines: readonly BoardLine[]): void;
  /** Says lines above the board, for good. @param lines what the board then shows; as before when left out. */
  say(text: string, lines?: readonly BoardLine[]): void;
  clear(): void;
}

const ERASE_BELOW = '\u001b[J';
const ERASE_LINE = '\u001b[K';

export function makeBoard(stream: BoardStream): Board {
  /** As they stand on the terminal, without style. */
  let shown: readonly string[] = [];
  let wanted: readonly BoardLine[] = [];

  /** Back to where the board begins. A window that was made narrower since has broken its lines. */
  function home(): string {
    if (shown.length === 0) return '';
    const columns = columnsOf(stream);
    const rows = shown.reduce((sum, text) => sum + Math.max(1, Math.ceil(text.length / columns)), 0);
    return rows > 1 ? `\r\u001b[${rows - 1}A` : '\r';
  }
  /** The wanted lines, as text to be written. They stand from then on. */
  function drawn(): string {
    const room = columnsOf(stream) - 1;
    const lines = wanted.map(({ text, style }) => ({ text: text.slice(0, room), style }));
    shown = lines.map(({ text }) => text);
    return lines
      .map(({ text, style }) => `${style === undefined ? text : styleText(style, text)}${ERASE_LINE}`)
      .join('\n');
  }
  return {
    draw(lines) {
      wanted = lines;
      const before = home();
      stream.write(`${before}${drawn()}${ERASE_BELOW}`);
    },
    say(text, lines = wanted) {
      wanted = lines;
      const before = home();
      stream.write(`${before}${before === '' ? '' : ERASE_BELOW}${text}\n${drawn()}`);
    },
    clear() {
      if (shown.length > 0) stream.write(`${home()}${ERASE_BELOW}`);
      [shown, wanted] = [[], []];
    },
  };
}
