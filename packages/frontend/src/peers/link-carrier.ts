/**
 * What carries peer links: a carrier opens a link in whatever way it has (a thread of its own, a pool, the event
 * loop) and reports what the link says. Which links there are is the mesh's concern.
 */
import type { LinkEvent, LinkTarget } from './thread-messages.ts';

/** A link under way or open. `close` is idempotent and resolves when its thread, if it had one, is gone. */
export interface CarriedLink {
  close(): Promise<void>;
}

export interface LinkCarrier extends AsyncDisposable {
  /** Connections for each peer. */
  readonly linksPerPeer: number;
  /** Threads held by links now. */
  threads(): number;
  /**
   * Starts a link.
   * @param onEnd hears that the link is gone by no wish of the mesh.
   * @throws ThreadRefusedError when the kernel refuses the thread.
   */
  open(target: LinkTarget, onEvent: (event: LinkEvent) => void, onEnd: (reason: string) => void): CarriedLink;
}
