/**
 * What is known of a fleet now: the newest state of every member, as the observer told it. Steps of a run wait
 * here for what they need to see; nothing is slept for that can be observed.
 */
import type { FrontEndState, MemberState } from '@fleetfall/protocol/member-state.ts';
import type { ObserverRecord } from '@fleetfall/protocol/observer-stdio.ts';

/** What a step waited for did not come about in its time. */
export class StepTimeoutError extends Error {
  override readonly name = 'StepTimeoutError';
}

/**
 * Waits for what need not come about in its time.
 * @returns whether it did.
 * @throws what else ended the waiting.
 */
export async function comesOrNot(awaited: Promise<void>): Promise<boolean> {
  try {
    await awaited;
    return true;
  } catch (error) {
    if (!(error instanceof StepTimeoutError)) throw error;
    return false;
  }
}

/** Ready by its own health check, and its state. */
export interface SeenMember {
  readonly state: MemberState;
  readonly sampledAtMs: number;
}

/** Whether a member answered when the observer last asked it. */
export interface LastHeard {
  /** How it failed to answer; null when it did. */
  readonly unanswered: string | null;
  /** When the observer's word came here, by `performance.now()`. */
  readonly heardAtMs: number;
}

export interface FleetView {
  heed(record: ObserverRecord): void;
  /** Forgets what is known of a member: it was killed, or another incarnation takes its place. */
  forget(memberId: string): void;
  /** What the observer last heard of a member: undefined before it heard, or did not hear, anything. */
  lastHeard(memberId: string): LastHeard | undefined;
  seen(memberId: string): SeenMember | undefined;
  /** The states of those front-ends that have been seen. */
  frontEnds(): FrontEndState[];
  /**
   * Waits until `holds` is true; it is asked again after every word of the observer.
   * @param what for the error: «all 12 front-ends linked».
   * @throws StepTimeoutError after `timeoutMs`; the signal's reason when aborted.
   */
  until(what: string, holds: () => boolean, timeoutMs: number, signal: AbortSignal): Promise<void>;
}

export function createFleetView(): FleetView {
  const members = new Map<string, SeenMember>();
  const heard = new Map<string, LastHeard>();
  const listeners = new Set<() => void>();

  return {
    heed(record) {
      const heardAtMs = performance.now();
      if (record.kind === 'sample') {
        members.set(record.state.memberId, { state: record.state, sampledAtMs: record.sampledAtMs });
        heard.set(record.state.memberId, { unanswered: null, heardAtMs });
      } else if (record.kind === 'unanswered') {
        heard.set(record.memberId, { unanswered: record.reason, heardAtMs });
      } else return;
      for (const listener of listeners) listener();
    },
    forget(memberId) {
      members.delete(memberId);
      heard.delete(memberId);
    },
    lastHeard: (memberId) => heard.get(memberId),
    seen: (memberId) => members.get(memberId),
    frontEnds: () =>
      [...members.values()].flatMap(({ state }) => (state.role === 'front-end' ? [state] : [])),
    async until(what, holds, timeoutMs, signal) {
      signal.throwIfAborted();
      if (holds()) return;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const check = (): void => {
        if (holds()) resolve();
      };
      const abort = (): void => reject(signal.reason);
      const timer = setTimeout(
        () => reject(new StepTimeoutError(`waited ${timeoutMs} ms in vain for ${what}`)),
        timeoutMs,
      );
      listeners.add(check);
      signal.addEventListener('abort', abort, { once: true });
      try {
        await promise;
      } finally {
        clearTimeout(timer);
        listeners.delete(check);
        signal.removeEventListener('abort', abort);
      }
    },
  };
}
