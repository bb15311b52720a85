import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { defineConfig } from 'vitest/config';
import { chance, SEED } from './test/seed.ts';
import long from './vitest.long.config.ts';

// A sample of what is too long for `npm test`, another one each day: files picked by FLEETFALL_TEST_SEED, as many as
// fit into FLEETFALL_SAMPLE_MINUTES, beside those that are never left out.

/** What users install is tried whatever the day. */
const ALWAYS = ['test/long/pack.test.ts'];
const minutes = Number(process.env.FLEETFALL_SAMPLE_MINUTES ?? 5);

/**
 * By how a file's name begins: measured on two busy cores, rounded up. What is not here yet is taken for
 * longer than most.
 */
const MINUTES: readonly (readonly [string, number])[] = [
  ['compose-runtime', 3],
  ['drill-causes', 2],
  ['failed-teardown', 1],
  ['faults-in-experiments', 4],
  ['interrupted-engine', 3],
  ['interrupted-sig', 4],
  ['interrupted-other', 2],
  ['lab', 3],
  ['outage-variants', 4],
  ['trials-killed', 3],
  ['trials.', 8],
  ['two-runs', 4],
];
const MINUTES_OTHERWISE = 5;

const minutesOf = (file: string): number =>
  MINUTES.find(([begin]) => basename(file).startsWith(begin))?.[1] ?? MINUTES_OTHERWISE;

const drawn = globSync('test/long/**/*.test.ts', { cwd: import.meta.dirname })
  .filter((file) => !ALWAYS.includes(file))
  .toSorted((one, other) => chance(one) - chance(other));
const picked = [...ALWAYS];
let left = minutes;
for (const file of drawn) {
  if (minutesOf(file) > left) continue;
  left -= minutesOf(file);
  picked.push(file);
}
// In workers this file is not read: it is said once.
console.info(
  `FLEETFALL_TEST_SEED=${SEED} picked ${picked.length} of ${drawn.length + ALWAYS.length}: ${picked.join(', ')}`,
);

export default defineConfig({ test: { ...long.test, include: picked } });
