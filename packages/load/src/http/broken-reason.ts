/** Names for what a client sees when there is no answer to read. */

/**
 * `connect-timeout`: no connection came about in time, so nothing was sent; `timeout`: something was, and no answer came.
 * `client-error` is a fault of the load itself: it counts against the generator and not against the service.
 */
export type BrokenReason =
  | 'timeout'
  | 'connect-timeout'
  | 'connection-refused'
  | 'connection-reset'
  | 'unreachable'
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

/** Names the reason behind an error of a socket. */
export function brokenReasonOf(error: Error): BrokenReason {
  return REASON_BY_CODE[(error as NodeJS.ErrnoException).code ?? ''] ?? 'client-error';
}
