/**
 * A member's standard output and standard error, read from the moment it starts, since a member whose pipe is full
 * stands still. Output is kept, up to a bound, until its one reader asks; of the errors the last lines are kept.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Output that nobody has read: minutes of an observer's records. */
const UNREAD_LINES_MAX = 20_000;
/** The same in characters, since a line of a load's history has up to 64 kB. */
const UNREAD_CHARS_MAX = 64 * 1024 * 1024;
const LAST_WORDS_LINES = 20;
const LAST_WORDS_LINE_CHARS = 500;

export interface MemberStreams {
  /** Throws, at its reader, when more lines came than were kept. Once the reader has left, none are. */
  readonly lines: AsyncIterable<string>;
  /** The last lines of standard error so far. */
  lastWords(): string;
  /** Resolves when both streams ended and every line of them is in. */
  readonly ended: Promise<void>;
}

export function readMemberStreams(stdout: Readable, stderr: Readable): MemberStreams {
  const unread: string[] = [];
  let unreadChars = 0;
  let readerLeft = false;
  const words: string[] = [];
  let lost = 0;
  let ended = false;
  let wake = (): void => undefined;

  const output = createInterface({ input: stdout })
    .on('line', (line) => {
      if (readerLeft) return;
      unread.push(line);
      unreadChars += line.length;
      while (unread.length > UNREAD_LINES_MAX || unreadChars > UNREAD_CHARS_MAX) {
        unreadChars -= unread.shift()?.length ?? 0;
        lost += 1;
      }
      wake();
    })
    .on('close', () => {
      ended = true;
      wake();
    });
  const errors = createInterface({ input: stderr }).on('line', (line) => {
    if (words.push(line.slice(0, LAST_WORDS_LINE_CHARS)) > LAST_WORDS_LINES) words.shift();
  });

  async function* read(): AsyncGenerator<string> {
    try {
      for (;;) {
        if (lost > 0) throw new Error(`${lost} lines were lost: nobody read them for too long`);
        const line = unread.shift();
        unreadChars -= line?.length ?? 0;
        if (line !== undefined) yield line;
        else if (ended) return;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      readerLeft = true;
      unread.length = 0;
    }
  }
  return {
    lines: { [Symbol.asyncIterator]: read },
    lastWords: () => words.join('\n'),
    ended: Promise.all([once(output, 'close'), once(errors, 'close')]).then(() => undefined),
  };
}
