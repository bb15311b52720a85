/** Names for what a client sees when there is no answer to read. */

/**
 * `connect-timeout`: no connection came about in time, so nothing was sent; `timeout`: something was, and no answer came.
 * `tls-error`: the two did not come to a secure connection, or lost it, as where a certificate is not trusted.
 * `client-error` is a fault of the load itself: it counts against the generator and not against the service.
 */
export type BrokenReason =
  | 'timeout'
  | 'connect-timeout'
  | 'connection-refused'
  | 'connection-reset'
  | 'unreachable'
  | 'tls-error'
  | 'bad-answer'
  | 'client-error';

const REASON_BY_CODE: Readonly<Record<string, BrokenReason>> = {
  ECONNREFUSED: 'connection-refused',
  ECONNRESET: 'connection-reset',
  EPIPE: 'connection-reset',
  ECONNABORTED: 'connection-reset',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
};

/** How Node and OpenSSL begin the codes of what goes wrong between a client and a server's TLS. */
const TLS_CODE =
  /^(?:ERR_SSL_|ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/;

/** Names the reason behind an error of a socket. */
export function brokenReasonOf(error: Error): BrokenReason {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return REASON_BY_CODE[code] ?? (TLS_CODE.test(code) ? 'tls-error' : 'client-error');
}

/** Reasons that say little by themselves, and of whose details there are few. */
const NEEDS_DETAIL: ReadonlySet<string> = new Set<BrokenReason>(['tls-error', 'bad-answer', 'client-error']);

/** What is told beside a reason: null where it says enough. */
export function detailBeside(reason: string, detail: string): string | null {
  return NEEDS_DETAIL.has(reason) ? detail : null;
}
