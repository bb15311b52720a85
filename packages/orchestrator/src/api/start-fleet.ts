/**
 * A fleet for a chaos script: started by a call, driven by its methods, taken down by `await using`. It is the same
 * fleet as `fleetfall run` starts, and leaves the same journal.
 */
import { randomBytes } from 'node:crypto';
import { layOutScript } from '@fleetfall/experiment/script.ts';
import { makeRunFolder } from '../cli/store.ts';
import { driveFleet } from './drive.ts';
import type { StartFleetOptions } from './fleet-options.ts';
import { type OpenRun, openRun } from './open-run.ts';
import type { RunningFleet } from './running-fleet.ts';

/**
 * Starts a fleet and waits until it serves: every front-end linked with a shard-map, the stream made, the load running,
 * the steady state reached.
 *
 * The journal is written to `<store>/<name>/<time>/journal.ndjson`. Members end when this process does; a fleet on
 * docker that was not disposed leaves containers, which `fleetfall prune` removes.
 * @example
 * ```ts
 * await using fleet = await startFleet({ frontEnds: 4, pidsMax: 16, runtime: 'cgroup' });
 * await fleet.grow(2);
 * await fleet.settle('ageing');
 * const { fraction } = await fleet.goodput('2s');
 * ```
 * @throws SettingsError with a line for each field that is wrong, before anything is started;
 * RuntimeUnavailableError when there is no runtime here; UnsteadyError when it came to no steady state.
 */
export async function startFleet(options: StartFleetOptions = {}): Promise<RunningFleet> {
  const { store = 'store', signal = new AbortController().signal, onProgress, load, ...fields } = options;
  const layout = layOutScript(load === false ? fields : { ...fields, load }, randomBytes(4).toString('hex'));
  signal.throwIfAborted();
  const run = await openRun({
    layout,
    folder: makeRunFolder(store, layout),
    onProgress: onProgress ?? (() => undefined),
    signal,
  });
  await bringUp(run, load !== false);
  return driveFleet(run, load !== false);
}

async function bringUp(run: OpenRun, withLoad: boolean): Promise<void> {
  try {
    await run.arm.start();
    if (withLoad) await run.arm.reachSteadyState();
  } catch (error) {
    await run.end(error);
    throw error;
  }
}
