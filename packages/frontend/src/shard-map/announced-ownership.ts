/**
 * What peers, and this member itself, have announced about who owns which shard: one of the shard-map's three
 * sources. Every source replaces what it said before, and all it said lapses together when it stops renewing.
 */
import type { OwnershipEntry, SliceOwnership } from '@fleetfall/protocol/ownership.ts';

/** Announcements from one source: a link, or this member itself. */
export interface Announcement {
  readonly source: string;
  readonly announcer: string;
  readonly slices: readonly SliceOwnership[];
  readonly expiresInMs: number;
}

export interface AnnouncedOwnership {
  hear(announcement: Announcement): void;
  /** The source said the same again. */
  renew(source: string, expiresInMs: number): void;
  /** Whether the source's word still stands. */
  hasHeard(source: string): boolean;
  /** Members with at least one source whose word stands. */
  announcers(): ReadonlySet<string>;
  /** All entries whose source's word stands; a shard may appear more than once. */
  entries(): OwnershipEntry[];
}

interface Heard {
  readonly announcer: string;
  readonly entries: readonly OwnershipEntry[];
  expiresAtMs: number;
}

/** @param now milliseconds, monotonic. */
export function createAnnouncedOwnership(now: () => number = () => performance.now()): AnnouncedOwnership {
  const heard = new Map<string, Heard>();

  function* standing(): Generator<Heard> {
    const atMs = now();
    for (const [source, word] of heard) {
      if (word.expiresAtMs > atMs) yield word;
      else heard.delete(source);
    }
  }

  return {
    hear({ source, announcer, slices, expiresInMs }) {
      heard.set(source, {
        announcer,
        entries: slices.flatMap(({ owners }) => owners),
        expiresAtMs: now() + expiresInMs,
      });
    },
    renew(source, expiresInMs) {
      const word = heard.get(source);
      if (word !== undefined) word.expiresAtMs = now() + expiresInMs;
    },
    hasHeard: (source) => (heard.get(source)?.expiresAtMs ?? 0) > now(),
    announcers: () => new Set([...standing()].map(({ announcer }) => announcer)),
    entries: () => [...standing()].flatMap(({ entries }) => entries),
  };
}
