/**
 * What an arm of an experiment is held to: written in an experiment file, kept in the journal, asked by the judge.
 */

/**
 * How a fleet that fell must have fallen.
 *
 * - `thread-refused`: the kernel refused threads, on old and new front-ends alike;
 * - `nothing-refused`: it refused none, whatever the reason was;
 * - `back-end-unreachable`: none was refused, front-ends had no back-end to go to, and back-ends were seen to be away;
 * - `members-died`: none was refused, members were down, and requests failed for want of them.
 */
export const SIGNATURES = [
  'thread-refused',
  'nothing-refused',
  'back-end-unreachable',
  'members-died',
] as const;
export type Signature = (typeof SIGNATURES)[number];

/** What an arm has to come to. An outage for another reason than its signature says is not the one that was asked for. */
export type Expectation =
  | { readonly kind: 'healthy' }
  | {
      readonly kind: 'outage';
      readonly signature: Signature;
      /** Front-ends at the first refused thread: as the run predicted, a number, or null for any. */
      readonly atSize: 'predicted' | number | null;
    };
