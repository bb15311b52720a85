/**
 * Removes what a fleet has on an engine, whatever state it is in. What is gone already is removed.
 */
import type Docker from 'dockerode';
import type { NetworkInspectInfo } from 'dockerode';
import { IdleRemainsError } from '../take-down.ts';
import { engineCall, engineCallUnless, statusOf } from './engine-call.ts';

/** Kills it if it runs. */
export async function removeContainer(docker: Docker, nameOrId: string): Promise<void> {
  const container = docker.getContainer(nameOrId);
  const what = `remove container ${nameOrId}`;
  try {
    await engineCall(what, container.remove({ force: true, v: true }));
  } catch (error) {
    if (statusOf(error) === 404) return;
    // The engine is removing it already, for another call: what it holds is free only after that.
    if (statusOf(error) !== 409) throw error;
    await engineCallUnless([404], what, container.wait({ condition: 'removed' }));
  }
}

/** No container may use it any more. */
export function removeVolume(docker: Docker, name: string): Promise<void> {
  return engineCallUnless([404], `remove volume ${name}`, docker.getVolume(name).remove());
}

/**
 * No container may be on it any more.
 * @throws IdleRemainsError that says what to do when the engine takes an empty network for one in use: under load an
 * engine can lose count of a network's endpoints, and finds it again only when it starts.
 */
export async function removeNetwork(docker: Docker, name: string): Promise<void> {
  const network = docker.getNetwork(name);
  try {
    await engineCallUnless([404], `remove network ${name}`, network.remove());
  } catch (error) {
    if (statusOf(error) !== 403) throw error;
    const inspecting: Promise<NetworkInspectInfo> = network.inspect();
    const { Containers: members } = await engineCall(`inspect network ${name}`, inspecting);
    if (Object.keys(members ?? {}).length > 0) throw error;
    throw new IdleRemainsError(
      `Cannot remove network ${name}: nothing is on it, and the engine counts it as in use: restart the engine, then 'fleetfall prune'`,
      { cause: error },
    );
  }
}
