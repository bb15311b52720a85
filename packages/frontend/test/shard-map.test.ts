import { hashKeyOf, splitRing } from '@fleetfall/protocol/hash-key.ts';
import type { StreamConfiguration } from '@fleetfall/protocol/membership.ts';
import type { OwnershipEntry } from '@fleetfall/protocol/ownership.ts';
import { describe, expect, it } from 'vitest';
import { createAnnouncedOwnership } from '../src/shard-map/announced-ownership.ts';
import { constructTable } from '../src/shard-map/construct.ts';
import { createShardMap } from '../src/shard-map/shard-map.ts';

function streamOf(name: string, shardCount: number): StreamConfiguration {
  const shards = splitRing(shardCount).map((range, index) => ({
    ...range,
    shardId: `shard-${index}`,
    backEndId: 'be-1',
  }));
  return { name, arn: `arn:${name}`, createdAtMs: 0, shards };
}

function mapOf(
  streams: readonly StreamConfiguration[],
  entries: readonly OwnershipEntry[],
  backEndIds = ['be-1', 'be-2'],
) {
  const constructed = constructTable({ streams, entries, backEndIds });
  return createShardMap({ constructed, streams, backEndIds, sourcedAtMs: 0 });
}

describe('the shard-map', () => {
  it('places every key in the one shard whose range holds it, in streams of any size', () => {
    for (const shardCount of [1, 2, 7, 1_000]) {
      const stream = streamOf('orders', shardCount);
      const map = mapOf([streamOf('other', 3), stream], []);
      for (let key = 0; key < 200; key += 1) {
        const hash = hashKeyOf(`key-${key}`);
        const value = hash.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);
        const holding = stream.shards.find(
          ({ startingHashKey, endingHashKey }) =>
            BigInt(startingHashKey) <= value && value <= BigInt(endingHashKey),
        );
        expect(map.placeKey('orders', hash)?.shard.shardId).toBe(holding?.shardId);
      }
    }
  });

  it('places the first and the last hash key of every shard in that shard', () => {
    const stream = streamOf('orders', 5);
    const map = mapOf([stream], []);
    const words = (decimal: string) =>
      [96n, 64n, 32n, 0n].map((shift) => Number((BigInt(decimal) >> shift) & 0xffffffffn)) as [
        number,
        number,
        number,
        number,
      ];
    for (const { shardId, startingHashKey, endingHashKey } of stream.shards) {
      expect(map.placeKey('orders', words(startingHashKey))?.shard.shardId).toBe(shardId);
      expect(map.placeKey('orders', words(endingHashKey))?.shard.shardId).toBe(shardId);
    }
  });

  it('takes the owner with the newest lease where announcements differ', () => {
    const map = mapOf(
      [streamOf('orders', 1)],
      [
        ['orders/shard-0', 'be-2', 7],
        ['orders/shard-0', 'be-1', 3],
      ],
    );
    expect(map.placeShard('orders', 'shard-0')?.backEndId).toBe('be-2');
  });

  it('knows no owner for a shard that nobody announced, or whose back-end is no member, and says how complete it is', () => {
    const map = mapOf(
      [streamOf('orders', 4)],
      [
        ['orders/shard-0', 'be-1', 1],
        ['orders/shard-1', 'be-gone', 1],
      ],
    );
    expect(map.placeShard('orders', 'shard-0')?.backEndId).toBe('be-1');
    expect(map.placeShard('orders', 'shard-1')?.backEndId).toBeUndefined();
    expect(map.placeShard('orders', 'shard-2')?.backEndId).toBeUndefined();
    expect(map.completeness).toBe(0.25);
  });

  it('has no placement in a stream or shard that is not configured', () => {
    const map = mapOf([streamOf('orders', 1)], []);
    expect(map.placeKey('nothing', hashKeyOf('k'))).toBeUndefined();
    expect(map.placeShard('orders', 'shard-9')).toBeUndefined();
  });
});

describe('announced ownership', () => {
  const slices = [{ slice: 3, owners: [['orders/shard-0', 'be-1', 1]] as OwnershipEntry[] }];

  it('lapses when its source stops renewing, and stands while it renews', () => {
    let nowMs = 0;
    const ownership = createAnnouncedOwnership(() => nowMs);
    ownership.hear({ source: 'link', announcer: 'fe-1', slices, expiresInMs: 100 });
    nowMs = 90;
    ownership.renew('link', 100);
    nowMs = 180;
    expect(ownership.entries()).toHaveLength(1);
    expect([...ownership.announcers()]).toEqual(['fe-1']);
    nowMs = 190;
    expect(ownership.entries()).toHaveLength(0);
    expect(ownership.hasHeard('link')).toBe(false);
  });

  it('keeps what others say when one source replaces its word', () => {
    const ownership = createAnnouncedOwnership(() => 0);
    ownership.hear({ source: 'a', announcer: 'fe-1', slices, expiresInMs: 100 });
    ownership.hear({ source: 'b', announcer: 'fe-2', slices, expiresInMs: 100 });
    ownership.hear({ source: 'a', announcer: 'fe-1', slices: [], expiresInMs: 100 });
    expect(ownership.entries()).toEqual([['orders/shard-0', 'be-1', 1]]);
  });
});
