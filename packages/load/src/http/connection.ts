/**
 * One keep-alive connection that carries one request at a time, straight on a socket: no streams between, and one
 * buffer that all connections read into, since what is read is looked at before the next read. That is what makes a
 * request cost a tenth of `fetch`.
 */
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { BadAnswerError } from './answer-head.ts';
import { AnswerParser, type Bodies, type ParsedAnswer } from './answer-parser.ts';
import { type BrokenReason, brokenReasonOf } from './broken-reason.ts';

const READ_BUFFER = Buffer.allocUnsafe(64 * 1024);
/** A server's idle time-out is heeded with so much room, so that a request does not meet the closing connection. */
const IDLE_MARGIN_MS = 1_000;

/** Reasons that the server's host itself is behind. */
const HEARD: ReadonlySet<BrokenReason> = new Set(['connection-refused', 'connection-reset', 'tls-error']);

/** Where connections go. */
export interface Origin {
  /** The name that the server goes by. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** The address to connect to, where the name was looked up once for all connections. */
  readonly address?: string;
  /** The local address to call from; the kernel's choice without one. */
  readonly callFrom?: string;
}

/** A request that is under way. Hears its end once, or nothing after it was given up. */
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

/** What became of the request that a connection carried, and of the connection. */
export interface ConnectionListener {
  /**
   * The attempt to connect is over, however it ended.
   * @param heard whether the server's host took the connection or refused it; false when nothing was heard of it.
   */
  onAttemptEnd(heard: boolean): void;
  /** @param answer valid until this returns. */
  onAnswer(connection: Connection, answer: ParsedAnswer): void;
  /**
   * The connection is gone.
   * @param written whether a request that it carried had been written to it: if not, the server never saw it.
   */
  onBroken(connection: Connection, reason: BrokenReason, detail: string, written: boolean): void;
}

export class Connection {
  /** Whose request it carries; its listener's to keep. */
  carries: Exchange | undefined;
  readonly #socket: Socket;
  readonly #listener: ConnectionListener;
  readonly #parser: AnswerParser;
  #attempting = true;
  #connected = false;
  #awaiting = false;
  #gone = false;
  /** Until when, on the clock of `performance.now`, the server keeps it open. */
  #usableUntilMs = Number.POSITIVE_INFINITY;
  #answeredNow = false;

  constructor(origin: Origin, connectTimeoutMs: number, bodies: Bodies, listener: ConnectionListener) {
    this.#listener = listener;
    this.#parser = new AnswerParser(bodies, (answer) => this.#answered(answer));
    const { host: name, port } = origin;
    const host = origin.address ?? name;
    if (origin.tls) {
      this.#socket = connectTls({ host, port, ...(isIP(name) === 0 ? { servername: name } : {}) });
      this.#socket.on('data', (chunk: Buffer) => this.#read(chunk, chunk.length));
    } else {
      const callback = (bytes: number, buffer: Uint8Array): boolean => {
        this.#read(buffer as Buffer, bytes);
        return true;
      };
      const { callFrom } = origin;
      const from = callFrom === undefined ? {} : { localAddress: callFrom };
      const onread = { buffer: READ_BUFFER, callback };
      this.#socket = connect({ host, port, ...from, noDelay: true, onread });
    }
    const deadline = setTimeout(
      () => this.#break('timeout', `no connection within ${connectTimeoutMs} ms`),
      connectTimeoutMs,
    );
    this.#socket.once(origin.tls ? 'secureConnect' : 'connect', () => {
      clearTimeout(deadline);
      this.#connected = true;
      this.#attemptEnded(true);
    });
    this.#socket.once('end', () => this.#ended());
    this.#socket.once('error', (error: NodeJS.ErrnoException) =>
      // By its code: messages tell ports too, which are as many as connections.
      this.#break(brokenReasonOf(error), error.code ?? error.message),
    );
    this.#socket.once('close', () => {
      clearTimeout(deadline);
      this.#break('connection-reset', 'the connection was closed');
    });
  }

  /** Whether it came about, be it gone since: what it was given before that is not written. */
  get connected(): boolean {
    return this.#connected;
  }

  /** Whether it may be given a request now: not where an answer that nobody asked for has begun to come. */
  isUsable(nowMs: number): boolean {
    return !this.#gone && !this.#awaiting && !this.#parser.midAnswer && nowMs < this.#usableUntilMs;
  }

  /** Sends a request; its end is told to the listener, unless the connection is destroyed before. */
  send(request: string | Buffer): void {
    this.#awaiting = true;
    if (typeof request === 'string') this.#socket.write(request, 'latin1');
    else this.#socket.write(request);
  }

  /** Cuts the connection; nothing more is told of it. */
  destroy(): void {
    this.#end(false);
  }

  #end(heard: boolean): void {
    this.#gone = true;
    this.#socket.destroy();
    this.#attemptEnded(heard);
  }

  /** Once, however the attempt to connect ended. */
  #attemptEnded(heard: boolean): void {
    if (!this.#attempting) return;
    this.#attempting = false;
    this.#listener.onAttemptEnd(heard);
  }

  #read(bytes: Buffer, length: number): void {
    if (this.#gone) return;
    try {
      this.#parser.take(bytes, length);
    } catch (error) {
      // What else is thrown is a fault of whoever heard the answer, and no answer's.
      if (!(error instanceof BadAnswerError)) throw error;
      this.#break('bad-answer', error.message);
    }
  }

  #answered(answer: ParsedAnswer): void {
    if (!this.#awaiting) {
      this.#break('bad-answer', 'an answer that nobody had asked for');
      return;
    }
    this.#awaiting = false;
    this.#answeredNow = true;
    if (answer.keepAlive) this.#heedIdleLimit(answer.idleSeconds);
    else this.destroy();
    this.#listener.onAnswer(this, answer);
  }

  #heedIdleLimit(seconds: number): void {
    if (seconds === -1) return;
    this.#usableUntilMs = performance.now() + Math.max(0, seconds * 1000 - IDLE_MARGIN_MS);
  }

  #ended(): void {
    if (this.#gone) return;
    this.#answeredNow = false;
    const cutShort = this.#parser.end();
    if (!this.#answeredNow || cutShort) this.#break('connection-reset', 'the server closed the connection');
  }

  #break(reason: BrokenReason, detail: string): void {
    if (this.#gone) return;
    const written = this.#connected;
    this.#end(HEARD.has(reason));
    this.#listener.onBroken(
      this,
      reason === 'timeout' && !written ? 'connect-timeout' : reason,
      detail,
      written,
    );
  }
}
