/**
 * Runs that are cut short leave nothing behind and a journal that can be judged: a sample of the matrix that
 * `npm run test:long` goes through, another one each day.
 */
import { describe, it } from 'vitest';
import { INTERRUPTIONS, sampleOf, titleOf } from '../interruption/cases.ts';
import { interrupt } from '../interruption/interrupt.ts';
import { SEED } from '../seed.ts';

const sample = sampleOf(INTERRUPTIONS);
console.info(
  `FLEETFALL_TEST_SEED=${SEED} picked ${sample.length} of ${INTERRUPTIONS.length}: ${sample.map(titleOf).join(', ')}`,
);

describe(`a run that is cut short leaves nothing behind (seed ${SEED})`, () => {
  it.each(sample.map((each) => [titleOf(each), each] as const))('%s', (_, each) => interrupt(each));
});
