/**
 * Runs whose container engine is killed or stopped under them, a real one of the test's own, and is started again.
 */
import { describe, it } from 'vitest';
import { partOf } from '../interruption/cases.ts';
import { interrupt } from '../interruption/interrupt.ts';
import { NO_PRIVATE_ENGINE } from '../interruption/private-engine.ts';
import { DOCKER_LEFT_OUT } from '../runtimes.ts';
import { SEED } from '../seed.ts';

const leftOut = DOCKER_LEFT_OUT ?? NO_PRIVATE_ENGINE;
if (leftOut !== null) it.skipIf(true)(`an engine that ends is left out: ${leftOut}`, () => undefined);

describe(`a run that is cut short leaves nothing behind (FLEETFALL_TEST_SEED=${SEED})`, () => {
  it.each(partOf('docker', 'engine'))('%s', (_, each) => interrupt(each));
});
