/**
 * A verdict in one line of figures, and the line below it: what a person reads before looking at the picture.
 */
import { counted, percent } from '@fleetfall/claims/figures.ts';
import type { Verdict } from '@fleetfall/claims/judge.ts';

export const VERDICT_WORDS = {
  'as-expected': 'As expected',
  'not-as-expected': 'Not as expected',
  inconclusive: 'Inconclusive',
  stopped: 'Stopped',
} as const;

/** What stands in place of figures of threads where none are known. */
export const UNSEEN_WORDS: Readonly<Record<NonNullable<Verdict['threadsUnseen']>, string>> = {
  sealed: 'sealed: what is shown of a blind drill has no counts of threads',
  unread: "not known: no front-end's kernel counters were read",
};

/** Goodput that keeps this share of what it was has not moved. */
const UNMOVED_SHARE = 0.9;

/** The verdict with the breaking size and the goodput around it. */
export function headline(verdict: Verdict): string {
  return `${VERDICT_WORDS[verdict.verdict]}: ${story(verdict)}`;
}

/** What happened, without the verdict on it: the breaking size and the goodput around it. */
export function story(verdict: Verdict): string {
  return `${breaking(verdict)}${served(verdict)}`;
}

/** Who was refused threads, and what brought service back. */
export function subline({ refusals: { incumbent, newcomer }, goodput }: Verdict): string {
  const parts: string[] = [];
  if (incumbent.watched + newcomer.watched > 0) {
    parts.push(
      incumbent.members + newcomer.members === 0
        ? `none of ${counted(incumbent.watched + newcomer.watched, 'front-end')} was refused a thread`
        : `${incumbent.members} of ${counted(incumbent.watched, 'incumbent')} and ${newcomer.members} of ${counted(newcomer.watched, 'newcomer')} were refused threads`,
    );
  }
  if (goodput.afterRemoval !== null) {
    parts.push(`removing the newcomers alone: ${percent(goodput.afterRemoval.fraction)} served`);
  }
  if (goodput.after !== null)
    parts.push(`restarting every front-end: ${percent(goodput.after.fraction)} served`);
  return parts.map((part) => `${part.charAt(0).toUpperCase()}${part.slice(1)}.`).join(' ');
}

function breaking({ prediction, observed: { size }, phases, threadsUnseen, drill }: Verdict): string {
  const predicted = prediction?.size ?? null;
  if (size !== null && predicted !== null) {
    return size === predicted
      ? `predicted to break at ${predicted} front-ends, it broke at ${size}`
      : `predicted to break at ${predicted} front-ends, it broke at ${size} instead`;
  }
  if (size !== null) return `it broke at ${size} front-ends`;
  const largest = phases.reduce(
    (most, { arm, frontEnds }) => (arm === 'main' ? Math.max(most, frontEnds) : most),
    0,
  );
  if (threadsUnseen === 'sealed')
    return `a blind drill of ${counted(largest, 'front-end')}, ${drill?.cause == null ? 'its cause under seal' : `whose cause was ${drill.cause}`}`;
  if (threadsUnseen === 'unread')
    return `whether one of ${counted(largest, 'front-end')} was refused a thread is not known`;
  return `nothing broke up to ${counted(largest, 'front-end')}`;
}

function served({ goodput: { before, during } }: Verdict): string {
  if (before === null || during === null) return '';
  const [from, to] = [before.okPerSecond, during.okPerSecond].map(Math.round);
  return during.okPerSecond >= before.okPerSecond * UNMOVED_SHARE
    ? `, and goodput stayed at ${to} requests/s`
    : `, and goodput went from ${from} to ${to} requests/s`;
}
