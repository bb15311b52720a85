/**
 * What dead runs have left on this host: cgroups, with processes that did not end with their orchestrator, and
 * folders. Each says in its name whose it is.
 */
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isSameOwner, type Owner, ownerInName } from '../owner.ts';
import { type Found, pruneEach } from '../prune-found.ts';
import type { Leftover } from '../runtime.ts';
import { removeCgroup } from './cgroup.ts';
import { pidsHierarchy } from './pids-tree.ts';
import { resourceFolders } from './resource-trees.ts';

/** Names that the cgroup runtime gives; the rest of the name is checked for its owner. */
const OURS = /^fleetfall-[a-z0-9-]+\./;

/** Where runs of another TMPDIR have made their folders, most likely. */
const TEMPORARY = ['/tmp', '/var/tmp'];
/** A scope of a user's manager, as systemd makes them, is six below the top. */
const DEPTH_MAX = 8;

/**
 * Removes what is proven to be of a dead run, cgroups first: their processes use the folders.
 * @param check only says what would be removed.
 * @param owner looks only at what is of this owner.
 */
export async function pruneCgroups(check: boolean, owner?: Owner): Promise<Leftover[]> {
  const found = (kind: Leftover['kind'], folder: string, remove: (path: string) => Promise<void>): Found[] =>
    ours(folder, owner).map((path) => ({
      runtime: 'cgroup',
      kind,
      name: path,
      owner: ownerInName(basename(path)),
      remove: () => remove(path),
    }));
  const cgroups = placesOfFleets(owner).flatMap((folder) => found('cgroup', folder, removeWithChildren));
  const folders = [...new Set([tmpdir(), ...TEMPORARY])].flatMap((place) =>
    found('folder', place, (path) => rm(path, { recursive: true, force: true })),
  );
  return [...(await pruneEach(cgroups, check)), ...(await pruneEach(folders, check))];
}

/**
 * Everywhere that fleets' cgroups may have been made; those for tasks first, by which their processes are killed.
 * Another run's may be anywhere in the tree: in a scope or a slice of its own. One's own are where it may make them.
 */
function placesOfFleets(owner: Owner | undefined): readonly string[] {
  const { version = 2, folders = [] } = pidsHierarchy() ?? {};
  const others = version === 2 ? [] : [resourceFolders('memory'), resourceFolders('cpu')];
  return [folders, ...others].flatMap((own) => {
    const top = own.at(-1);
    return owner !== undefined || top === undefined ? own : cgroupsBelow(top);
  });
}

/** A cgroup and all below it, but for those of fleets. */
function cgroupsBelow(folder: string, depth = 0): string[] {
  const below = depth === DEPTH_MAX ? [] : foldersIn(folder).filter((name) => !OURS.test(name));
  return [folder, ...below.flatMap((name) => cgroupsBelow(join(folder, name), depth + 1))];
}

function ours(folder: string, owner: Owner | undefined): string[] {
  return foldersIn(folder)
    .filter((name) => OURS.test(name) && (owner === undefined || isOf(name, owner)))
    .map((name) => join(folder, name));
}

function isOf(name: string, owner: Owner): boolean {
  const named = ownerInName(name);
  return named !== null && isSameOwner(named, owner);
}

async function removeWithChildren(cgroup: string): Promise<void> {
  for (const child of foldersIn(cgroup)) await removeCgroup(join(cgroup, child));
  await removeCgroup(cgroup);
}

/** One that is gone, by another's hand, has none; what a user may not list is none of that user's runs'. */
function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENODEV' || code === 'EACCES') return [];
    throw error;
  }
}
