/**
 * A member's place in the fleet: it registers, renews its lease, and says goodbye. A store that does not answer is
 * asked again; what was known goes on to hold meanwhile. What a role makes of a heartbeat's answer is its own.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { HeartbeatResponse, Member } from '@fleetfall/protocol/membership.ts';
import type { MetadataClient } from './metadata-client.ts';

/** Heartbeats in one membership lease: two may be lost. */
const HEARTBEATS_PER_LEASE = 3;
/** Between tries while the store does not answer. */
const RETRY_MS = 200;
/** How long leaving may take: a store that is gone drops the member when its lease ends. */
const LEAVE_DEADLINE_MS = 500;

export interface Registration extends AsyncDisposable {
  /** Whether the store has known this member, and `onHeartbeat` was done with its answer. */
  registered(): boolean;
}

export interface RegistrationOptions {
  readonly client: MetadataClient;
  readonly self: Member;
  /** The longest between heartbeats. @default as long as the lease allows */
  readonly intervalMaxMs?: number;
  /**
   * Hears what each heartbeat was answered; the next waits for it. What it throws is said, and the heartbeat is tried
   * again.
   */
  readonly onHeartbeat?: (heard: HeartbeatResponse, signal: AbortSignal) => Promise<void>;
  readonly log: (message: string) => void;
}

/** Starts to register. It goes on until the member is known, and keeps it so until it is disposed. */
export function startRegistration(options: RegistrationOptions): Registration {
  const { client, self, intervalMaxMs = Number.POSITIVE_INFINITY, onHeartbeat, log } = options;
  const stopping = new AbortController();
  let registered = false;

  /** @returns how long until the next heartbeat. */
  async function beat(): Promise<number> {
    const heard = await client.heartbeat(self);
    if (!stopping.signal.aborted) await onHeartbeat?.(heard, stopping.signal);
    registered = true;
    return Math.min(heard.leaseMs / HEARTBEATS_PER_LEASE, intervalMaxMs);
  }

  async function run(): Promise<void> {
    let lastFailure: string | undefined;
    while (!stopping.signal.aborted) {
      let untilNextMs: number;
      try {
        untilNextMs = await beat();
        if (lastFailure !== undefined) log('the metadata store answers again');
        lastFailure = undefined;
      } catch (error) {
        // Whatever the store answered, or did not: what was known stays known. Said once for each reason, since a
        // store that is away for a minute is not three hundred lines.
        const failure = error instanceof Error ? error.message : String(error);
        if (failure !== lastFailure) log(failure);
        lastFailure = failure;
        untilNextMs = RETRY_MS;
      }
      await wait(untilNextMs, undefined, { signal: stopping.signal }).catch(ignoreAbort);
    }
  }

  async function leave(): Promise<void> {
    // A heartbeat still under way would register this member again, for a whole lease after its goodbye.
    await running;
    await client.leave({ memberId: self.memberId, incarnation: self.incarnation });
  }

  const running = run();
  return {
    registered: () => registered,
    async [Symbol.asyncDispose]() {
      if (stopping.signal.aborted) return;
      stopping.abort();
      const deadline = wait(LEAVE_DEADLINE_MS, 'late');
      const left = leave().catch((error: unknown) => log(`left without saying so: ${String(error)}`));
      await Promise.race([left, deadline]);
    },
  };
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error;
}
