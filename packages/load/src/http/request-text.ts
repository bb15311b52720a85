/** Puts HTTP/1.1 requests into the bytes that go out. Pure. */

/** Field names and values; values are checked where a user can give them. */
export type Fields = Readonly<Record<string, string>>;

/**
 * The part of a request before its body that stays the same from one request to the next.
 * @param authority host and port as the server knows itself.
 * @throws RangeError when a field holds what would end it early.
 */
export function requestHead(method: string, path: string, authority: string, fields: Fields): string {
  const lines = [`${method} ${path} HTTP/1.1`, `host: ${authority}`];
  for (const [name, value] of Object.entries(fields)) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || /[^\t\x20-\x7e\x80-\xff]/.test(value))
      throw new RangeError(`Cannot send the header '${name}: ${value}': it must be one line of plain text`);
    lines.push(`${name}: ${value}`);
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** A whole request of a head and a body of single-byte characters. */
export function requestText(head: string, body: string): string {
  return `${head}content-length: ${body.length}\r\n\r\n${body}`;
}

/** JSON in ASCII alone, so that its characters are its bytes. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Host and port as they stand in `Host` and in a URL. */
export function authorityOf(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
