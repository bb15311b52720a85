/**
 * Entry point of scripts: a fleet in the environment of the script's own process, where its engine is found.
 */
import process from 'node:process';
import type { StartFleetOptions } from './fleet-options.ts';
import type { RunningFleet } from './running-fleet.ts';
import { startFleetIn } from './start-fleet.ts';

/**
 * Starts a fleet and waits until it serves: every front-end linked with a shard-map, the stream made, the load running,
 * the steady state reached.
 *
 * The journal is written to `<store>/<name>/<time>/journal.ndjson`. Should this process be
 * killed, a reaper removes the fleet within seconds.
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
export function startFleet(options: StartFleetOptions = {}): Promise<RunningFleet> {
  return startFleetIn(process.env, options);
}
