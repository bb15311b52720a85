/**
 * How an arm's front-ends come up: in waves, so that threads are counted at several sizes, or all at once where
 * nothing is predicted.
 */
import { MEASURED_SIZES } from '@fleetfall/experiment/arm-checks.ts';
import type { FleetLayout } from '@fleetfall/experiment/layout.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { hold } from './hold.ts';
import type { Recorder } from './recorder.ts';
import { createStream, meshed, readQuiet, streamKnown } from './service.ts';

/** Samples of every member that a settled size is kept for: what comes and goes is to be seen as well. */
const SAMPLES_A_SIZE = 2;

/** Starts the front-ends in waves, each settled and read before the next. */
export async function startMeasured(fleet: Fleet, layout: FleetLayout, record: Recorder): Promise<void> {
  const [first = layout.frontEndsBefore, ...later] = measuredSizes(layout.frontEndsBefore);
  await fleet.add(first, 'incumbent');
  async function measure(): Promise<void> {
    await measureSize(fleet, layout, first, record);
    for (const size of later) {
      await fleet.add(size - fleet.frontEnds().length, 'incumbent');
      await measureSize(fleet, layout, size, record);
    }
  }
  // The stream is made while more join: it is not what is measured.
  await Promise.all([createStream(fleet, layout), measure()]);
  await streamKnown(fleet, layout);
}

async function measureSize(fleet: Fleet, layout: FleetLayout, size: number, record: Recorder): Promise<void> {
  await meshed(fleet, layout.frontEnd);
  record({ kind: 'settled', frontEnds: size });
  await Promise.all([hold(SAMPLES_A_SIZE * layout.sampleIntervalMs, fleet.signal), readQuiet(fleet)]);
}

/** Starts all front-ends at once; the stream is made while they link to one another. */
export async function startWhole(fleet: Fleet, layout: FleetLayout, record: Recorder): Promise<void> {
  await fleet.add(layout.frontEndsBefore, 'incumbent');
  await Promise.all([createStream(fleet, layout), meshed(fleet, layout.frontEnd)]);
  record({ kind: 'settled', frontEnds: layout.frontEndsBefore });
  await streamKnown(fleet, layout);
}

/** The sizes at which threads are counted: thirds of the fleet before the addition, the last the fleet itself. */
function measuredSizes(frontEndsBefore: number): number[] {
  const sizes = Array.from({ length: MEASURED_SIZES }, (_, index) =>
    Math.round((frontEndsBefore * (index + 1)) / MEASURED_SIZES),
  );
  return [...new Set(sizes)].filter((size) => size > 0);
}
