/**
 * Images of fleets that nothing uses and that this fleetfall does not start from: each version, and each clone with its
 * changes, builds one of its own and leaves it for the next run. They belong to no run, and another clone may still start
 * from one: so they go only when it is asked for. What is built again then takes seconds.
 */
import type Docker from 'dockerode';
import { whyNotRemoved } from '../prune-found.ts';
import type { Leftover } from '../runtime.ts';
import { engineCall } from './engine-call.ts';

/** The name of a fleet's image, by the hash of what is in it; `fleetfall:lab` is none. */
const OF_FLEETS = /^fleetfall:[0-9a-f]{16}$/;

/**
 * @param current the image that this fleetfall starts from: it stays.
 * @param check only says what would be removed.
 * @throws RuntimeUnavailableError, or the engine's refusal to list.
 */
export async function pruneImages(docker: Docker, current: string, check: boolean): Promise<Leftover[]> {
  const [images, containers] = await engineCall(
    'list images and what uses them',
    Promise.all([
      docker.listImages({ filters: { reference: ['fleetfall'] } }),
      docker.listContainers({ all: true }),
    ]),
  );
  const used = new Set(containers.map(({ ImageID }) => ImageID));
  const leftovers: Leftover[] = [];
  for (const { Id, RepoTags } of images) {
    for (const name of (RepoTags ?? []).filter((tag) => OF_FLEETS.test(tag))) {
      const reason = keptSince(name, current, used.has(Id));
      const keptBecause =
        reason ?? (check ? null : await whyNotRemoved(() => docker.getImage(name).remove()));
      leftovers.push({ runtime: 'docker', kind: 'image', name, dead: reason === null, keptBecause });
    }
  }
  return leftovers;
}

function keptSince(name: string, current: string, isUsed: boolean): string | null {
  if (name === current) return 'this fleetfall starts its members from it';
  return isUsed ? 'a container uses it' : null;
}
