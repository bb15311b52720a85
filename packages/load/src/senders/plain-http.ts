/**
 * Sends the same request to plain HTTP servers in turn. An answer below 400 is a success, whatever its body; one that
 * sends the client elsewhere is told apart, since nobody follows it.
 */
import type { Bodies, ParsedAnswer } from '../http/answer-parser.ts';
import { detailBeside } from '../http/broken-reason.ts';
import type { Exchange } from '../http/connection.ts';
import type { HttpPool } from '../http/pool.ts';
import { authorityOf, type Fields, requestHead, requestText } from '../http/request-text.ts';
import type { Flight, Launch } from '../open-loop.ts';
import type { Recipient } from '../tally.ts';

export interface PlainRequest {
  readonly method: string;
  readonly fields: Fields;
  readonly body: string;
}

/** A server, and the path that is asked of it. */
export interface PlainTarget {
  readonly pool: HttpPool;
  readonly path: string;
}

/** What there is to read of the answers' bodies: nobody looks into them. */
export function bodiesOf(method: string): Bodies {
  return method === 'HEAD' ? 'none' : 'passed-over';
}

/** @throws RangeError when a header cannot be sent. */
export function plainHttp(targets: readonly PlainTarget[], { method, fields, body }: PlainRequest): Launch {
  const routes = targets.map(({ pool, path }) => {
    const authority = authorityOf(pool.origin.host, pool.origin.port);
    const head = requestHead(method, path, authority, fields);
    const bytes = Buffer.from(body, 'utf8').toString('latin1');
    const request = method === 'GET' && body === '' ? `${head}\r\n` : requestText(head, bytes);
    const recipient: Recipient = { memberId: authority, cohort: 'incumbent' };
    return { pool, request, recipient };
  });
  let turn = 0;
  return (flight) => {
    const route = routes[turn];
    turn = (turn + 1) % routes.length;
    if (route === undefined) throw new Error('Cannot send a request: there is no target');
    flight.recipient = route.recipient;
    flight.operation = method;
    flight.carrier = route.pool.send(route.request, new PlainExchange(flight));
  };
}

/** The reason beside `ok` of an answer that sends elsewhere. */
export const REDIRECTED = 'redirected';

class PlainExchange implements Exchange {
  readonly #flight: Flight;

  constructor(flight: Flight) {
    this.#flight = flight;
  }

  onTurn(atMs: number): void {
    this.#flight.sent(atMs);
  }

  onAnswer({ status }: ParsedAnswer): void {
    if (status < 300) this.#flight.end('ok', null);
    else if (status < 400) this.#flight.end('ok', status === 304 ? null : REDIRECTED);
    else this.#flight.end(`http-${status}`, null);
  }

  onBroken(reason: string, detail: string): void {
    this.#flight.end(reason, detailBeside(reason, detail));
  }
}
