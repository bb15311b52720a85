/**
 * Every call to the engine goes through here: it has a deadline, and an engine that does not answer is told apart
 * from one that says no.
 */
import { RuntimeUnavailableError } from '../runtime.ts';

/** A busy engine takes seconds to remove what uses much memory; half a minute means that it hangs. */
const ENGINE_DEADLINE_MS = 30_000;

/**
 * Awaits an answer of the engine.
 * @param what the call does, for the error: «start container fe-01».
 * @throws RuntimeUnavailableError when the engine is not there or does not answer in time; the engine's own error,
 * with its `statusCode`, when it says no.
 */
export async function engineCall<Answer>(
  what: string,
  call: Promise<Answer>,
  deadlineMs: number = ENGINE_DEADLINE_MS,
): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(new RuntimeUnavailableError(`Cannot ${what}: the engine did not answer in ${deadlineMs} ms`)),
      deadlineMs,
    );
  });
  try {
    return await Promise.race([call, late]);
  } catch (error) {
    throw asEngineError(what, error);
  } finally {
    clearTimeout(timer);
  }
}

/** As {@link engineCall}; an answer with one of these statuses means that it was so already. */
export async function engineCallUnless(
  statuses: readonly number[],
  what: string,
  call: Promise<unknown>,
): Promise<void> {
  try {
    await engineCall(what, call);
  } catch (error) {
    if (!statuses.includes(statusOf(error) ?? 0)) throw error;
  }
}

/** The HTTP status of the engine's refusal; undefined when the error is not one. */
export function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number }).statusCode;
}

function asEngineError(what: string, error: unknown): unknown {
  if (error instanceof RuntimeUnavailableError || statusOf(error) !== undefined) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new RuntimeUnavailableError(`Cannot ${what}: the Docker engine is not there: ${why}`, {
    cause: error,
  });
}
