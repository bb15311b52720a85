/**
 * The runtime that drives the lab's own compose file, with the compose and the engine that are there. What it makes
 * belongs to fleets and goes with them.
 */
import { type DockerRuntimeOptions, readyEngine } from '../docker/docker-runtime.ts';
import { currentOwner } from '../owner.ts';
import type { Runtime, RuntimeFleet } from '../runtime.ts';
import { disposeAll } from '../take-down.ts';
import { readLabFile } from './compose-document.ts';
import { composeFleet } from './compose-fleet.ts';
import { type ComposeTool, findCompose } from './compose-tool.ts';

/** One call of compose brings up many, and takes half a second for itself: the more at once the better. */
const CONCURRENT_STARTS = 16;

/** For people: what members are started with. */
export function composeReason({ command, version }: ComposeTool, engine: string, from: string): string {
  return `${command.join(' ')} ${version} with Docker ${engine}, which answers at ${from}`;
}

/**
 * Opens the runtime.
 * @throws RuntimeUnavailableError when there is no compose, or the engine cannot limit tasks or be given the image.
 */
export async function openComposeRuntime(options: DockerRuntimeOptions): Promise<Runtime> {
  const { engine, kit, signal } = options;
  const tool = await findCompose();
  signal.throwIfAborted();
  const file = readLabFile(kit.composeFile);
  const { image, version, host } = await readyEngine(options);
  const owner = currentOwner();
  const fleets: RuntimeFleet[] = [];
  return {
    name: 'compose',
    reason: composeReason(tool, version, engine.from),
    host,
    engine: engine.environment,
    concurrentStarts: CONCURRENT_STARTS,
    createFleet: async (runId, name) => {
      const fleet = composeFleet({ engine, tool, file, image, owner, runId, name });
      fleets.push(fleet);
      return fleet;
    },
    [Symbol.asyncDispose]: () => disposeAll('the compose runtime', fleets),
  };
}
