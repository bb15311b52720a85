import { drawFallText } from '@fleetfall/report/terminal-picture.ts';
import { expect, test } from 'vitest';
import { withoutCounters } from '../../claims/test/alter-journal.ts';
import { tellRun } from '../../claims/test/journal-builder.ts';

const outage = tellRun();

test.each([40, 72, 80, 120, 200])('fits into 12 lines of %i characters', (width) => {
  const text = drawFallText(outage, width);
  const lines = text.trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(12);
  expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(width);
});

test('shows threads at the limit, refusals, and goodput that falls and comes back', () => {
  const text = drawFallText(outage, 100);
  expect(text).toMatch(/incumbents .*█.* 24 of 24\n/);
  expect(text).toMatch(/newcomers .*█.* 24 of 24\n/);
  expect(text).toMatch(/refused +[·▪]+.*█.* threads\n/);
  expect(text).toMatch(/ requests +█+[▁-▇]? {10,}█+ +0\/s\n/);
});

test('shows the sizes of the fleet where they are news', () => {
  const sizes = drawFallText(outage, 120).split('\n')[1]?.trim().split(/\s+/);
  expect(sizes).toEqual(['front-ends', '4', '8', '12', '13', '14', '17', '12']);
});

test('leaves the row of refusals empty for a run without any', () => {
  expect(drawFallText(tellRun({ pidsMax: 200 }), 80)).toMatch(/^refused +threads$/m);
});

test('says so when there is nothing to draw', () => {
  expect(drawFallText([], 80)).toBe('nothing to draw: the journal has no phases\n');
});

test('refuses a width in which nothing can be told apart', () => {
  expect(() => drawFallText(outage, 39)).toThrow("Cannot draw into width '39'");
});

test('draws no threads where nobody counted them', () => {
  const uncounted = withoutCounters(outage, () => true);
  const rows = drawFallText(uncounted, 80);
  expect(rows).not.toMatch(/threads|refused|newcomers/);
  expect(rows).toMatch(/^served /m);
});
