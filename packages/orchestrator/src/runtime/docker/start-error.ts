/**
 * Why a member in a container did not start, for whoever asked for it.
 */
import { type MemberSpec, RuntimeUnavailableError, StartError } from '../runtime.ts';
import type { Attachment } from './attachment.ts';

/**
 * The error that the caller of `start` hears: an abort's reason, an engine that is gone, or a StartError.
 * @param attachment to the container, which is removed by now, so that its last words come to an end.
 */
export async function asStartError(
  { memberId }: MemberSpec,
  error: unknown,
  attachment: Attachment | undefined,
  signal: AbortSignal,
): Promise<unknown> {
  if (signal.aborted) return signal.reason;
  if (error instanceof RuntimeUnavailableError) return error;
  const why = error instanceof Error ? error.message.trim() : String(error);
  const lastWords = attachment === undefined ? '' : (await attachment.exited).lastWords;
  return new StartError(`Cannot start '${memberId}': ${why}${lastWords === '' ? '' : `: ${lastWords}`}`, {
    cause: error,
  });
}
