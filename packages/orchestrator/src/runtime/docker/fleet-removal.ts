/**
 * Takes a fleet off an engine by its labels, so that also what a start made whose answer never came is found. Where
 * members were started by compose it is the same: labels are all that is gone by.
 */
import type Docker from 'dockerode';
import type { Roster } from '../roster.ts';
import type { StartedMember } from '../runtime.ts';
import { takeDown } from '../take-down.ts';
import { engineCall } from './engine-call.ts';
import { ofFleet } from './labels.ts';
import { removeContainer, removeNetwork, removeVolume } from './removal.ts';

export interface FleetOnEngine {
  readonly docker: Docker;
  readonly runId: string;
  readonly name: string;
  readonly roster: Roster<StartedMember>;
  /** What was done to its network. */
  readonly network: AsyncDisposable;
  /** Resolves when nothing that was asked of the engine for it is under way any more. Never rejects. */
  quiet(): Promise<unknown>;
}

/** @throws TeardownError when something of it could not be removed. */
export async function removeFleet(fleet: FleetOnEngine): Promise<void> {
  const { docker, runId, name, roster, network } = fleet;
  const filters = ofFleet(runId, name);
  await takeDown(`fleet '${name}'`, [
    () => roster.close(),
    () => fleet.quiet(),
    () => network[Symbol.asyncDispose](),
    async () => {
      const listing = docker.listContainers({ all: true, filters });
      const containers = await engineCall(`list the containers of fleet '${name}'`, listing);
      await Promise.all(containers.map(({ Id }) => removeContainer(docker, Id)));
    },
    () => engineCall('hear of the end of its members', Promise.all(roster.all().map(({ exited }) => exited))),
    async () => {
      const listing = docker.listVolumes({ filters });
      const { Volumes: volumes } = await engineCall(`list the volumes of fleet '${name}'`, listing);
      await Promise.all((volumes ?? []).map(({ Name }) => removeVolume(docker, Name)));
    },
    async () => {
      const listing = docker.listNetworks({ filters });
      const networks = await engineCall(`list the networks of fleet '${name}'`, listing);
      await Promise.all(networks.map(({ Id }) => removeNetwork(docker, Id)));
    },
  ]);
}
