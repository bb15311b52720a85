/**
 * Carries Kinesis calls straight over keep-alive sockets, one attempt each: the fast way, and the plain truth of what
 * the service answered. Retries are the SDK's way, in `sdk-kinesis.ts`.
 */
import type { KinesisAction } from '@fleetfall/protocol/kinesis.ts';
import type { ParsedAnswer } from '../http/answer-parser.ts';
import type { Exchange } from '../http/connection.ts';
import type { Carrier, GivenUp, HttpPool } from '../http/pool.ts';
import { asciiJson } from '../http/request-text.ts';
import { givenUp, type KinesisAnswer, readAnswer } from '../kinesis/answer.ts';
import type { KinesisCall } from '../kinesis/call.ts';
import type { KinesisRequests } from '../kinesis/requests.ts';
import type { Flight, Launch } from '../open-loop.ts';
import type { Recipient } from '../tally.ts';

/** A server that calls may go to. */
export interface Route {
  readonly pool: HttpPool;
  readonly recipient: Recipient;
}

/**
 * Sends each call over whichever route's turn it is.
 * @param nextRoute undefined when there is nobody to send to: the flight ends as `no-target`.
 */
export function rawKinesis(
  nextRoute: () => Route | undefined,
  requestFor: KinesisRequests,
  nextCall: () => KinesisCall,
): Launch {
  return (flight) => {
    const route = nextRoute();
    const call = nextCall();
    flight.operation = call.action;
    if (route === undefined) {
      call.settle(NOBODY_ASKED);
      flight.end(NOBODY_ASKED.outcome, null);
      return;
    }
    flight.recipient = route.recipient;
    const exchange = new KinesisExchange(flight, call);
    flight.carrier = exchange;
    exchange.carrier = route.pool.send(requestFor(route.pool, call.action, asciiJson(call.input)), exchange);
  };
}

const NOBODY_ASKED: KinesisAnswer<never> & { ok: false } = {
  ok: false,
  outcome: 'no-target',
  reason: null,
  definite: true,
  message: 'there is no front-end to ask',
};

class KinesisExchange implements Exchange, Carrier {
  /** Of the request on its connection. */
  carrier: Carrier | undefined;
  readonly #flight: Flight;
  readonly #call: KinesisCall;

  constructor(flight: Flight, call: KinesisCall) {
    this.#flight = flight;
    this.#call = call;
  }

  onTurn(atMs: number): void {
    this.#flight.sent(atMs);
  }

  onAnswer(answer: ParsedAnswer): void {
    this.#hear(readAnswer(this.#call.action, answer));
  }

  onBroken(...[reason, detail, written]: Parameters<Exchange['onBroken']>): void {
    this.#hear(readAnswer(this.#call.action, { kind: 'broken', reason, detail, written }));
  }

  giveUp(): GivenUp {
    const before = this.carrier?.giveUp() ?? 'queued';
    this.#call.settle(givenUp(before === 'written'));
    return before;
  }

  #hear(answer: KinesisAnswer<KinesisAction>): void {
    const { outcome, reason } = this.#call.settle(answer);
    this.#flight.end(outcome, reason);
  }
}
