/**
 * The orchestrator's side of a member that is driven over its standard streams: the observer and the load.
 * Records come in one JSON object a line; one that cannot be read is the harness's own fault and ends the run.
 */
import type { MemberSpec, StartedMember } from '../runtime/runtime.ts';

/** The harness itself broke: a part of it ended, or said what cannot be read. */
export class HarnessError extends Error {
  override readonly name = 'HarnessError';
}

/** What can be attached to: a member's streams, whoever started it. */
export type AttachedMember = Pick<StartedMember, 'lines' | 'send' | 'exited'> & {
  readonly spec: Pick<MemberSpec, 'role'>;
};

export interface Attached<Command, Record extends { readonly kind: string }> {
  tell(command: Command): void;
  /**
   * The next record that passes; asked from now on.
   * @throws HarnessError when the member ends before, or says nothing of the kind in time.
   */
  next<Wanted extends Record>(
    passes: (record: Record) => record is Wanted,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<Wanted>;
}

/**
 * Attaches to a member's streams.
 * @param onRecord hears every record, in order.
 * @param onBroken hears once that the streams ended or could not be read.
 */
export function attach<Command extends object, Record extends { readonly kind: string }>(
  member: AttachedMember,
  onRecord: (record: Record) => void,
  onBroken: (error: HarnessError) => void,
): Attached<Command, Record> {
  const waiting = new Set<(record: Record | HarnessError) => void>();
  let broken: HarnessError | undefined;

  function fail(error: HarnessError): void {
    broken = error;
    for (const hear of waiting) hear(error);
    onBroken(error);
  }

  async function read(): Promise<void> {
    for await (const line of member.lines) {
      const record = JSON.parse(line) as Record;
      onRecord(record);
      for (const hear of waiting) hear(record);
    }
    const { lastWords } = await member.exited;
    throw new Error(`it ended${lastWords === '' ? '' : `: ${lastWords}`}`);
  }
  read().catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    fail(new HarnessError(`the ${member.spec.role} broke off: ${why}`, { cause: error }));
  });

  return {
    tell: (command) => member.send(JSON.stringify(command)),
    async next(passes, timeoutMs, signal) {
      signal.throwIfAborted();
      if (broken !== undefined) throw broken;
      type Wanted = Parameters<typeof passes>[0] & { readonly kind: string };
      const { promise, resolve, reject } = Promise.withResolvers<Wanted>();
      const hear = (record: Record | HarnessError): void => {
        if (record instanceof HarnessError) reject(record);
        else if (passes(record)) resolve(record);
      };
      const abort = (): void => reject(signal.reason);
      const late = setTimeout(() => {
        reject(
          new HarnessError(`the ${member.spec.role} did not say what it was asked for in ${timeoutMs} ms`),
        );
      }, timeoutMs);
      waiting.add(hear);
      signal.addEventListener('abort', abort, { once: true });
      try {
        return (await promise) as never;
      } finally {
        clearTimeout(late);
        waiting.delete(hear);
        signal.removeEventListener('abort', abort);
      }
    },
  };
}
