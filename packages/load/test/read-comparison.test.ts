import { expect, test } from 'vitest';
import { createHistory, type WriteHistory } from '../src/history.ts';
import { partitionKeys } from '../src/partition-keys.ts';
import { compareWith, type ReadRecord } from '../src/read-comparison.ts';
import { recordData, recordId, serialOf } from '../src/record-data.ts';

const WRITER = '0a1b2c3d';

const stored = (serial: number, sequenceNumber: string): ReadRecord => ({
  SequenceNumber: sequenceNumber,
  Data: recordData(recordId(WRITER, serial), 64),
});

/** Writes 0 to 2, one after the other in one shard, acknowledged as sequence numbers 8, 9 and 10. */
function threeWrites(): WriteHistory {
  const history = createHistory();
  for (const [serial, sequenceNumber] of ['8', '9', '10'].entries()) {
    history.begin(serial * 10);
    history.acknowledge(serial, 'shard-0', sequenceNumber, serial * 10 + 5);
  }
  return history;
}

function compare(history: WriteHistory, records: readonly ReadRecord[], shardId = 'shard-0') {
  const comparison = compareWith(history, WRITER);
  for (const record of records) comparison.read(shardId, record);
  return comparison.result();
}

test('finds nothing wrong where all is there in its order', () => {
  const result = compare(threeWrites(), [stored(0, '8'), stored(1, '9'), stored(2, '10')]);
  expect(result).toEqual({
    acknowledged: 3,
    found: 3,
    lost: 0,
    duplicated: 0,
    outOfOrder: 0,
    unknown: 0,
    unknownFound: 0,
    refusedButFound: 0,
    lostExamples: [],
  });
});

test('finds an acknowledged write that is gone, and names it', () => {
  const result = compare(threeWrites(), [stored(0, '8'), stored(2, '10')]);
  expect(result).toMatchObject({ acknowledged: 3, found: 2, lost: 1, outOfOrder: 0 });
  expect(result.lostExamples).toEqual([
    'ff-0a1b2c3d-0000000001 in shard-0, acknowledged 15 ms after the load began',
  ]);
});

test('does not miss a write whose outcome is unknown, but finds it twice', () => {
  const history = threeWrites();
  const unknown = history.begin(40);
  const complete = [stored(0, '8'), stored(1, '9'), stored(2, '10')];
  expect(compare(history, complete)).toMatchObject({ acknowledged: 3, found: 3, lost: 0 });
  expect(compare(history, [...complete, stored(unknown, '11')])).toMatchObject({ found: 3, duplicated: 0 });
  expect(compare(history, [...complete, stored(unknown, '11'), stored(unknown, '12')])).toMatchObject({
    duplicated: 1,
  });
});

test('counts a sequence number that does not rise', () => {
  const records = [stored(1, '9'), stored(0, '8'), stored(2, '10')];
  expect(compare(threeWrites(), records).outOfOrder).toBe(1);
});

test('counts a record that stands elsewhere than its acknowledgement said', () => {
  const moved = [stored(0, '8'), stored(1, '9'), stored(2, '11')];
  expect(compare(threeWrites(), moved).outOfOrder).toBe(1);
  const inPlace = [stored(0, '8'), stored(1, '9'), stored(2, '10')];
  expect(compare(threeWrites(), inPlace, 'shard-1').outOfOrder).toBe(3);
});

test('counts a write that was acknowledged before one that stands ahead of it was sent', () => {
  const history = createHistory();
  history.begin(0);
  history.acknowledge(0, 'shard-0', '2', 5);
  history.begin(10);
  history.acknowledge(1, 'shard-0', '1', 15);
  expect(compare(history, [stored(1, '1'), stored(0, '2')])).toMatchObject({ lost: 0, outOfOrder: 1 });
});

test('counts a write that was refused and is there all the same', () => {
  const history = threeWrites();
  const refused = history.begin(40);
  history.refuse(refused);
  expect(compare(history, [stored(refused, '11')]).refusedButFound).toBe(1);
});

test('tells its own records from those of others', () => {
  const data = recordData(recordId(WRITER, 4_000_000), 1_024);
  expect(Buffer.from(data, 'base64')).toHaveLength(1_024);
  expect(serialOf(WRITER, data)).toBe(4_000_000);
  expect(serialOf('ffffffff', data)).toBeUndefined();
  expect(serialOf(WRITER, Buffer.from('somebody else').toString('base64'))).toBeUndefined();
});

test('draws the same partition keys for the same seed, and others for another', () => {
  const draw = (seed: string): string[] => {
    const next = partitionKeys({ kind: 'uniform' }, seed);
    return Array.from({ length: 1_000 }, next);
  };
  expect(draw('a')).toEqual(draw('a'));
  expect(draw('b')).not.toEqual(draw('a'));
  expect(new Set(draw('a')).size).toBe(1_000);
});
