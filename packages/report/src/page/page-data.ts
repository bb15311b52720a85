/**
 * What a report carries for its script: the run as columns, and the moments that the judge found in it.
 */
import type { LooseRecord } from './model/loose-records.ts';
import type { RunText } from './model/run-model.ts';

/** The id of the element that holds the data. */
export const DATA_ID = 'fleetfall-data';

/** The id of the element that makes a page a live one: it names where the run is told of. */
export const LIVE_ID = 'live';

/** The id of the element that holds what can be done to the fleet: it names where that is asked for. */
export const DEEDS_ID = 'deeds';

/** A moment that is marked on every plot of an arm. */
export interface Moment {
  readonly arm: string;
  readonly atMs: number;
  readonly text: string;
}

export interface PageData {
  readonly run: RunText;
  readonly moments: readonly Moment[];
  /** Front-ends whose refusals the rule of evidence does not let count, by arm. */
  readonly uncounted: Readonly<Record<string, number>>;
}

/** What a live page is told, as the events of one stream, by their names: what was until now, then what comes. */
export interface LiveEvents {
  readonly snapshot: PageData;
  readonly records: readonly LooseRecord[];
  /** Why nothing can be done to the fleet from here; null when something can. Only where it ever can be. */
  readonly control: { readonly hindrance: string | null };
  /** The run ended and was judged. */
  readonly verdict: Pick<PageData, 'moments' | 'uncounted'> & {
    /** The top of a report: verdict and claims. */
    readonly markup: string;
    /** The arms side by side with what each came to; nothing where there is only one. */
    readonly armsMarkup: string;
  };
}
