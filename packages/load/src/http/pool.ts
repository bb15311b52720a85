/**
 * The connections to one server. A request takes the connection that was used last, a new one when all are busy, and
 * waits its turn where their number is bounded. Nothing is sent twice: what became of a request on a broken connection
 * is an outcome, and whether to try again is not this layer's to say.
 */
import type { Bodies, ParsedAnswer } from './answer-parser.ts';
import type { BrokenReason } from './broken-reason.ts';
import { Connection, type ConnectionListener, type Exchange, type Origin } from './connection.ts';

/**
 * Connections that are being made at once. Making one costs both sides what ten requests do: without a bound, a server
 * that stood still for a moment is met by a storm of connections that keeps it from ever catching up.
 */
const CONNECTING_MAX = 32;

export interface PoolOptions {
  /** More requests than this wait for a connection. */
  readonly connectionsMax: number;
  readonly connectTimeoutMs: number;
  /** @default 'kept' */
  readonly bodies?: Bodies;
}

/**
 * What had become of a request that was given up. `queued`: it waited for this client's own bounds. `unconnected`: it
 * waited for a connection that the server's host did not take. `written`: the server may have it.
 */
export type GivenUp = 'queued' | 'unconnected' | 'written';

/** A request on its way: over a connection, or waiting for one. */
export interface Carrier {
  /** Gives it up. The connection that carries it is cut, since its answer may still come. */
  giveUp(): GivenUp;
}

class Sending implements Carrier {
  readonly request: string | Buffer;
  readonly exchange: Exchange;
  readonly sinceMs: number;
  /** It waits for one of `connectionsMax` to be free, and not for connections that are being made. */
  ownBound = false;
  /** What it was written to. */
  connection: Connection | undefined;
  readonly #pool: HttpPool;

  constructor(request: string | Buffer, exchange: Exchange, sinceMs: number, pool: HttpPool) {
    this.request = request;
    this.exchange = exchange;
    this.sinceMs = sinceMs;
    this.#pool = pool;
  }

  giveUp(): GivenUp {
    return this.#pool.cut(this);
  }
}

export class HttpPool implements ConnectionListener {
  readonly origin: Origin;
  readonly #options: PoolOptions;
  readonly #open = new Set<Connection>();
  readonly #idle: Connection[] = [];
  /** Connections that carry a request. */
  #busy = 0;
  readonly #waiting = new Set<Sending>();
  /** Goes on where it was: a row that is read from its front each time is searched through all that have left it. */
  #turns = this.#waiting.values();
  #connecting = 0;
  /** When the server's host last took or refused a connection. */
  #heardAtMs = 0;
  #closing = false;
  #destroyed = false;
  #drained: (() => void) | undefined;

  constructor(origin: Origin, options: PoolOptions) {
    this.origin = origin;
    this.#options = options;
  }

  /** Sends a request, or lets it wait for a connection. The caller bounds how many there are, and how long. */
  send(request: string | Buffer, exchange: Exchange): Carrier {
    const nowMs = performance.now();
    const sending = new Sending(request, exchange, nowMs, this);
    const connection = this.#takeIdle(nowMs) ?? this.#makeOne();
    if (connection !== undefined) this.#carry(connection, sending, nowMs);
    else {
      sending.ownBound = this.#destroyed || this.#busy >= this.#options.connectionsMax;
      this.#waiting.add(sending);
    }
    return sending;
  }

