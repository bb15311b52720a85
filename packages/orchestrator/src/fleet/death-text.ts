/**
 * How a member ended, as its journal tells it: by its exit code or its signal, and by what it said last. Pure.
 */
import type { MemberExit } from '../runtime/runtime.ts';

/** Between how it ended, which has none in it, and what it said. */
const BEFORE_WORDS = ': ';

/** How it ended, with its last words. */
export function deathText({ code, signal, lastWords }: MemberExit): string {
  const end = signal === null ? `exit code ${code}` : signal;
  return lastWords === '' ? end : `${end}${BEFORE_WORDS}${lastWords}`;
}

/** The same without its last words, which may name the cause. */
export const withoutLastWords = (text: string): string => text.split(BEFORE_WORDS, 1)[0] ?? text;
