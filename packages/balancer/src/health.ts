/**
 * Whether a front-end is in the rotation, by the answers to its health checks: ejected after some failures in a row,
 * back after some successes in a row, so that one lost answer moves nothing. Pure.
 */

/** As the common balancers have it by default: two of a kind. */
const FAILURES_TO_EJECT = 2;
const SUCCESSES_TO_RETURN = 2;

export interface Health {
  readonly ready: boolean;
  /** Answers in a row that speak against `ready`. */
  readonly against: number;
  /** Before the first answer it is not ready, and that answer alone decides. */
  readonly asked: boolean;
}

export const UNASKED: Health = { ready: false, against: 0, asked: false };

/** The health after one more answer. */
export function afterCheck({ ready, against, asked }: Health, passed: boolean): Health {
  if (!asked) return { ready: passed, against: 0, asked: true };
  if (passed === ready) return { ready, against: 0, asked };
  const needed = ready ? FAILURES_TO_EJECT : SUCCESSES_TO_RETURN;
  return against + 1 >= needed
    ? { ready: passed, against: 0, asked }
    : { ready, against: against + 1, asked };
}
