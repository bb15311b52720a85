import { expect, test } from 'vitest';
import { createReadingGaps } from '../src/reading-gaps.ts';

test('the longest gap of any member is told, also one that goes on, and how many were read late', () => {
  const gaps = createReadingGaps();
  expect(gaps.take(0)).toBeUndefined();
  for (const nowMs of [0, 300, 600, 900]) gaps.read('fe-1', nowMs);
  gaps.read('fe-2', 200);
  expect(gaps.take(1_000)).toEqual({ members: 2, late: 1, longestGapMs: 800, longestGapOf: 'fe-2' });

  gaps.read('fe-1', 1_300);
  gaps.read('fe-2', 1_900);
  expect(gaps.take(2_000)).toEqual({ members: 2, late: 2, longestGapMs: 1_700, longestGapOf: 'fe-2' });
});

test('a gap counts once it is over, not again in what follows', () => {
  const gaps = createReadingGaps();
  gaps.read('fe-1', 0);
  gaps.read('fe-1', 900);
  gaps.take(1_000);
  gaps.read('fe-1', 1_100);
  expect(gaps.take(1_200)).toMatchObject({ late: 0, longestGapMs: 200 });
});

test('a member that left the list has no gap', () => {
  const gaps = createReadingGaps();
  gaps.read('fe-1', 0);
  gaps.read('fe-2', 900);
  gaps.forget('fe-1');
  expect(gaps.take(1_000)).toEqual({ members: 1, late: 0, longestGapMs: 100, longestGapOf: 'fe-2' });
});
