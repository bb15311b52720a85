/**
 * Whose turn it is: round-robin over the front-ends that are ready, over all of them when none is, as the common
 * load balancers do (fail open). Pure; whether a front-end is ready is found out in `targets.ts`.
 */

export interface Rotation<T> {
  /** The next in turn; undefined when there is nobody at all. */
  next(): T | undefined;
}

/**
 * @param all everyone, looked at anew on each turn.
 */
export function rotationOver<T extends { readonly ready: boolean }>(all: () => readonly T[]): Rotation<T> {
  let turn = 0;
  return {
    next() {
      const everyone = all();
      const ready = everyone.filter((candidate) => candidate.ready);
      const eligible = ready.length > 0 ? ready : everyone;
      if (eligible.length === 0) return undefined;
      turn = (turn + 1) % eligible.length;
      return eligible[turn];
    },
  };
}

/**
 * As a client does that keeps its connection: the same one as long as it is there and ready, then the next in turn.
 * @param rotation whose turn it is when another is needed.
 */
export function stickTo<T extends { readonly ready: boolean }>(
  rotation: Rotation<T>,
  all: () => readonly T[],
): Rotation<T> {
  let chosen: T | undefined;
  return {
    next() {
      if (chosen === undefined || !chosen.ready || !all().includes(chosen)) chosen = rotation.next();
      return chosen;
    },
  };
}
