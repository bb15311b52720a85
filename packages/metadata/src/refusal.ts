/**
 * Why the store refuses a request: the codes of the protocol, each with its HTTP status. What is thrown here has
 * changed nothing; any other error is a fault of the store itself and leaves the outcome unknown.
 */
import type { MetadataErrorBody } from '@fleetfall/protocol/membership.ts';

export const REFUSAL_STATUS: Record<MetadataErrorBody['code'], number> = {
  InvalidArgument: 400,
  NotFound: 404,
  ResourceInUse: 409,
  NoBackEnd: 503,
};

/** A request that was refused. Nothing was changed. */
export class RefusalError extends Error {
  override readonly name = 'RefusalError';
  readonly code: MetadataErrorBody['code'];
  constructor(code: MetadataErrorBody['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
