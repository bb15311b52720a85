/**
 * What an arm of an experiment is held to: written in an experiment file, kept in the journal, asked by the judge.
 */

/** What an arm has to come to. An outage for another reason than its signature says is not the one that was asked for. */
export type Expectation =
  | { readonly kind: 'healthy' }
  | {
      readonly kind: 'outage';
      readonly signature: 'thread-refused' | 'nothing-refused';
      /** Front-ends at the first refused thread: as the run predicted, a number, or null for any. */
      readonly atSize: 'predicted' | number | null;
    };
