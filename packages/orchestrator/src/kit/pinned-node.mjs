/**
 * Finds the Node that fleetfall brings with it: a package for each platform holds nothing but the binary, and npm
 * installs the one that fits (`optionalDependencies` of packages/fleetfall). No install script takes part, so that it
 * is there under `--ignore-scripts` too. Plain JavaScript, as the launcher reads it on Nodes that know no types.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What runs on an older Node hands over to the pinned one. */
export const NODE_MAJOR = 26;

/**
 * The package that holds Node for a platform.
 * @param {string} platform as `process.platform` has it
 * @param {string} arch as `process.arch` has it
 */
export function nodePackage(platform, arch) {
  const system = platform === 'win32' ? 'win' : platform;
  return `${system === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node'}-${system}-${arch}`;
}

/**
 * Where the pinned Node lies, wherever the installer has put it.
 * @returns {{ binary: string, version: string } | undefined} undefined when it is not installed, or an older one that
 *   somebody else asked for is in its place: whoever runs by that one would hand over to it again
 */
export function pinnedNode() {
  const manifest = installed(`${nodePackage(process.platform, process.arch)}/package.json`);
  if (manifest === undefined) return undefined;
  const { version, bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  if (Number(version.split('.')[0]) < NODE_MAJOR) return undefined;
  const binary = join(dirname(manifest), bin.node);
  return existsSync(binary) ? { binary, version } : undefined;
}

/** What to do where there is no Node to run on, as the end of a sentence. */
export function nodeRemedy() {
  const name = nodePackage(process.platform, process.arch);
  return (
    `it comes with the optional dependency '${name}', which is not installed here: install again without ` +
    `'--omit=optional' (in a clone: 'npm ci'), or run this on Node ${NODE_MAJOR}`
  );
}

/** @param {string} specifier */
function installed(specifier) {
  try {
    return createRequire(import.meta.url).resolve(specifier);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
