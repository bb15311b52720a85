/**
 * Follows the attempts of the SDK's calls: when each has a socket, whether it was written, and how it failed. The SDK
 * tells of the last attempt alone and keeps its requests to itself, so they are found as Node tells that it made them,
 * within the attempt that asked for them.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { KinesisFailure } from '../kinesis/answer.ts';
import type { Flight } from '../open-loop.ts';

const REQUEST_CREATED = 'http.client.request.created';

/** One attempt. */
interface Attempt {
  readonly flight: Flight;
  /** Whether it was written to a connection that stood. */
  written: boolean;
}

/** The attempts of one call. */
export interface CallAttempts {
  /** Makes an attempt. @param failureOf reads what `attempt` throws. @throws what `attempt` does. */
  make<Result>(
    attempt: () => Promise<Result>,
    failureOf: (error: unknown, written: boolean) => KinesisFailure,
  ): Promise<Result>;
  /** Whether an attempt may have been carried out of which nothing definite was heard. */
  mayBeCarriedOut(): boolean;
  /** Whether an attempt was ever given to a socket. */
  readonly begun: boolean;
}

/** Disposal stops following. */
export interface AttemptsFollowed extends Disposable {
  of(flight: Flight): CallAttempts;
}

export function followAttempts(): AttemptsFollowed {
  const current = new AsyncLocalStorage<Attempt>();
  const onCreated = (message: unknown): void => {
    const attempt = current.getStore();
    if (attempt === undefined) return;
    const { request } = message as { request: ClientRequest };
    request.once('socket', (socket) => {
      attempt.flight.sent(performance.now());
      const written = (): void => {
        attempt.written = true;
      };
      if (socket.connecting) socket.once('encrypted' in socket ? 'secureConnect' : 'connect', written);
      else written();
    });
  };
  subscribe(REQUEST_CREATED, onCreated);
  return {
    of(flight) {
      let made = 0;
      let unknown = false;
      let begun = false;
      let open: Attempt | undefined;
      return {
        async make(attempt, failureOf) {
          made += 1;
          flight.attempts = made;
          const own: Attempt = { flight, written: false };
          open = own;
          try {
            return await current.run(own, attempt);
          } catch (error) {
            const failure = failureOf(error, own.written);
            flight.attemptFailed(failure.outcome);
            if (!failure.definite) unknown = true;
            throw error;
          } finally {
            begun ||= own.written;
            open = undefined;
          }
        },
        mayBeCarriedOut: () => unknown || open?.written === true,
        get begun() {
          return begun || open?.written === true;
        },
      };
    },
    [Symbol.dispose]() {
      unsubscribe(REQUEST_CREATED, onCreated);
    },
  };
}
