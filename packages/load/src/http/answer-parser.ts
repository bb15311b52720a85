/**
 * Reads HTTP/1.1 answers off a connection, one after another (RFC 9112), as far as a load needs them: status, head,
 * body by length, by chunks or up to the connection's end. An answer that lies in one piece, as nearly all do, costs
 * one search and no copy. Pure: bytes in, answers out.
 */

/** Longer heads are no answers of a service that is measured. */
const HEAD_BYTES_MAX = 64 * 1024;
/** GetRecords gives 10 MB at most; base64 and JSON make a third more of it. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;
/** `HTTP/1.1 200`: the status stands at a fixed place. */
const STATUS_AT = 9;

export interface ParsedAnswer {
  readonly status: number;
  /** Status line and fields as they came, without the empty line. */
  readonly head: string;
  /** Valid until the caller returns: it may lie in the buffer that the next read fills. */
  readonly body: Buffer;
  /** Whether the connection may carry a further request. */
  readonly keepAlive: boolean;
}

/** What was read is no HTTP/1.1 answer. */
export class BadAnswerError extends Error {
  override readonly name = 'BadAnswerError';
}

type BodyRule =
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-end' };

const EMPTY = Buffer.alloc(0);

export class AnswerParser {
  readonly #onAnswer: (answer: ParsedAnswer) => void;
  /** What came of an answer that is not yet whole. */
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  /** No answer can be whole before so many bytes are here. */
  #neededBytes = 0;

  constructor(onAnswer: (answer: ParsedAnswer) => void) {
    this.#onAnswer = onAnswer;
  }

  /**
   * Takes what was read; tells at most the answers that it completes.
   * @param bytes may be overwritten once this returns.
   * @throws BadAnswerError when it is no answer, or one beyond bounds.
   */
  take(bytes: Buffer): void {
    let rest = bytes;
    if (this.#pieces.length > 0) {
      this.#keep(bytes);
      if (this.#pieceBytes < this.#neededBytes) return;
      rest = Buffer.concat(this.#pieces, this.#pieceBytes);
      this.#forget();
    }
    while (rest.length > 0) {
      const used = this.#read(rest, false);
      if (used === 0) {
        this.#keep(rest);
        return;
      }
      rest = rest.subarray(used);
    }
  }

  /**
   * The connection ended. An answer without a length is whole now.
   * @returns whether an answer was cut short.
   */
  end(): boolean {
    if (this.#pieceBytes === 0) return false;
    const rest = Buffer.concat(this.#pieces, this.#pieceBytes);
    this.#forget();
    return this.#read(rest, true) === 0;
  }

  /** Reads one answer off the front. @returns how many bytes it took, 0 while it is not whole. */
  #read(bytes: Buffer, ended: boolean): number {
    const headEnd = bytes.indexOf('\r\n\r\n', 0, 'latin1');
    if (headEnd === -1 ? bytes.length > HEAD_BYTES_MAX : headEnd > HEAD_BYTES_MAX)
      throw new BadAnswerError(`more than ${HEAD_BYTES_MAX} bytes of head`);
    if (headEnd === -1) return 0;
    const head = bytes.toString('latin1', 0, headEnd);
    if (!head.startsWith('HTTP/1.')) throw new BadAnswerError('it does not begin as HTTP/1.1');
    const status = Number(head.slice(STATUS_AT, STATUS_AT + 3));
    if (!(status >= 100 && status < 1000)) throw new BadAnswerError('it has no status');
    const bodyAt = headEnd + 4;
    // Interim answers are followed by the one that counts.
    if (status < 200) return bodyAt;
    const rule = bodyRuleOf(status, head);
    const body = bodyOf(rule, bytes, bodyAt, ended);
    if (body === undefined) {
      this.#neededBytes = rule.kind === 'length' ? bodyAt + rule.bytes : 0;
      return 0;
    }
    const keepAlive = rule.kind !== 'until-end' && !/^HTTP\/1\.0|\r\nconnection: *close/i.test(head);
    this.#onAnswer({ status, head, body: body.bytes, keepAlive });
    return body.end;
  }

  #keep(bytes: Buffer): void {
    this.#pieces.push(Buffer.from(bytes));
    this.#pieceBytes += bytes.length;
    if (this.#pieceBytes > BODY_BYTES_MAX + HEAD_BYTES_MAX)
      throw new BadAnswerError(`more than ${BODY_BYTES_MAX} bytes`);
  }

  #forget(): void {
    this.#pieces = [];
    this.#pieceBytes = 0;
    this.#neededBytes = 0;
  }
}

function bodyRuleOf(status: number, head: string): BodyRule {
  if (status === 204 || status === 304) return { kind: 'length', bytes: 0 };
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (length === null) {
    return /\r\ntransfer-encoding:[^\r]*chunked/i.test(head) ? { kind: 'chunked' } : { kind: 'until-end' };
  }
  const bytes = Number(length[1]);
  if (bytes > BODY_BYTES_MAX) throw new BadAnswerError(`more than ${BODY_BYTES_MAX} bytes`);
  return { kind: 'length', bytes };
}

/** The body and where it ends; undefined while it is not whole. */
function bodyOf(
  rule: BodyRule,
  bytes: Buffer,
  from: number,
  ended: boolean,
): { readonly bytes: Buffer; readonly end: number } | undefined {
  switch (rule.kind) {
    case 'length': {
      const end = from + rule.bytes;
      return bytes.length < end ? undefined : { bytes: bytes.subarray(from, end), end };
    }
    case 'chunked':
      return chunkedBody(bytes, from);
    case 'until-end':
      return ended ? { bytes: bytes.subarray(from), end: bytes.length } : undefined;
  }
}

function chunkedBody(bytes: Buffer, from: number): { bytes: Buffer; end: number } | undefined {
  const chunks: Buffer[] = [];
  for (let at = from; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at, 'latin1');
    if (lineEnd === -1) return undefined;
    const line = bytes.toString('latin1', at, lineEnd);
    if (!/^[0-9a-f]{1,8}(?:$|[ ;\t])/i.test(line)) throw new BadAnswerError('a chunk has no length');
    const chunkBytes = Number.parseInt(line, 16);
    const chunkAt = lineEnd + 2;
    if (chunkBytes === 0) {
      // Trailer fields, if any, up to an empty line.
      const end =
        bytes.toString('latin1', chunkAt, chunkAt + 2) === '\r\n' ? chunkAt + 2 : trailerEnd(bytes, chunkAt);
      if (end === undefined) return undefined;
      return { bytes: chunks.length === 0 ? EMPTY : Buffer.concat(chunks), end };
    }
    if (bytes.length < chunkAt + chunkBytes + 2) return undefined;
    chunks.push(bytes.subarray(chunkAt, chunkAt + chunkBytes));
    at = chunkAt + chunkBytes + 2;
  }
}

function trailerEnd(bytes: Buffer, from: number): number | undefined {
  const end = bytes.indexOf('\r\n\r\n', from, 'latin1');
  return end === -1 ? undefined : end + 4;
}

/** A field's value out of a head; undefined without it. @param name in lower case. */
export function fieldOf(head: string, name: string): string | undefined {
  const at = head.toLowerCase().indexOf(`\r\n${name}:`);
  if (at === -1) return undefined;
  const from = at + name.length + 3;
  const end = head.indexOf('\r\n', from);
  return head.slice(from, end === -1 ? undefined : end).trim();
}
