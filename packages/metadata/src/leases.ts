/**
 * Until when each member counts as alive. Pure: the caller brings a monotonic clock. Time during which the store
 * itself stood still (stopped, paused, starved of its CPU) is not held against members, whose heartbeats it could
 * not hear: otherwise one long pause would drop the whole fleet at once.
 */

/** How often in one lease the lapsed are looked for: how late, in parts of a lease, an expiry may show. */
const CHECKS_PER_LEASE = 20;

export interface Leases {
  /** How often {@link Leases.lapsed} is to be called. */
  readonly checkIntervalMs: number;
  renew(memberId: string, nowMs: number): void;
  end(memberId: string): void;
  /** The members whose leases have ended. They stay so until renewed or ended. */
  lapsed(nowMs: number): string[];
}

/** @param nowMs leases begin to be watched at this moment. */
export function createLeases(leaseMs: number, nowMs: number): Leases {
  const untilMs = new Map<string, number>();
  const checkIntervalMs = leaseMs / CHECKS_PER_LEASE;
  let checkedAtMs = nowMs;

  return {
    checkIntervalMs,
    renew: (memberId, atMs) => void untilMs.set(memberId, atMs + leaseMs),
    end: (memberId) => void untilMs.delete(memberId),
    lapsed(atMs) {
      const stoodStillMs = atMs - checkedAtMs - checkIntervalMs;
      checkedAtMs = atMs;
      if (stoodStillMs > checkIntervalMs) {
        for (const [memberId, until] of untilMs) untilMs.set(memberId, until + stoodStillMs);
      }
      return [...untilMs].filter(([, until]) => until <= atMs).map(([memberId]) => memberId);
    },
  };
}
