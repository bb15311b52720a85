/**
 * Whose turn it is: round-robin over the front-ends that are ready, over all of them when none is, since a balancer
 * that sends to nobody helps nobody (fail open).
 */

/**
 * @param everyone looked at anew on each turn.
 * @returns for each connection all that it may go to, the one whose turn it is first.
 */
export function turnsOver<T extends { readonly ready: boolean }>(everyone: () => readonly T[]): () => T[] {
  let turn = 0;
  return () => {
    const all = everyone();
    const ready = all.filter((each) => each.ready);
    const eligible = ready.length > 0 ? ready : all;
    if (eligible.length === 0) return [];
    turn = (turn + 1) % eligible.length;
    return [...eligible.slice(turn), ...eligible.slice(0, turn)];
  };
}
