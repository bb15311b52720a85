/**
 * Whom the live page's server answers: this machine's own pages, and those who were given the address. What changes a
 * fleet has to come from the page itself.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Names of this machine to itself. Any other in a `Host` header hints at DNS rebinding. */
const OWN_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** @returns why a request is not answered; null when it is. */
export function refusalOf({ headers, url }: IncomingMessage, token: string | null): string | null {
  const host = headers.host ?? '';
  if (!OWN_NAMES.has(host.replace(/:\d+$/, ''))) return "the Host header is none of this machine's own names";
  if (headers.origin !== undefined && headers.origin !== `http://${host}`)
    return 'requests of other pages are not answered';
  const address = addressOf(url);
  if (address === null) return 'the address cannot be read';
  const given = address.searchParams.get('token') ?? '';
  return token === null || isSame(given, token) ? null : 'the address must carry the token that was printed';
}

/** What a request is for; null where it names nothing that an address can be: `//`. */
export function addressOf(url: string | undefined): URL | null {
  return URL.parse(url ?? '/', 'http://here');
}

export function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${why}\n`);
}

function isSame(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
