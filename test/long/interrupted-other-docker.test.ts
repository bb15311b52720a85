/**
 * Runs on docker that are cut short in ways that are no signal to them: a full disk, an engine that stops, one of two killed.
 */
import { describe, it } from 'vitest';
import { partOf } from '../interruption/cases.ts';
import { interrupt } from '../interruption/interrupt.ts';
import { DOCKER_LEFT_OUT } from '../runtimes.ts';
import { SEED } from '../seed.ts';

if (DOCKER_LEFT_OUT !== null) it.skipIf(true)(`docker is left out: ${DOCKER_LEFT_OUT}`, () => undefined);

describe(`a run that is cut short leaves nothing behind (FLEETFALL_TEST_SEED=${SEED})`, () => {
  it.each(partOf('docker', 'other'))('%s', (_, each) => interrupt(each));
});
