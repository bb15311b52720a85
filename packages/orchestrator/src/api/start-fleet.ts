/**
 * A fleet for a chaos script: started by a call, driven by its methods, taken down by `await using`. It is the same
 * fleet as `fleetfall run` starts, and leaves the same journal.
 */
import { randomBytes } from 'node:crypto';
import { layOutScript } from '@fleetfall/experiment/script.ts';
import { makeRunFolder } from '../cli/store.ts';
import type { EngineEnvironment } from '../runtime/engine-environment.ts';
import { driveFleet } from './drive.ts';
import type { StartFleetOptions } from './fleet-options.ts';
import { type OpenRun, openRun } from './open-run.ts';
import type { RunningFleet } from './running-fleet.ts';

/**
 * @param environment in which the engine is looked for.
 * @throws as the public `startFleet`.
 */
export async function startFleetIn(
  environment: EngineEnvironment,
  options: StartFleetOptions,
): Promise<RunningFleet> {
  const { store = 'store', signal = new AbortController().signal, onProgress, load, ...fields } = options;
  const layout = layOutScript(load === false ? fields : { ...fields, load }, randomBytes(4).toString('hex'));
  signal.throwIfAborted();
  const run = await openRun({
    layout,
    folder: makeRunFolder(store, layout),
    onProgress: onProgress ?? (() => undefined),
    environment,
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
