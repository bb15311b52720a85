/**
 * Reads the head of an HTTP/1.1 answer (RFC 9112) straight off the bytes, in one pass and without a string: all that
 * says where the answer ends and whether its connection carries another. Pure.
 */

/** Longer heads are no answers of a service that is measured. */
export const HEAD_BYTES_MAX = 64 * 1024;
/** `HTTP/1.1 200`: the status stands at a fixed place. */
const STATUS_AT = 9;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const ZERO = 0x30;

/** What was read is no HTTP/1.1 answer. */
export class BadAnswerError extends Error {
  override readonly name = 'BadAnswerError';
}

export interface AnswerHead {
  readonly status: number;
  /** Where the body begins. */
  readonly end: number;
  /** -1 where none was told. */
  readonly contentLength: number;
  readonly chunked: boolean;
  /** Whether the server keeps the connection, as far as its words go. */
  readonly persistent: boolean;
  /** `Keep-Alive: timeout=5`, as Node's own server sends it: so long it keeps an idle connection. -1 where none was told. */
  readonly idleSeconds: number;
}

/**
 * @returns undefined while the head is not whole.
 * @throws BadAnswerError
 */
export function readHead(bytes: Uint8Array, from: number, to: number): AnswerHead | undefined {
  let lineEnd = endOfLine(bytes, from, to);
  if (lineEnd === -1) return undefined;
  if (!begins(bytes, from, 'http/1.')) throw new BadAnswerError('it does not begin as HTTP/1.1');
  const status = numberAt(bytes, from + STATUS_AT);
  if (!(status >= 100 && status < 1000)) throw new BadAnswerError('it has no status');
  let contentLength = -1;
  let chunked = false;
  let persistent = bytes[from + 'http/1.'.length] !== ZERO;
  let idleSeconds = -1;
  for (;;) {
    const at = lineEnd + 1;
    lineEnd = endOfLine(bytes, at, to);
    if (lineEnd === -1) return undefined;
    if (lineEnd === at || (lineEnd === at + 1 && bytes[at] === CARRIAGE_RETURN)) break;
    // Most fields are told by their first letter to be none of these.
    switch ((bytes[at] as number) | SPACE) {
      case 0x63 /* c */:
        if (begins(bytes, at, 'content-length:'))
          contentLength = numberAt(bytes, afterBlanks(bytes, at + 'content-length:'.length));
        else if (begins(bytes, at, 'connection:')) persistent &&= !holds(bytes, at, lineEnd, 'close');
        break;
      case 0x74 /* t */:
        if (begins(bytes, at, 'transfer-encoding:')) chunked ||= holds(bytes, at, lineEnd, 'chunked');
        break;
      case 0x6b /* k */:
        if (begins(bytes, at, 'keep-alive:')) idleSeconds = idleSecondsIn(bytes, at, lineEnd);
        break;
    }
  }
  return { status, end: lineEnd + 1, contentLength, chunked, persistent, idleSeconds };
}

function endOfLine(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at += 1) if (bytes[at] === LINE_FEED) return at;
  return -1;
}

/** @param text in lower case; letters and the signs of field names only. */
function begins(bytes: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1)
    if (((bytes[at + index] as number) | SPACE) !== text.charCodeAt(index)) return false;
  return true;
}

function placeOf(bytes: Uint8Array, from: number, to: number, text: string): number {
  for (let at = from; at <= to - text.length; at += 1) if (begins(bytes, at, text)) return at;
  return -1;
}

const holds = (bytes: Uint8Array, from: number, to: number, text: string): boolean =>
  placeOf(bytes, from, to, text) !== -1;

function afterBlanks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === SPACE || bytes[at] === TAB) at += 1;
  return at;
}

/** The decimal number that stands there; -1 without one. */
function numberAt(bytes: Uint8Array, from: number): number {
  let value = -1;
  for (let at = from; ; at += 1) {
    const digit = (bytes[at] as number) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return value;
    value = Math.max(0, value) * 10 + digit;
  }
}

function idleSecondsIn(bytes: Uint8Array, from: number, to: number): number {
  const at = placeOf(bytes, from, to, 'timeout=');
  return at === -1 ? -1 : numberAt(bytes, at + 'timeout='.length);
}
