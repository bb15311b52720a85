/**
 * Finds where this process may make cgroups for memory and for CPU, beside those for tasks: on v1 each controller has
 * a hierarchy of its own, on v2 the cgroups are the same and a controller is there or not. A controller that cannot be
 * had is none: what needs it says so, and everything else runs without.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResourceName } from '../resources.ts';
import {
  CGROUP_MOUNT,
  canHandOn,
  fromOwnToTop,
  hasController,
  isWritable,
  type PidsTree,
} from './pids-tree.ts';

/** The cgroup that fleets' cgroups of each controller are made in; null where there is none. */
export type ResourceTrees = Readonly<Record<ResourceName, string | null>>;

/** A cgroup has a file by which its controller is known to be there. */
const SIGN: Readonly<Record<ResourceName, string>> = {
  memory: 'memory.limit_in_bytes',
  cpu: 'cpu.cfs_quota_us',
};

export function findResourceTrees({ version, folder }: PidsTree): ResourceTrees {
  const find = (name: ResourceName): string | null => {
    // Memory is counted in every fleet; CPU is asked for where a member's is limited, and only then.
    if (version === 2) return (name === 'cpu' ? hasController : canHandOn)(folder, name) ? folder : null;
    const place = resourceFolders(name).find(isWritable);
    return place !== undefined && existsSync(join(place, SIGN[name])) ? place : null;
  };
  return { memory: find('memory'), cpu: find('cpu') };
}

/** The v1 cgroups in which fleets may have been made by this or an earlier run, the nearest first. */
export function resourceFolders(name: ResourceName): readonly string[] {
  if (!existsSync('/proc/self/cgroup')) return [];
  const lines = readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n');
  const own = lines.map((line) => line.split(':')).find(([, names]) => names?.split(',').includes(name));
  return own === undefined ? [] : fromOwnToTop(join(CGROUP_MOUNT, name), own.slice(2).join(':'));
}
