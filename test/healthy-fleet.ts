/**
 * A small fleet with room under its limit, for tests of what can be done to a fleet that runs.
 */
import { type FleetLayout, layOut } from '@fleetfall/experiment/layout.ts';
import { loadExperiment } from '@fleetfall/orchestrator/cli/experiment-file.ts';
import { type Fleet, startFleet } from '@fleetfall/orchestrator/fleet/fleet.ts';
import type { ArmEntry } from '@fleetfall/orchestrator/method/recorder.ts';
import { chooseRuntime } from '@fleetfall/orchestrator/runtime/choose.ts';
import type { RuntimeName } from '@fleetfall/protocol/runtimes.ts';

const START_TIMEOUT_MS = 110_000;

/** Disposal takes the fleet down, if it is not down yet, and lets the runtime go. */
export interface HealthyFleet extends AsyncDisposable {
  readonly fleet: Fleet;
  readonly layout: FleetLayout;
  /** What it journals, as it comes. */
  readonly records: readonly ArmEntry[];
}

/** Starts one without front-ends. */
export async function startHealthyFleet(
  wanted: RuntimeName,
  runId: string,
  name: string,
): Promise<HealthyFleet> {
  const records: ArmEntry[] = [];
  const late = new AbortController();
  const { signal } = late;
  const timer = setTimeout(
    () => late.abort(new Error(`the fleet was not up after ${START_TIMEOUT_MS} ms`)),
    START_TIMEOUT_MS,
  );
  const healthy = { size: 'small', pidsMax: '64', expect: 'healthy' };
  const [{ fleet: layout }] = layOut(loadExperiment('kinesis-2020', healthy), 'seed').arms;
  await using starting = new AsyncDisposableStack();
  // What the tests do to it has bounds of its own.
  using _started = { [Symbol.dispose]: () => clearTimeout(timer) };
  const runtime = starting.use(
    await chooseRuntime({ wanted, onProgress: () => undefined, environment: process.env, signal }),
  );
  const fleet = starting.use(
    await startFleet({
      runId,
      seed: 'seed',
      layout,
      runtimeFleet: await runtime.createFleet(runId, name),
      concurrentStarts: runtime.concurrentStarts,
      record: (entry) => void records.push(entry),
      signal,
    }),
  );
  const started = starting.move();
  return { fleet, layout, records, [Symbol.asyncDispose]: () => started.disposeAsync() };
}
