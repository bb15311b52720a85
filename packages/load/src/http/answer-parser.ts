/**
 * Reads HTTP/1.1 answers off a connection, one after another (RFC 9112), as far as a load needs them: the head, and a
 * body by length, by chunks or up to the connection's end. An answer that lies in one piece, as nearly all do, costs
 * one pass over its head and no copy; a body that nobody reads is counted and not kept. Pure: bytes in, answers out.
 */
import { type AnswerHead, BadAnswerError, HEAD_BYTES_MAX, readHead } from './answer-head.ts';
import { ChunkedBody } from './chunked-body.ts';

/** Of a body that is kept. GetRecords gives 10 MB at most; base64 and JSON make a third more of it. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;

/** What becomes of bodies: kept for whoever hears of the answer, passed over, or there are none, as with HEAD. */
export type Bodies = 'kept' | 'passed-over' | 'none';

export interface ParsedAnswer {
  readonly kind: 'answer';
  readonly status: number;
  /** Status line and fields as they came, without the empty line. */
  readonly head: string;
  /** Empty where bodies are not kept. Valid until the caller returns: it may lie in the buffer that the next read fills. */
  readonly body: Buffer;
  /** Whether the connection may carry a further request. */
  readonly keepAlive: boolean;
  /** So long the server keeps an idle connection; -1 where it did not say. */
  readonly idleSeconds: number;
}

const EMPTY = Buffer.alloc(0);

/** Its head is made a string only for those who ask. */
class WholeAnswer implements ParsedAnswer {
  readonly kind = 'answer';
  readonly status: number;
  readonly body: Buffer;
  readonly keepAlive: boolean;
  readonly idleSeconds: number;
  readonly #headBytes: Buffer;
  readonly #headFrom: number;
  readonly #headEnd: number;

  constructor({ head, bytes, from }: OpenAnswer, body: Buffer, keepAlive: boolean) {
    this.status = head.status;
    this.body = body;
    this.keepAlive = keepAlive;
    this.idleSeconds = head.idleSeconds;
    this.#headBytes = bytes;
    this.#headFrom = from;
    this.#headEnd = head.end;
  }

  get head(): string {
    return this.#headBytes.toString('latin1', this.#headFrom, this.#headEnd).trimEnd();
  }
}

/** An answer whose head is whole, and where that lies. */
interface OpenAnswer {
  readonly head: AnswerHead;
  readonly bytes: Buffer;
  readonly from: number;
}

/** What is still missing of a body that does not lie in one piece with its head. */
type Missing =
  | { readonly kind: 'length'; bytes: number }
  | { readonly kind: 'chunks'; readonly chunks: ChunkedBody }
  | { readonly kind: 'until-end' };

export class AnswerParser {
  readonly #bodies: Bodies;
  readonly #onAnswer: (answer: ParsedAnswer) => void;
  /** What came of a head that is not yet whole. */
  #headPart: Buffer | undefined;
  #open: OpenAnswer | undefined;
  #missing: Missing | undefined;
  /** Whether what was read goes on behind the answer that is told. Stays so where its handler throws: the rest is lost. */
  #more = false;
  #kept: Buffer[] = [];
  #keptBytes = 0;

  constructor(bodies: Bodies, onAnswer: (answer: ParsedAnswer) => void) {
    this.#bodies = bodies;
    this.#onAnswer = onAnswer;
  }

  /** Whether a part of an answer came, and not yet its end; while one is told, whether more came behind it. */
  get midAnswer(): boolean {
    return this.#more || this.#headPart !== undefined || this.#missing !== undefined;
  }

