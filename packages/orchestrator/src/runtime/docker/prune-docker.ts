/**
 * What dead runs have left on the engine: containers that ended when their orchestrator did, and the networks and
 * volumes that nobody removed.
 */
import type Docker from 'dockerode';
import type { Owner } from '../owner.ts';
import { type Found, pruneEach } from '../prune-found.ts';
import type { Leftover } from '../runtime.ts';
import { engineCall } from './engine-call.ts';
import { ofOwner, ownerInLabels, RUN_LABEL } from './labels.ts';
import { removeContainer, removeNetwork, removeVolume } from './removal.ts';

/**
 * Removes what is proven to be of a dead run, containers first, since they hold the rest.
 * @param check only says what would be removed.
 * @param owner looks only at what is of this owner.
 * @throws RuntimeUnavailableError, or the engine's refusal to list.
 */
export async function pruneDocker(docker: Docker, check: boolean, owner?: Owner): Promise<Leftover[]> {
  const { containers, networks, volumes } = await findAll(docker, owner);
  return [
    ...(await pruneEach(containers, check)),
    ...(await pruneEach(networks, check)),
    ...(await pruneEach(volumes, check)),
  ];
}

async function findAll(
  docker: Docker,
  owner: Owner | undefined,
): Promise<Record<'containers' | 'networks' | 'volumes', Found[]>> {
  const filters = owner === undefined ? { label: [RUN_LABEL] } : ofOwner(owner);
  const [containers, networks, { Volumes: volumes }] = await engineCall(
    'list what runs have made',
    Promise.all([
      docker.listContainers({ all: true, filters }),
      docker.listNetworks({ filters }),
      docker.listVolumes({ filters }),
    ]),
  );
  return {
    containers: containers.map(({ Id, Names, Labels }) => ({
      runtime: 'docker',
      kind: 'container',
      name: Names[0]?.replace(/^\//, '') ?? Id,
      owner: ownerInLabels(Labels),
      remove: () => removeContainer(docker, Id),
    })),
    networks: networks.map(({ Id, Name, Labels }) => ({
      runtime: 'docker',
      kind: 'network',
      name: Name,
      owner: ownerInLabels(Labels),
      remove: () => removeNetwork(docker, Id),
    })),
    volumes: (volumes ?? []).map(({ Name, Labels }) => ({
      runtime: 'docker',
      kind: 'volume',
      name: Name,
      owner: ownerInLabels(Labels),
      remove: () => removeVolume(docker, Name),
    })),
  };
}
