/**
 * Removes the folders of named fleets whose keeper is proven dead. What its members left is for the runtimes' prune.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ownerInName, reasonToKeep } from '../runtime/owner.ts';
import type { Leftover } from '../runtime/runtime.ts';
import { halfMadeFolders, listFleets, removeFolder } from './fleet-folder.ts';

/** @param check only says what would be removed. */
export function pruneFleets(fleetsFolder: string, check: boolean): Leftover[] {
  const named = listFleets(fleetsFolder).map((fleet): Leftover => {
    const keptBecause = reasonToKeep(fleet.owner);
    if (keptBecause === null && !check) removeFolder(fleetsFolder, fleet);
    const dead = keptBecause === null;
    return { runtime: 'keeper', kind: 'folder', name: join(fleetsFolder, fleet.name), dead, keptBecause };
  });
  const halfMade = halfMadeFolders(fleetsFolder).map((name): Leftover => {
    const path = join(fleetsFolder, name);
    const keptBecause = reasonToKeep(ownerInName(name));
    if (keptBecause === null && !check) rmSync(path, { recursive: true, force: true });
    return { runtime: 'keeper', kind: 'folder', name: path, dead: keptBecause === null, keptBecause };
  });
  return [...named, ...halfMade];
}
