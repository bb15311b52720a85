import { describe, expect, it } from 'vitest';
import { accessHeaders, refusalOf, SECRET_HEADER } from '../src/access.ts';
import { hashKeyOf, parseHashKey, splitRing } from '../src/hash-key.ts';
import { announcerOf, SLICE_COUNT, shardKeyOf, sliceOf, slicesAnnouncedBy } from '../src/ownership.ts';
import { plannedBreakingSize } from '../src/settings.ts';
import { cutPayload, decodeFrame, encodeFrame, type ShardRequest } from '../src/shard-frames.ts';

describe('hash keys', () => {
  it('are the MD5 of the partition key, most significant word first', () => {
    // MD5 of the empty string, RFC 1321.
    expect(
      hashKeyOf('')
        .map((word) => word.toString(16).padStart(8, '0'))
        .join(''),
    ).toBe('d41d8cd98f00b204e9800998ecf8427e');
  });

  it('are read from decimal up to 2^128 - 1, and refused beyond', () => {
    expect(parseHashKey('0')).toEqual([0, 0, 0, 0]);
    expect(parseHashKey(String(2n ** 128n - 1n))).toEqual([0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff]);
    for (const wrong of [String(2n ** 128n), '-1', '1.5', '', 'x', '01']) {
      expect(() => parseHashKey(wrong), wrong).toThrow(`hash key '${wrong}'`);
    }
  });

  it('split into ranges that cover the ring without gap or overlap', () => {
    for (const count of [1, 3, 256]) {
      const ranges = splitRing(count);
      expect(ranges[0]?.startingHashKey).toBe('0');
      expect(ranges.at(-1)?.endingHashKey).toBe(String(2n ** 128n - 1n));
      for (const [index, range] of ranges.entries()) {
        const next = ranges[index + 1];
        if (next) expect(BigInt(next.startingHashKey)).toBe(BigInt(range.endingHashKey) + 1n);
      }
    }
  });
});

describe('slices', () => {
  const ids = Array.from({ length: 16 }, (_, index) => `fe-${index}`);

  it('have one announcer each, the same for all who see the same members in whatever order', () => {
    const shares = ids.map((id) => slicesAnnouncedBy(id, ids.toReversed()));
    expect(shares.flat().toSorted((left, right) => left - right)).toEqual(
      Array.from({ length: SLICE_COUNT }, (_, slice) => slice),
    );
    expect(Math.max(...shares.map((share) => share.length))).toBeLessThan(3 * (SLICE_COUNT / ids.length));
  });

  it('move to a newcomer only, when one comes', () => {
    for (let slice = 0; slice < SLICE_COUNT; slice += 1) {
      const before = announcerOf(slice, ids);
      const after = announcerOf(slice, [...ids, 'fe-new']);
      expect([before, 'fe-new']).toContain(after);
    }
  });

  it('have no announcer without members, and hold every shard', () => {
    expect(announcerOf(0, [])).toBeUndefined();
    const slice = sliceOf(shardKeyOf('orders', 'shard-0'));
    expect(slice).toBeGreaterThanOrEqual(0);
    expect(slice).toBeLessThan(SLICE_COUNT);
  });
});

describe('frames between front-end and back-end', () => {
  const request: ShardRequest = {
    id: 7,
    op: 'append',
    entries: [
      { shard: 'orders/shard-0', partitionKey: 'ключ', dataBytes: 3 },
      { shard: 'orders/shard-1', partitionKey: '', dataBytes: 0 },
    ],
  };

  it('come out as they went in, payloads untouched', () => {
    const { head, payload } = decodeFrame<ShardRequest>(encodeFrame(request, [Buffer.from([0, 255, 10])]));
    expect(head).toEqual(request);
    expect(cutPayload(payload, request.entries).map((piece) => [...piece])).toEqual([[0, 255, 10], []]);
  });

  it('are refused when they are cut short, or their entries do not add up', () => {
    const frame = encodeFrame(request, [Buffer.from([1, 2, 3])]);
    expect(() => decodeFrame(frame.subarray(0, 2))).toThrow(RangeError);
    expect(() => decodeFrame(frame.subarray(0, 20))).toThrow(RangeError);
    expect(() => cutPayload(Buffer.from([1, 2]), request.entries)).toThrow('entries name 3');
  });
});

describe('access', () => {
  const hosts = new Set(['127.0.0.1:7400']);
  const claim = { secret: 's3cret', origin: undefined, host: '127.0.0.1:7400' };

  it('is given to the holder of the secret, under a host name of the listener', () => {
    expect(
      refusalOf({ ...claim, secret: accessHeaders('s3cret')[SECRET_HEADER] }, 's3cret', hosts),
    ).toBeUndefined();
  });

  it.each([
    [{ secret: undefined }, 'header'],
    [{ secret: 'wrong' }, 'header'],
    [{ secret: 's3cres' }, 'header'],
    [{ origin: 'http://evil.example' }, 'browsers'],
    [{ host: 'evil.example:7400' }, 'Host'],
    [{ host: undefined }, 'Host'],
  ])('is refused with %j', (wrong, why) => {
    expect(refusalOf({ ...claim, ...wrong }, 's3cret', hosts)).toContain(why);
  });
});

describe('the planned breaking size', () => {
  it.each([
    [24, 1, 4, 14],
    [15, 1, 4, 5],
    [18, 2, 4, 5],
    [24, 3, 4, 6],
    [15, 1, 1, 8],
    [24, 1, 12, 6],
  ])(
    'under pids.max %i with %i threads a peer and %i in the pool is %i',
    (pidsMax, threadsPerPeer, uvThreads, size) => {
      expect(plannedBreakingSize(pidsMax, { peerLinks: 'thread-per-peer', threadsPerPeer, uvThreads })).toBe(
        size,
      );
    },
  );

  it('is none when links take no threads', () => {
    expect(plannedBreakingSize(24, { peerLinks: 'event-loop', threadsPerPeer: 1, uvThreads: 4 })).toBe(
      Number.POSITIVE_INFINITY,
    );
  });
});
