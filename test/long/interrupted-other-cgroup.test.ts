/**
 * Runs on cgroups that are cut short in ways that are no signal to them: a full disk, an engine that stops, one of two killed.
 */
import { describe, it } from 'vitest';
import { partOf } from '../interruption/cases.ts';
import { interrupt } from '../interruption/interrupt.ts';
import { SEED } from '../seed.ts';

describe(`a run that is cut short leaves nothing behind (FLEETFALL_TEST_SEED=${SEED})`, () => {
  it.each(partOf('cgroup', 'other'))('%s', (_, each) => interrupt(each));
});
