/**
 * One GET to a member, with a deadline that holds while it connects as well as while it answers. Never rejects:
 * that a member does not answer is what an observer is there to tell.
 */
import { type Agent, get } from 'node:http';
import { accessHeaders } from '@fleetfall/protocol/access.ts';
import type { Endpoint } from '@fleetfall/protocol/membership.ts';

/** A state names every peer once, about 60 bytes each: room for thousands. */
const ANSWER_BYTES_MAX = 1024 * 1024;

export type Answer =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string; readonly tookMs: number }
  | { readonly kind: 'unanswered'; readonly reason: string };

/** Asks members over connections that are kept. */
export interface Asker extends Disposable {
  /** @param timeoutMs from the call to the last byte of the answer. */
  ask(endpoint: Endpoint, path: string, timeoutMs: number): Promise<Answer>;
}

/**
 * @param agent keeps the connections; disposed of with the asker.
 */
export function createAsker(agent: Agent, secret: string): Asker {
  const headers = accessHeaders(secret);
  return {
    ask: ({ host, port }, path, timeoutMs) =>
      new Promise((resolve) => {
        const startedMs = performance.now();
        const request = get({ agent, host, port, path, headers }, (response) => {
          const chunks: Buffer[] = [];
          let bytes = 0;
          response.on('data', (chunk: Buffer) => {
            bytes += chunk.length;
            if (bytes > ANSWER_BYTES_MAX) end({ kind: 'unanswered', reason: 'bad-answer' });
            else chunks.push(chunk);
          });
          response.on('error', broke);
          response.on('end', () => {
            const tookMs = Math.round((performance.now() - startedMs) * 10) / 10;
            const body = Buffer.concat(chunks).toString('utf8');
            end({ kind: 'answered', status: response.statusCode ?? 0, body, tookMs });
          });
        });
        const deadline = setTimeout(() => end({ kind: 'unanswered', reason: 'timeout' }), timeoutMs);
        // The first to end it is the reason; what the ending itself breaks says nothing more.
        const end = (answer: Answer): void => {
          clearTimeout(deadline);
          resolve(answer);
          if (answer.kind === 'unanswered') request.destroy();
        };
        const broke = (error: Error): void => end({ kind: 'unanswered', reason: reasonOf(error) });
        request.on('error', broke);
      }),
    [Symbol.dispose]: () => agent.destroy(),
  };
}

const REASON_BY_CODE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection-refused',
  ECONNRESET: 'connection-reset',
  EPIPE: 'connection-reset',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
};

/** A word for an error of a socket; its message where there is none. */
export function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return REASON_BY_CODE[code ?? ''] ?? error.message;
}