  /**
   * Takes what was read; tells at most the answers that it completes.
   * @param read may be overwritten once this returns. @param length how much of it was read.
   * @throws BadAnswerError when it is no answer, or one beyond bounds.
   */
  take(read: Buffer, length = read.length): void {
    let bytes = read;
    let to = length;
    if (this.#headPart !== undefined) {
      bytes = Buffer.concat([this.#headPart, read.subarray(0, length)]);
      to = bytes.length;
      this.#headPart = undefined;
    }
    for (let at = 0; at < to; )
      at = this.#missing === undefined ? this.#takeHead(bytes, at, to) : this.#takeBody(bytes, at, to);
  }

  /**
   * The connection ended. An answer without a length is whole now.
   * @returns whether an answer was cut short.
   */
  end(): boolean {
    if (this.#missing?.kind === 'until-end') {
      this.#complete(false, false);
      return false;
    }
    return this.midAnswer;
  }

  /** @returns how far it read. */
  #takeHead(bytes: Buffer, from: number, to: number): number {
    const head = readHead(bytes, from, to);
    if ((head?.end ?? to) - from > HEAD_BYTES_MAX)
      throw new BadAnswerError(`more than ${HEAD_BYTES_MAX} bytes of head`);
    if (head === undefined) {
      this.#headPart = Buffer.from(bytes.subarray(from, to));
      return to;
    }
    // Interim answers are followed by the one that counts.
    if (head.status < 200) return head.end;
    const length = this.#lengthOf(head);
    if (length !== undefined && head.end + length <= to) {
      const body =
        length === 0 || this.#bodies !== 'kept' ? EMPTY : bytes.subarray(head.end, head.end + length);
      this.#tell(new WholeAnswer({ head, bytes, from }, body, head.persistent), head.end + length < to);
      return head.end + length;
    }
    const own = Buffer.from(bytes.subarray(from, head.end));
    this.#open = { head: { ...head, end: own.length }, bytes: own, from: 0 };
    if (length !== undefined) this.#missing = { kind: 'length', bytes: length };
    else if (head.chunked) this.#missing = { kind: 'chunks', chunks: new ChunkedBody() };
    else this.#missing = { kind: 'until-end' };
    return head.end;
  }

  /** Undefined where the body tells its end by itself, or by that of the connection. */
  #lengthOf({ status, contentLength, chunked }: AnswerHead): number | undefined {
    if (status === 204 || status === 304 || this.#bodies === 'none') return 0;
    if (chunked || contentLength === -1) return undefined;
    if (this.#bodies === 'kept' && contentLength > BODY_BYTES_MAX) throw tooLong();
    return contentLength;
  }

  /** @returns how far it read. */
  #takeBody(bytes: Buffer, from: number, to: number): number {
    const missing = this.#missing as Missing;
    if (missing.kind === 'chunks') {
      const at = missing.chunks.take(bytes.subarray(0, to), from, (begin, end) =>
        this.#keep(bytes, begin, end),
      );
      if (missing.chunks.over) this.#complete((this.#open as OpenAnswer).head.persistent, at < to);
      return at;
    }
    const end = missing.kind === 'length' ? Math.min(to, from + missing.bytes) : to;
    this.#keep(bytes, from, end);
    if (missing.kind === 'length') {
      missing.bytes -= end - from;
      if (missing.bytes === 0) this.#complete((this.#open as OpenAnswer).head.persistent, end < to);
    }
    return end;
  }

  #keep(bytes: Buffer, from: number, to: number): void {
    if (this.#bodies !== 'kept') return;
    this.#kept.push(Buffer.from(bytes.subarray(from, to)));
    this.#keptBytes += to - from;
    if (this.#keptBytes > BODY_BYTES_MAX) throw tooLong();
  }

  #complete(keepAlive: boolean, more: boolean): void {
    const open = this.#open as OpenAnswer;
    const body = this.#kept.length === 0 ? EMPTY : Buffer.concat(this.#kept, this.#keptBytes);
    this.#open = undefined;
    this.#missing = undefined;
    this.#kept = [];
    this.#keptBytes = 0;
    this.#tell(new WholeAnswer(open, body, keepAlive), more);
  }

  #tell(answer: ParsedAnswer, more: boolean): void {
    this.#more = more;
    this.#onAnswer(answer);
    this.#more = false;
  }
}

function tooLong(): BadAnswerError {
  return new BadAnswerError(`more than ${BODY_BYTES_MAX} bytes`);
}

/** A field's value out of a head; undefined without it. @param name in lower case. */
export function fieldOf(head: string, name: string): string | undefined {
  const at = head.toLowerCase().indexOf(`\r\n${name}:`);
  if (at === -1) return undefined;
  const from = at + name.length + 3;
  const end = head.indexOf('\r\n', from);
  return head.slice(from, end === -1 ? undefined : end).trim();
}
