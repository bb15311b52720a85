/**
 * What can be done to a fleet from its live page. The page's server knows no fleet and passes on what was asked for;
 * whoever started the server says who does it, and whether anybody can.
 */

/** Front-ends that one deed can add or take away: a slip of the hand must not fill a machine. */
const COUNT_MAX = 50;
/** What `pids.max` can be set to here; the fleet's own rules come on top. */
const PIDS_MAX = 100_000;

export type Deed =
  | { readonly verb: 'grow'; readonly count: number }
  /** Takes the newest away. */
  | { readonly verb: 'shrink'; readonly count: number }
  /** Every front-end. */
  | { readonly verb: 'restart' }
  /** Of every front-end, those to come too. */
  | { readonly verb: 'set-limit'; readonly pidsMax: number };

export interface FleetControl {
  /** Why nothing can be done to the fleet now; null when something can. Asked often: it has to be cheap. */
  hindrance(): string | null;
  /** @returns what came of it, for people. @throws Error that says why it was not done. */
  act(deed: Deed): Promise<string>;
}

/** @throws Error when the text is no deed. */
export function readDeed(text: string): Deed {
  const said = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
  const verb = said?.verb;
  if (verb === 'restart') return { verb };
  if (verb === 'grow' || verb === 'shrink')
    return { verb, count: wholeNumber('count', said?.count, COUNT_MAX) };
  if (verb === 'set-limit') return { verb, pidsMax: wholeNumber('pidsMax', said?.pidsMax, PIDS_MAX) };
  throw new Error(`verb '${String(verb)}': must be grow, shrink, restart or set-limit`);
}

function wholeNumber(name: string, value: unknown, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Error(`${name} '${String(value)}': must be a whole number from 1 to ${most}`);
}
