/**
 * The whole matrix of runs that are cut short, on every runtime that this host has.
 */
import { describe, it } from 'vitest';
import { INTERRUPTIONS, SEED, titleOf } from '../interruption/cases.ts';
import { interrupt } from '../interruption/interrupt.ts';

describe(`a run that is cut short leaves nothing behind (FLEETFALL_TEST_SEED=${SEED})`, () => {
  it.each(INTERRUPTIONS.map((each) => [titleOf(each), each] as const))('%s', (_, each) => interrupt(each));
});
