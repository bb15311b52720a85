/**
 * Which windows of the load are evidence of the service. A generator says of each window whether it kept its schedule;
 * how much that voids depends on what is asked of the window. A latency is void wherever the generator was late by its
 * own doing (`journal/load-sample.ts`): a few milliseconds of its own are a part of every latency. A count of requests
 * stands a late burst, since who sends late still sends: it is void when the load stood still for a good part of the
 * window, or failed by itself. What the load could not send while its own loop ran was held back by requests that hang
 * at the service, and counts against it.
 */
import { DurationHistogram } from '@fleetfall/journal/histogram.ts';
import { BALANCER_ID } from '@fleetfall/protocol/balancer-stdio.ts';
import { CLIENT_ERROR_OUTCOME, type LoadRecord } from '@fleetfall/protocol/load-stdio.ts';

/** The outcome of a request that ended well. */
export const OK = 'ok';

/** What the load tells of one window. */
export type Window = Extract<LoadRecord, { kind: 'load' }>;

/** A load that stood still for more of a window than this sent in one burst what was due over much of it. */
const STANDSTILL_FRACTION_MAX = 0.25;
/** As the generator's own rule has it: more of its own failures than this void what it offered. */
const CLIENT_ERROR_FRACTION_MAX = 0.005;
/** Of the windows that a judgement rests on, so many must be evidence: fewer are not the whole that was asked for. */
const EVIDENCE_FRACTION_MIN = 0.5;

/** Why counts of requests in a window are the load's doing and not the service's; null when they are evidence. */
export function voidCountReason(window: Window): string | null {
  // A valid generator is below all these bounds. Journals of before it judged itself are taken as they are.
  if (window.generator?.verdict !== 'invalid') return null;
  const failed = window.outcomes.reduce(
    (sum, { outcome, count }) => sum + (outcome === CLIENT_ERROR_OUTCOME ? count : 0),
    0,
  );
  if (failed > window.offered * CLIENT_ERROR_FRACTION_MAX)
    return `${failed} of ${window.offered} requests failed in the load itself`;
  const standstillMs = standstillOf(window);
  const allowedMs = window.windowMs * STANDSTILL_FRACTION_MAX;
  if (standstillMs <= allowedMs) return null;
  return `the load stood still: p99 ${Math.round(standstillMs)} ms, at most ${Math.round(allowedMs)} ms is allowed for a count`;
}

/** Those of some windows that are evidence by a rule, or, where most of them are not, why. */
export type Weighed<Item> =
  | { readonly fair: readonly Item[]; readonly invalid: null }
  | { readonly fair: readonly []; readonly invalid: string };

/** Weighs windows as evidence of how requests ended. Where most of them are void, what the others show is not the whole. */
export function weighCounts<Item>(items: readonly Item[], windowOf: (item: Item) => Window): Weighed<Item> {
  const reasons = items.map((item) => voidCountReason(windowOf(item)));
  const fair = items.filter((_, index) => reasons[index] === null);
  if (fair.length >= items.length * EVIDENCE_FRACTION_MIN) return { fair, invalid: null };
  const example = reasons.find((reason) => reason !== null);
  return {
    fair: [],
    invalid: `the load was invalid: ${items.length - fair.length} of ${items.length} windows, such as one in which ${example}`,
  };
}

/** How the requests of a window ended. */
export interface Counts {
  readonly ok: number;
  /** With those that were due and could not be sent; without those that failed in the load itself. */
  readonly ended: number;
}

export function countsOf({ outcomes, dropped }: Window): Counts {
  let ok = 0;
  let ended = dropped;
  for (const { outcome, count } of answersOf(outcomes)) {
    ended += count;
    if (outcome === OK) ok += count;
  }
  return { ok, ended };
}

/** The outcomes without those of the load's own failures. */
export function answersOf(outcomes: Window['outcomes']): Window['outcomes'] {
  return outcomes.filter(({ outcome }) => outcome !== CLIENT_ERROR_OUTCOME);
}

/** Whether it is known which front-end a request went to: none had it, or a balancer chose. */
export function wentToKnown({ memberId }: Window['outcomes'][number]): boolean {
  return memberId !== 'none' && memberId !== BALANCER_ID;
}

/** How long the load's event loop kept work waiting, 99th percentile; where that was not told, how late it sent. */
function standstillOf({ histograms, latenessP99Ms }: Window): number {
  if (histograms === undefined) return latenessP99Ms;
  const delay = new DurationHistogram();
  delay.add(histograms.loopDelay);
  return delay.percentileMs(99) ?? 0;
}
