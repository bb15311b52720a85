/**
 * Runs on cgroups that are cut short by SIGKILL in each phase.
 */
import { describe, it } from 'vitest';
import { partOf } from '../interruption/cases.ts';
import { interrupt } from '../interruption/interrupt.ts';
import { SEED } from '../seed.ts';

describe(`a run that is cut short leaves nothing behind (FLEETFALL_TEST_SEED=${SEED})`, () => {
  it.each(partOf('cgroup', 'SIGKILL'))('%s', (_, each) => interrupt(each));
});