  /** Opens connections before they are needed, so that the first requests do not wait for them. */
  warm(connections: number): void {
    for (let made = 0; made < Math.min(connections, this.#options.connectionsMax); made += 1)
      this.#idle.push(this.#connect());
  }

  /** Gives up on what {@link send} returned. */
  cut(sending: Sending): GivenUp {
    if (this.#waiting.delete(sending))
      return sending.ownBound || this.#heardAtMs > sending.sinceMs ? 'queued' : 'unconnected';
    const { connection } = sending;
    if (connection === undefined || connection.carries !== sending.exchange) return 'written';
    const before: GivenUp = connection.connected ? 'written' : 'unconnected';
    this.#release(connection);
    this.#destroy(connection);
    this.#sendNext();
    return before;
  }

  /** Resolves once all that is under way has ended; takes no further request. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#busy > 0 && !this.#destroyed) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
    this.destroy();
  }

  /**
   * Cuts all connections, for good; nothing more is told. What was under way stays as it was, for those who give it up
   * later and ask what had become of it.
   */
  destroy(): void {
    this.#closing = true;
    this.#destroyed = true;
    for (const connection of this.#open) connection.destroy();
    this.#open.clear();
    this.#idle.length = 0;
    this.#drained?.();
  }

  onAttemptEnd(heard: boolean): void {
    this.#connecting -= 1;
    if (heard) this.#heardAtMs = performance.now();
    if (!this.#closing) this.#sendNext();
  }

  onAnswer(connection: Connection, answer: ParsedAnswer): void {
    const exchange = this.#release(connection);
    if (answer.keepAlive) this.#idle.push(connection);
    else this.#open.delete(connection);
    try {
      exchange?.onAnswer(answer);
    } finally {
      this.#sendNext();
    }
  }

  onBroken(connection: Connection, reason: BrokenReason, detail: string, written: boolean): void {
    this.#open.delete(connection);
    const exchange = this.#release(connection);
    if (exchange === undefined) {
      const at = this.#idle.indexOf(connection);
      if (at >= 0) this.#idle.splice(at, 1);
      return;
    }
    try {
      exchange.onBroken(reason, detail, written);
    } finally {
      this.#sendNext();
    }
  }

  #takeIdle(nowMs: number): Connection | undefined {
    for (let last = this.#idle.pop(); last !== undefined; last = this.#idle.pop()) {
      if (last.isUsable(nowMs)) return last;
      this.#destroy(last);
    }
    return undefined;
  }

  #destroy(connection: Connection): void {
    this.#open.delete(connection);
    connection.destroy();
  }

  #connect(): Connection {
    this.#connecting += 1;
    const { connectTimeoutMs, bodies = 'kept' } = this.#options;
    const connection = new Connection(this.origin, connectTimeoutMs, bodies, this);
    this.#open.add(connection);
    return connection;
  }

  #makeOne(): Connection | undefined {
    if (this.#destroyed) return undefined;
    if (this.#busy >= this.#options.connectionsMax || this.#connecting >= CONNECTING_MAX) return undefined;
    return this.#connect();
  }

  #carry(connection: Connection, sending: Sending, turnAtMs: number): void {
    this.#busy += 1;
    connection.carries = sending.exchange;
    sending.connection = connection;
    sending.exchange.onTurn(turnAtMs);
    connection.send(sending.request);
  }

  #release(connection: Connection): Exchange | undefined {
    const exchange = connection.carries;
    if (exchange === undefined) return undefined;
    connection.carries = undefined;
    this.#busy -= 1;
    if (this.#closing && this.#busy === 0 && this.#waiting.size === 0) this.#drained?.();
    return exchange;
  }

  #sendNext(): void {
    if (this.#waiting.size === 0) return;
    const nowMs = performance.now();
    const connection = this.#takeIdle(nowMs) ?? this.#makeOne();
    if (connection === undefined) return;
    const next = this.#takeWaiting();
    // While the server's host was silent to all attempts at once, it was the server that kept the request waiting.
    const turnAtMs = next.ownBound ? nowMs : Math.max(next.sinceMs, this.#heardAtMs);
    this.#carry(connection, next, turnAtMs);
  }

  /** Who has waited longest, of at least one. */
  #takeWaiting(): Sending {
    let { value: next, done } = this.#turns.next();
    if (done === true) {
      this.#turns = this.#waiting.values();
      next = this.#turns.next().value;
    }
    if (next === undefined) throw new Error('Cannot take who waits next: nobody does');
    this.#waiting.delete(next);
    return next;
  }
}
