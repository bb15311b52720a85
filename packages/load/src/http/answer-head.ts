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
const COLON = 0x3a;
const COMMA = 0x2c;

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
        if (isField(bytes, at, 'content-length'))
          contentLength = lengthIn(bytes, at + 'content-length:'.length, lineEnd, contentLength);
        else if (isField(bytes, at, 'connection')) persistent &&= !holds(bytes, at, lineEnd, 'close');
        break;
      case 0x74 /* t */:
        if (isField(bytes, at, 'transfer-encoding')) chunked ||= holds(bytes, at, lineEnd, 'chunked');
        break;
      case 0x6b /* k */:
        if (isField(bytes, at, 'keep-alive')) idleSeconds = idleSecondsIn(bytes, at, lineEnd);
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

/**
 * Whether a line is the field of that name.
 * @throws BadAnswerError when a blank stands before its colon: some pass such a field over, so that two readers of one
 *   answer do not agree on where it ends (RFC 9112, 5.1).
 */
function isField(bytes: Uint8Array, at: number, name: string): boolean {
  if (!begins(bytes, at, name)) return false;
  const next = bytes[at + name.length];
  if (next === SPACE || next === TAB) throw new BadAnswerError(`a blank follows the name of its ${name}`);
  return next === COLON;
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
  for (let at = from; isDigit(bytes[at]); at += 1)
    value = Math.max(0, value) * 10 + ((bytes[at] as number) - ZERO);
  return value;
}

/**
 * What a Content-Length tells: a number, or a list of the same one over and over (RFC 9112, 6.3). Where that is in
 * doubt, so is where the next answer begins.
 * @param before what one before it told; -1 without one.
 * @throws BadAnswerError
 */
function lengthIn(bytes: Uint8Array, from: number, lineEnd: number, before: number): number {
  const to = bytes[lineEnd - 1] === CARRIAGE_RETURN ? lineEnd - 1 : lineEnd;
  let told = before;
  for (let at = from; ; at += 1) {
    at = afterBlanks(bytes, at);
    const length = numberAt(bytes, at);
    if (length === -1 || length > Number.MAX_SAFE_INTEGER) break;
    if (told !== -1 && told !== length) throw new BadAnswerError('it tells two lengths');
    told = length;
    at = afterBlanks(bytes, afterDigits(bytes, at));
    if (at === to) return told;
    if (bytes[at] !== COMMA) break;
  }
  throw new BadAnswerError('its content-length is no number of bytes');
}

function afterDigits(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isDigit(bytes[at])) at += 1;
  return at;
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= ZERO + 9;

function idleSecondsIn(bytes: Uint8Array, from: number, to: number): number {
  const at = placeOf(bytes, from, to, 'timeout=');
  return at === -1 ? -1 : numberAt(bytes, at + 'timeout='.length);
}
