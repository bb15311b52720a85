/**
 * The marked moments of a run in words, whoever found them.
 */
import type { First, Firsts } from './model/firsts.ts';
import type { Moment } from './page-data.ts';

export function refusalMoment(arm: string, { atMs, frontEnds }: First): Moment {
  return { arm, atMs, text: `first thread refused, at ${frontEnds} front-ends` };
}

export function failureMoment(arm: string, { atMs, frontEnds }: First): Moment {
  return { arm, atMs, text: `first request failed, at ${frontEnds} front-ends` };
}

/** Those of an arm that goes on. */
export function momentsSoFar({
  name,
  firsts: { refusal, failure },
}: {
  readonly name: string;
  readonly firsts: Firsts;
}): Moment[] {
  return [
    ...(refusal === null ? [] : [refusalMoment(name, refusal)]),
    ...(failure === null ? [] : [failureMoment(name, failure)]),
  ];
}
