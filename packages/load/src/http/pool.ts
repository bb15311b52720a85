/**
 * The connections to one server. A request takes the connection that was used last, a new one when all are busy, and
 * waits its turn where their number is bounded. Nothing is sent twice: what became of a request on a broken connection
 * is an outcome, and whether to try again is not this layer's to say.
 */
import type { ParsedAnswer } from './answer-parser.ts';
import type { BrokenReason } from './broken-reason.ts';
import { Connection, type ConnectionListener, type Origin } from './connection.ts';

/**
 * Connections that are being made at once. Making one costs both sides what ten requests do: without a bound, a server
 * that stood still for a moment is met by a storm of connections that keeps it from ever catching up.
 */
const CONNECTING_MAX = 32;

export interface PoolOptions {
  /** More requests than this wait for a connection. */
  readonly connectionsMax: number;
  readonly connectTimeoutMs: number;
}

/**
 * What had become of a request that was given up. `queued`: it waited for this client's own bounds. `unconnected`: it
 * waited for a connection that the server's host did not take. `written`: the server may have it.
 */
export type GivenUp = 'queued' | 'unconnected' | 'written';

/** A request that is under way. Hears its end once, or nothing after it was cut. */
export interface Exchange {
  /**
   * Its turn has come: it is written to a connection, or to one that is being made for it. Heard before its end, unless
   * it never had a turn.
   * @param atMs when that was, on the clock of `performance.now`: from then on it waits for the server and not for this
   *   client.
   */
  onTurn(atMs: number): void;
  /** @param answer valid until this returns. */
  onAnswer(answer: ParsedAnswer): void;
  /** @param written false when it certainly never reached the server. */
  onBroken(reason: BrokenReason, detail: string, written: boolean): void;
}

interface Waiting {
  readonly request: string | Buffer;
  readonly exchange: Exchange;
  readonly sinceMs: number;
  /** It waits for one of `connectionsMax` to be free, and not for connections that are being made. */
  readonly ownBound: boolean;
}

export class HttpPool implements ConnectionListener {
  readonly origin: Origin;
  readonly #options: PoolOptions;
  readonly #idle: Connection[] = [];
  readonly #busy = new Map<Connection, Exchange>();
  readonly #carriers = new Map<Exchange, Connection>();
  readonly #waiting = new Map<Exchange, Waiting>();
  #connecting = 0;
  /** When the server's host last took or refused a connection. */
  #heardAtMs = 0;
  #closing = false;
  #drained: (() => void) | undefined;

  constructor(origin: Origin, options: PoolOptions) {
    this.origin = origin;
    this.#options = options;
  }

  /** Sends a request, or lets it wait for a connection. The caller bounds how many there are, and how long. */
  send(request: string | Buffer, exchange: Exchange): void {
    const nowMs = performance.now();
    const connection = this.#takeIdle(nowMs) ?? this.#makeOne();
    if (connection !== undefined) {
      this.#carry(connection, request, exchange, nowMs);
      return;
    }
    const ownBound = this.#busy.size >= this.#options.connectionsMax;
    this.#waiting.set(exchange, { request, exchange, sinceMs: nowMs, ownBound });
  }

  /** Opens connections before they are needed, so that the first requests do not wait for them. */
  warm(connections: number): void {
    for (let made = 0; made < Math.min(connections, this.#options.connectionsMax); made += 1)
      this.#idle.push(this.#connect());
  }

  /** Gives up on a request; the connection that carries it is cut, since its answer may still come. */
  cut(exchange: Exchange): GivenUp {
    const waiting = this.#waiting.get(exchange);
    if (waiting !== undefined) {
      this.#waiting.delete(exchange);
      return waiting.ownBound || this.#heardAtMs > waiting.sinceMs ? 'queued' : 'unconnected';
    }
    const connection = this.#carriers.get(exchange);
    if (connection === undefined) return 'written';
    const before: GivenUp = connection.connecting ? 'unconnected' : 'written';
    this.#release(connection);
    connection.destroy();
    this.#sendNext();
    return before;
  }

  /** Resolves once all that is under way has ended; takes no further request. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#busy.size > 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
    this.destroy();
  }

  /** Cuts all connections; nothing more is told. */
  destroy(): void {
    this.#closing = true;
    for (const connection of [...this.#idle, ...this.#busy.keys()]) connection.destroy();
    this.#idle.length = 0;
    this.#busy.clear();
    this.#carriers.clear();
    this.#waiting.clear();
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
    exchange?.onAnswer(answer);
    this.#sendNext();
  }

  onBroken(connection: Connection, reason: BrokenReason, detail: string, written: boolean): void {
    const exchange = this.#release(connection);
    if (exchange === undefined) {
      const at = this.#idle.indexOf(connection);
      if (at >= 0) this.#idle.splice(at, 1);
      return;
    }
    exchange.onBroken(reason, detail, written);
    this.#sendNext();
  }

  #takeIdle(nowMs: number): Connection | undefined {
    for (let last = this.#idle.pop(); last !== undefined; last = this.#idle.pop()) {
      if (last.isUsable(nowMs)) return last;
      last.destroy();
    }
    return undefined;
  }

  #connect(): Connection {
    this.#connecting += 1;
    return new Connection(this.origin, this.#options.connectTimeoutMs, this);
  }

  #makeOne(): Connection | undefined {
    if (this.#busy.size >= this.#options.connectionsMax || this.#connecting >= CONNECTING_MAX)
      return undefined;
    return this.#connect();
  }

  #carry(connection: Connection, request: string | Buffer, exchange: Exchange, turnAtMs: number): void {
    this.#busy.set(connection, exchange);
    this.#carriers.set(exchange, connection);
    exchange.onTurn(turnAtMs);
    connection.send(request);
  }

  #release(connection: Connection): Exchange | undefined {
    const exchange = this.#busy.get(connection);
    if (exchange === undefined) return undefined;
    this.#busy.delete(connection);
    this.#carriers.delete(exchange);
    if (this.#closing && this.#busy.size === 0 && this.#waiting.size === 0) this.#drained?.();
    return exchange;
  }

  #sendNext(): void {
    const next = this.#waiting.values().next().value;
    if (next === undefined) return;
    const nowMs = performance.now();
    const connection = this.#takeIdle(nowMs) ?? this.#makeOne();
    if (connection === undefined) return;
    this.#waiting.delete(next.exchange);
    // While the server's host was silent to all attempts at once, it was the server that kept the request waiting.
    const turnAtMs = next.ownBound ? nowMs : Math.max(next.sinceMs, this.#heardAtMs);
    this.#carry(connection, next.request, next.exchange, turnAtMs);
  }
}
