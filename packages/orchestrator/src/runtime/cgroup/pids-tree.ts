/**
 * Finds where this process may make cgroups with a `pids.max`: the pids controller's own hierarchy (v1) or the
 * unified one (v2), in the process's own cgroup or the nearest above it that allows it. Outer limits so stay in
 * force. On v2 a cgroup that holds processes cannot hand the controller on to cgroups below it, so that a process's
 * own is rarely the one; an ancestor that a systemd user manager or a slice holds usually is.
 */
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RuntimeUnavailableError } from '../runtime.ts';

export const CGROUP_MOUNT = '/sys/fs/cgroup';

export interface PidsTree {
  readonly version: 1 | 2;
  /** The cgroup that fleets' cgroups are made in. */
  readonly folder: string;
}

/**
 * Finds the place.
 * @throws RuntimeUnavailableError when there is none, with what to do.
 */
export function findPidsTree(): PidsTree {
  const hierarchy = pidsHierarchy();
  if (hierarchy === null) {
    throw new RuntimeUnavailableError(
      'Cannot make cgroups: this host has no pids controller (it must be Linux)',
    );
  }
  const folder = hierarchy.folders.find(hierarchy.version === 1 ? isWritable : takesFleets);
  if (folder === undefined) throw new RuntimeUnavailableError(whyNone(hierarchy));
  return { version: hierarchy.version, folder };
}

function whyNone({ version, folders }: Hierarchy): string {
  if (version === 2 && folders.some(isWritable)) {
    return (
      'Cannot make cgroups: every cgroup above this process that may be written to holds processes of its own, and ' +
      'such a one hands no pids controller on (cgroups v2; a container without an init is like that). Move them into ' +
      'a cgroup below it first, or run in a scope (systemd-run --scope -p Delegate=yes …), or start a Docker engine'
    );
  }
  return (
    'Cannot make cgroups: this user has no right to. Run as root, or in a scope of its own ' +
    "('systemd-run --user --scope -p Delegate=yes …'), or start a Docker engine"
  );
}

interface Hierarchy {
  readonly version: 1 | 2;
  /** The nearest first. */
  readonly folders: readonly string[];
}

/** The cgroups in which fleets may have been made by this or an earlier run; null where there is no pids controller. */
export function pidsHierarchy(): Hierarchy | null {
  if (!existsSync('/proc/self/cgroup')) return null;
  const lines = readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n');
  const fields = lines.map((line) => line.split(':'));
  const v1 = fields.find(([, controllers]) => controllers?.split(',').includes('pids'));
  const v2 = fields.find(([hierarchy, controllers]) => hierarchy === '0' && controllers === '');
  const found = v1 ?? v2;
  if (found === undefined) return null;
  const top = v1 === undefined ? CGROUP_MOUNT : join(CGROUP_MOUNT, 'pids');
  const folders = fromOwnToTop(top, found.slice(2).join(':'));
  return { version: v1 === undefined ? 2 : 1, folders };
}

/** In a container the path may name what its mount does not show: then only the top is there. */
export function fromOwnToTop(top: string, path: string): string[] {
  const folders: string[] = [];
  for (let at = path; at !== '/'; at = dirname(at)) folders.push(join(top, at));
  folders.push(top);
  return folders.filter((folder) => existsSync(join(folder, 'cgroup.procs')));
}

/** A process may be moved into a cgroup only by one who may write to the nearest cgroup that holds both. */
export function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    accessSync(join(folder, 'cgroup.procs'), constants.W_OK);
    return true;
  } catch {
    // Not to be written to: that is the answer.
    return false;
  }
}

/** Whether cgroups made in a v2 cgroup have a `pids.max`; asks for it where it can be had. */
function takesFleets(folder: string): boolean {
  return isWritable(folder) && canHandOn(folder, 'pids');
}

/** Whether a v2 cgroup has a controller that it hands on, or could. */
export function hasController(folder: string, controller: string): boolean {
  return words(join(folder, 'cgroup.controllers')).includes(controller);
}

/** Whether a v2 cgroup hands a controller on to those made in it; asks for it where it can be had. */
export function canHandOn(folder: string, controller: string): boolean {
  if (words(join(folder, 'cgroup.subtree_control')).includes(controller)) return true;
  if (!hasController(folder, controller)) return false;
  try {
    writeFileSync(join(folder, 'cgroup.subtree_control'), `+${controller}`);
    return true;
  } catch {
    // EBUSY where it holds processes of its own: the next one up is asked.
    return false;
  }
}

function words(path: string): string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split(/\s+/) : [];
}
