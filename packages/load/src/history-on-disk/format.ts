/**
 * How a history of writes lies on disk. A first line of JSON says what it is; then come entries, each a head of a byte
 * of kind, a byte of text length, a u16 of shard number, u32 of serial number and of time (ms since the header's time),
 * then the text and a byte of length with a sequence number as a big-endian integer. Little-endian throughout.
 *
 * `begun` has a write's key and stands before its end; `acknowledged` and `refused` are ends; a write without one is
 * unknown. `shard` gives a number to a shard's id. `closed` is the last entry of a load that was not killed; one that
 * went on with another schedule has it before that too.
 */

export const HISTORY_FORMAT = 'fleetfall-history-2';
export const ENTRY_HEAD_BYTES = 12;
/** Longer keys and ids are cut: a key that a load makes has 36 characters. */
export const TEXT_BYTES_MAX = 255;
export const ENTRY_BYTES_MAX = ENTRY_HEAD_BYTES + TEXT_BYTES_MAX + 1 + 255;
export const KINDS = ['begun', 'acknowledged', 'refused', 'shard', 'closed'] as const;
export type EntryKind = (typeof KINDS)[number];

export interface HistoryHeader {
  readonly stream: string;
  readonly writer: string;
  /** Wall clock; the times of entries count from it. */
  readonly begunAtMs: number;
}

/** Each generator keeps its own: the first by the name that was given, further ones with `.1`, `.2` and so on. */
export function historyPathOf(path: string, generator: number): string {
  return generator === 0 ? path : `${path}.${generator}`;
}
