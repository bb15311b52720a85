/**
 * How long members went without being read: what an interval asks for and a busy host does not give. Counted from a
 * member's first reading on, since before it there is nothing to be read. Pure: the caller brings a monotonic clock.
 */

/** A fleet is meant to be read twice a second; a member with a longer gap was read late. */
const GAP_MS_MAX = 500;

/** What the gaps came to since they were last taken. A gap that goes on counts as far as it has come. */
export interface Gaps {
  /** Members that have been read. */
  readonly members: number;
  /** Of these, those with a gap of more than half a second. */
  readonly late: number;
  readonly longestGapMs: number;
  readonly longestGapOf: string;
}

export interface ReadingGaps {
  read(memberId: string, nowMs: number): void;
  forget(memberId: string): void;
  /** @returns undefined while nobody has been read. */
  take(nowMs: number): Gaps | undefined;
}

export function createReadingGaps(): ReadingGaps {
  const members = new Map<string, { lastMs: number; longestMs: number }>();
  return {
    read(memberId, nowMs) {
      const known = members.get(memberId) ?? { lastMs: nowMs, longestMs: 0 };
      members.set(memberId, {
        lastMs: nowMs,
        longestMs: Math.max(known.longestMs, nowMs - known.lastMs),
      });
    },
    forget: (memberId) => void members.delete(memberId),
    take(nowMs) {
      let late = 0;
      let longestGapMs = -1;
      let longestGapOf = '';
      for (const [memberId, member] of members) {
        const gapMs = Math.max(member.longestMs, nowMs - member.lastMs);
        member.longestMs = 0;
        if (gapMs > GAP_MS_MAX) late += 1;
        if (gapMs <= longestGapMs) continue;
        longestGapMs = gapMs;
        longestGapOf = memberId;
      }
      if (members.size === 0) return undefined;
      return { members: members.size, late, longestGapMs: Math.round(longestGapMs), longestGapOf };
    },
  };
}
