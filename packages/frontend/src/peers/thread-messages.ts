/**
 * All that crosses the boundary between the front-end's main thread and the threads that carry peer links.
 */
import type { MessagePort } from 'node:worker_threads';
import type { SliceOwnership } from '@fleetfall/protocol/ownership.ts';

/** One connection to one peer. A peer's slices are shared out over `of` connections; this is number `share`. */
export interface LinkTarget {
  /** Unique among the links of this front-end. */
  readonly linkId: string;
  readonly peerId: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The local address that it is opened from; the kernel's choice without one. */
  readonly callFrom?: string | undefined;
}

/** What a link says, in whichever thread it lives. */
export type LinkEvent =
  | { readonly type: 'open' }
  | { readonly type: 'closed'; readonly reason: string }
  /** The peer's slices, when they differ from what was heard before. */
  | { readonly type: 'heard'; readonly slices: readonly SliceOwnership[]; readonly expiresInMs: number }
  /** The peer said the same again. */
  | { readonly type: 'renewed'; readonly expiresInMs: number };

/** Main thread → pool thread. */
export type PoolCommand =
  | { readonly op: 'open'; readonly target: LinkTarget }
  | { readonly op: 'close'; readonly linkId: string }
  | { readonly op: 'end' };

/** Pool thread → main thread. */
export interface PoolEvent {
  readonly linkId: string;
  readonly event: LinkEvent;
}

/** What a pool thread's one long task is started with. */
export interface PoolTask {
  readonly port: MessagePort;
}
