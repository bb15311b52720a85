/**
 * Where a kit comes from. A clone bundles it in memory and leaves no build artefact in the tree; a published package
 * has no sources to bundle and brings the parts made. What is done with a kit is the same for both.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assembleKit, type Kit, type KitParts } from './kit.ts';

/** Beside this module in a published package; a clone has no such folder. */
export const SHIPPED_KIT = 'shipped-kit';

/** A shipped kit is laid out as the build context of its image is: the files in here, the rest beside. */
const APP = 'app';
const DOCKERFILE = 'Dockerfile';
const COMPOSE_FILE = 'compose.yaml';

/**
 * The kit of this fleetfall.
 * @throws NodeMissingError when there is no Node for members; in a clone, when a source cannot be bundled.
 */
export async function takeKit(): Promise<Kit> {
  const shipped = join(import.meta.dirname, SHIPPED_KIT);
  if (existsSync(shipped)) return assembleKit(readParts(shipped));
  const { makeKit } = await import('./bundle.ts');
  return makeKit();
}

/** Ships a kit: writes what {@link takeKit} reads. The folder is made. */
export function writeParts(folder: string, { files, dockerfile, composeFile }: KitParts): void {
  mkdirSync(join(folder, APP), { recursive: true });
  writeFileSync(join(folder, DOCKERFILE), dockerfile);
  writeFileSync(join(folder, COMPOSE_FILE), composeFile);
  for (const { name, content } of files) writeFileSync(join(folder, APP, name), content);
}

function readParts(folder: string): KitParts {
  const names = readdirSync(join(folder, APP)).toSorted();
  return {
    files: names.map((name) => ({ name, content: readFileSync(join(folder, APP, name)) })),
    dockerfile: readFileSync(join(folder, DOCKERFILE)),
    composeFile: readFileSync(join(folder, COMPOSE_FILE)),
  };
}
