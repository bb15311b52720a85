/**
 * Lines for a window: one that is too long goes on below itself, set in under its own text, and is broken between its
 * parts, which two spaces hold apart, else at words, never within one. A window breaks anywhere. Pure.
 */
import { stripVTControlCharacters } from 'node:util';
import { columnsOf } from './terminal-width.ts';

/** How far a line that has no head of its own is set in when it goes on. */
const INDENT = 3;
/** What a line begins with before its text: a sign, or a name and the space behind it. */
const HEAD = /^(?:\s*[·✓▸]?\s*\S+ {2,}|\s+· )/;

/** How many columns a text takes, whatever colours it has. */
export const widthOf = (text: string): number => [...stripVTControlCharacters(text)].length;

/** Characters that are no white space and steer what shows text: controls, and formats such as a change of direction. */
const STEERING = /(?!\s)[\p{Cc}\p{Cf}]/gu;

/** Words of a journal, which may be anything: on one line, and nothing in them steers a terminal. */
export const plain = (text: string): string =>
  stripVTControlCharacters(text).replace(STEERING, '').replace(/\s+/g, ' ');

/** A text as a stream is told it: a pipe is read by line and has no width, a terminal has one. */
export function fittedTo(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  text: string,
): string {
  return stream.isTTY === true ? fitted(text, columnsOf(stream)) : text;
}

/** A text of several lines, each of which fits but for words that are longer than the window is wide. */
function fitted(text: string, columns: number): string {
  return text
    .split('\n')
    .flatMap((line) => (widthOf(line) <= columns ? [line] : hung(line, columns)))
    .join('\n');
}

function hung(line: string, columns: number): string[] {
  const [named = ''] = HEAD.exec(line) ?? [];
  const [blank = ''] = /^\s*/.exec(line) ?? [];
  const head = widthOf(named) * 2 <= columns && named !== '' ? named : blank;
  const indent = head === named && named !== '' ? widthOf(named) : INDENT;
  const texts = broken(line.slice(head.length), columns - indent);
  return texts.map((text, index) => (index === 0 ? head : ' '.repeat(indent)) + text);
}

/** Text in lines of a width, each as full as its parts and words let it be. */
export function broken(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  const add = (piece: string, gap: string): boolean => {
    const longer = line === '' ? piece : `${line}${gap}${piece}`;
    if (line !== '' && widthOf(longer) > width) return false;
    line = longer;
    return true;
  };
  const end = (): void => {
    if (line !== '') lines.push(line);
    line = '';
  };
  for (const part of text.split(/\s{2,}/)) {
    if (widthOf(part) <= width) {
      if (!add(part, '  ')) {
        end();
        add(part, '');
      }
      continue;
    }
    end();
    for (const word of part.split(/\s+/)) {
      if (add(word, ' ')) continue;
      end();
      add(word, '');
    }
  }
  end();
  return lines.length === 0 ? [''] : lines;
}
