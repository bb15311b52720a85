/**
 * What crosses the balancer's standard streams, one JSON object a line: commands in, records out.
 */
import type { Endpoint } from './membership.ts';

/** The balancer's name in its fleet, under which requests that went through it are counted: whom it chose it alone knows. */
export const BALANCER_ID = 'balancer';

/** A front-end that connections may be handed to. */
export interface BalancedFrontEnd extends Endpoint {
  readonly memberId: string;
}

/** The whole list of front-ends, each time it changes. */
export interface BalancerCommand {
  readonly op: 'front-ends';
  readonly frontEnds: readonly BalancedFrontEnd[];
}

export type BalancerRecord =
  | { readonly kind: 'ready' }
  /** A front-end came into the rotation, or was ejected from it. */
  | { readonly kind: 'health'; readonly memberId: string; readonly ready: boolean };
