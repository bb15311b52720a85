/**
 * Taking things down goes on past what fails, and has a deadline of its own: each step is tried, and what could not
 * be done is told together at the end.
 */

/**
 * Fifty containers are removed in three seconds, on a busy engine in ten. One that does not answer at all is waited
 * for no longer than this; what is left then is for the reaper.
 */
const TEARDOWN_DEADLINE_MS = 40_000;

/** Something was left behind. The message names every failure; the first is its cause. */
export class TeardownError extends Error {
  override readonly name = 'TeardownError';
  /** Whether what was left takes nothing of the machine. */
  readonly isIdle: boolean;

  constructor(message: string, failures: readonly unknown[]) {
    super(message, { cause: failures[0] });
    this.isIdle = failures.every((failure) => isIdle(failure));
  }
}

/** What could not be removed runs nothing: beside it a fleet has the machine for itself. */
export class IdleRemainsError extends Error {
  override readonly name = 'IdleRemainsError';
}

function isIdle(failure: unknown): boolean {
  return failure instanceof IdleRemainsError || (failure instanceof TeardownError && failure.isIdle);
}

/**
 * Runs all steps, one after another, until the deadline.
 * @param what is taken down, for the error: «fleet 'main'».
 * @throws TeardownError when a step failed or the deadline passed.
 */
export async function takeDown(
  what: string,
  steps: readonly (() => Promise<unknown> | unknown)[],
  deadlineMs: number = TEARDOWN_DEADLINE_MS,
): Promise<void> {
  const failures: unknown[] = [];
  const late = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => late.resolve('late'), deadlineMs);
  for (const step of steps) {
    try {
      if ((await Promise.race([step(), late.promise])) !== 'late') continue;
      failures.push(new Error(`it was not done within ${deadlineMs} ms`));
      break;
    } catch (error) {
      failures.push(error);
    }
  }
  clearTimeout(timer);
  throwTogether(what, failures);
}

/**
 * Disposes all at once; each has its own deadline.
 * @throws TeardownError when one of them fails.
 */
export async function disposeAll(what: string, resources: readonly AsyncDisposable[]): Promise<void> {
  const ends = await Promise.allSettled(resources.map((resource) => resource[Symbol.asyncDispose]()));
  throwTogether(
    what,
    ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : [])),
  );
}

/**
 * What ended a piece of work, when its teardown failed as well: the work's own error. The teardown's is told by
 * whoever disposes the runtime, which holds every fleet's.
 */
export function workError(error: unknown): unknown {
  // By name: where `await using` was compiled for an older Node, the class is not the global one.
  const suppressed = error instanceof Error && error.name === 'SuppressedError';
  return suppressed ? workError((error as SuppressedError).suppressed) : error;
}

function throwTogether(what: string, failures: readonly unknown[]): void {
  if (failures.length === 0) return;
  const reasons = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)));
  throw new TeardownError(`Cannot take down ${what} whole: ${[...new Set(reasons)].join('; ')}`, failures);
}
