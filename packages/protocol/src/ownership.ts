/**
 * Ownership announcements: what front-ends tell one another about which back-end holds which shard.
 *
 * Shards fall into 256 fixed slices. Every slice has one announcer, chosen among the front-ends by rendezvous
 * hashing (Thaler & Ravishankar, 1998), so that members with the same view agree without talking. Two members
 * with different views may both announce a slice, which does no harm: an announcement carries an expiry, and the
 * lease epoch tells which is newer.
 */
import { hash } from 'node:crypto';

/** How many slices the shards fall into. Fixed: members of all sizes of fleet must agree on it. */
export const SLICE_COUNT = 256;

/** The path on which a front-end accepts its peers' links (WebSocket). */
export const PEER_PATH = '/peer';

/** A shard's name across all streams. */
export type ShardKey = `${string}/${string}`;

/** The name of shard `shardId` of stream `stream`. */
export function shardKeyOf(stream: string, shardId: string): ShardKey {
  return `${stream}/${shardId}`;
}

/** Which slice a shard falls into: the first byte of the MD5 of its key. */
export function sliceOf(shard: ShardKey): number {
  return hash('md5', shard, 'buffer')[0] as number;
}

/** One shard's owner, as its back-end vouches for it. A higher epoch is a newer lease. */
export type OwnershipEntry = readonly [shard: ShardKey, backEndId: string, leaseEpoch: number];

/** What is known of one slice. */
export interface SliceOwnership {
  readonly slice: number;
  readonly owners: readonly OwnershipEntry[];
}

/** One announcement, sent as JSON over a peer link by the slices' announcer. */
export interface OwnershipMessage {
  readonly announcer: string;
  /** How long after its arrival the announcement may be relied on. */
  readonly expiresInMs: number;
  readonly slices: readonly SliceOwnership[];
}

/** A 32-bit score for a pair of member and slice: FNV-1a, finished with the murmur3 mixer. */
function score(memberId: string, slice: number): number {
  let mixed = 0x811c9dc5 ^ slice;
  for (let index = 0; index < memberId.length; index += 1) {
    mixed = Math.imul(mixed ^ memberId.charCodeAt(index), 0x01000193);
  }
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/**
 * The announcer of a slice: the member with the highest score, the smaller id on a tie.
 * @returns undefined when nobody is a member.
 */
export function announcerOf(slice: number, frontEndIds: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestScore = -1;
  for (const id of frontEndIds) {
    const candidate = score(id, slice);
    if (candidate > bestScore || (candidate === bestScore && best !== undefined && id < best)) {
      best = id;
      bestScore = candidate;
    }
  }
  return best;
}

/** The slices that `memberId` announces when `frontEndIds` are the members. */
export function slicesAnnouncedBy(memberId: string, frontEndIds: readonly string[]): number[] {
  return Array.from({ length: SLICE_COUNT }, (_, slice) => slice).filter(
    (slice) => announcerOf(slice, frontEndIds) === memberId,
  );
}
