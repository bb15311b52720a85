/**
 * The licences of what is bundled into the package: their texts have to go where the code goes.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The innermost package of a path below node_modules. */
const PACKAGE_FOLDER = /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/;
const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;

/**
 * @param sources the bundled files, relative to `root`; those that are not below node_modules are ours.
 * @returns name, version, licence and its text for each package, by name.
 */
export function licencesOf(root: string, sources: readonly string[]): string {
  const folders = new Set(sources.flatMap((path) => PACKAGE_FOLDER.exec(path)?.[0] ?? []));
  const entries = [...folders].toSorted().map((folder) => entryOf(join(root, folder)));
  const head = 'fleetfall contains, bundled, what follows. Each is under its own licence.';
  return `${[head, ...new Set(entries)].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

function entryOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => LICENCE_FILE.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return [`${name} ${version} (${license})`, ...texts].join('\n\n');
}
