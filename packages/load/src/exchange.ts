/**
 * One HTTP request with a deadline of its own that holds in every state: waiting for a connection, connecting, or
 * half answered. For calls that prepare, verify or check health; what is measured goes through `open-loop.ts`.
 */
import type { ParsedAnswer } from './http/answer-parser.ts';
import type { BrokenReason } from './http/broken-reason.ts';
import type { HttpPool } from './http/pool.ts';

export type ExchangeEnd =
  | Pick<ParsedAnswer, 'kind' | 'status' | 'head' | 'body'>
  | {
      readonly kind: 'broken';
      readonly reason: BrokenReason;
      readonly detail: string;
      /** False when the request certainly never reached the server. */
      readonly written: boolean;
    };

/**
 * Sends one request.
 * @param timeoutMs from this call to the last byte of the answer.
 * @param onEnd hears how it ended, once; when its time is over, where the pool is destroyed before.
 */
export function exchange(
  pool: HttpPool,
  request: string,
  timeoutMs: number,
  onEnd: (end: ExchangeEnd) => void,
): void {
  const carrier = pool.send(request, {
    onTurn: () => undefined,
    onAnswer(answer) {
      clearTimeout(deadline);
      onEnd(answer);
    },
    onBroken(reason, detail, written) {
      clearTimeout(deadline);
      onEnd({ kind: 'broken', reason, detail, written });
    },
  });
  const deadline = setTimeout(() => {
    const written = carrier.giveUp() === 'written';
    const reason = written ? 'timeout' : 'connect-timeout';
    onEnd({ kind: 'broken', reason, detail: `no answer within ${timeoutMs} ms`, written });
  }, timeoutMs);
}
