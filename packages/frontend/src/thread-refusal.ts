/**
 * A thread that the kernel did not give: at `pids.max` `clone` fails with EAGAIN, and Node throws from
 * `new Worker`. Links and constructions meet it; it is observed and counted, never fatal.
 */

/** Node's code for a worker whose thread could not be made. */
const WORKER_INIT_FAILED = 'ERR_WORKER_INIT_FAILED';

export class ThreadRefusedError extends Error {
  override readonly name = 'ThreadRefusedError';
}

/** Turns Node's error for a thread that was not to be had into a {@link ThreadRefusedError}; others pass as they are. */
export function asThreadRefusal(error: unknown): unknown {
  if (error instanceof Error && 'code' in error && error.code === WORKER_INIT_FAILED) {
    return new ThreadRefusedError(`the kernel refused a thread: ${error.message}`, { cause: error });
  }
  return error;
}
