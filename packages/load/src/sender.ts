/**
 * Makes Kinesis calls to a given front-end: JSON 1.1 with the run's secret. One attempt a call and no choice of
 * target: who is asked is `targets.ts`'s, when to try again is the caller's.
 */
import { accessHeaders } from '@fleetfall/protocol/access.ts';
import type { KinesisAction, KinesisActions } from '@fleetfall/protocol/kinesis.ts';
import { exchange } from './exchange.ts';
import type { HttpPool } from './http/pool.ts';
import { asciiJson } from './http/request-text.ts';
import { type KinesisAnswer, readAnswer } from './kinesis/answer.ts';
import { kinesisRequests } from './kinesis/requests.ts';

export interface Sender {
  /** @param onAnswer hears the outcome once, at the latest after `timeoutMs`, whatever becomes of the pool. */
  send<Action extends KinesisAction>(
    pool: HttpPool,
    action: Action,
    input: KinesisActions[Action]['input'],
    timeoutMs: number,
    onAnswer: (answer: KinesisAnswer<Action>) => void,
  ): void;
}

/**
 * @param log hears each new kind of fault of the client itself, once.
 */
export function createSender(secret: string, log: (message: string) => void): Sender {
  const requestFor = kinesisRequests(accessHeaders(secret));
  const faultsTold = new Set<string>();
  return {
    send(pool, action, input, timeoutMs, onAnswer) {
      exchange(pool, requestFor(pool, action, asciiJson(input)), timeoutMs, (end) => {
        if (end.kind === 'broken' && end.reason === 'client-error' && !faultsTold.has(end.detail)) {
          faultsTold.add(end.detail);
          log(`a request failed in the client: ${end.detail}`);
        }
        onAnswer(readAnswer(action, end));
      });
    },
  };
}
