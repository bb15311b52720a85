/**
 * How requests that did not end well are named and ranked, the same in every picture of a run: by outcome and the
 * front-end's reason, the most frequent first, the rare ones as one.
 */

/** Requests that the load could not send, so many were under way. */
export const NOT_SENT = 'not sent: too many hung';
/** All kinds that are not told apart. */
export const OTHER_ERRORS = 'other errors';
/** Kinds of error that are told apart; the rarer ones are drawn as one. */
const ERROR_KINDS_MAX = 4;

/** The name of what became of a request. */
export function kindOf(outcome: string, reason: string | null): string {
  return reason === null ? outcome : `${outcome}: ${reason}`;
}

/**
 * The kinds to show, the most frequent first, {@link OTHER_ERRORS} last where there are too many.
 * @param totals how often each kind of error was met; what ended well is not among them.
 */
export function shownKinds(totals: ReadonlyMap<string, number>): string[] {
  const ranked = [...totals].toSorted(([, left], [, right]) => right - left).map(([kind]) => kind);
  return ranked.length <= ERROR_KINDS_MAX ? ranked : [...ranked.slice(0, ERROR_KINDS_MAX - 1), OTHER_ERRORS];
}
