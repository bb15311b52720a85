/**
 * The ways in which a run ends early though nothing broke.
 */

/** An arm never came to its steady state: nothing was tried on it. */
export class UnsteadyError extends Error {
  override readonly name = 'UnsteadyError';
}

/** One of the experiment's stop conditions held. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

/** A fault that the method asks for could not be put into force, or not be shown to be: what follows was not tried. */
export class UntriedError extends Error {
  override readonly name = 'UntriedError';
}
