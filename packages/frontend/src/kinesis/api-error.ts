/**
 * An error as the Kinesis API shows it: a name from the registry, a message, and for routing failures the reason.
 */
import { KINESIS_ERRORS, type KinesisErrorName, type RoutingFailure } from '@fleetfall/protocol/kinesis.ts';
import { RoutingError } from '../route/router.ts';

export class KinesisError extends Error {
  override readonly name = 'KinesisError';
  readonly type: KinesisErrorName;
  readonly reason: RoutingFailure | undefined;
  constructor(
    type: KinesisErrorName,
    message: string,
    options: { reason?: RoutingFailure; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.type = type;
    this.reason = options.reason;
  }
  get status(): number {
    return KINESIS_ERRORS[this.type].status;
  }
}

/**
 * The API's error for whatever an action threw. A request that surely did nothing gets `ServiceUnavailable`; one
 * that may have written, `InternalFailure`. Both are retried by the SDKs.
 */
export function asKinesisError(error: unknown): KinesisError {
  if (error instanceof KinesisError) return error;
  if (error instanceof RoutingError) {
    const type = error.definite ? 'ServiceUnavailable' : 'InternalFailure';
    return new KinesisError(type, error.message, { reason: error.failure, cause: error });
  }
  return new KinesisError('InternalFailure', 'internal failure', { cause: error });
}
