/**
 * What goes into a kit: an entry for each role, for the compose lab, and for each kind of thread of a front-end. The
 * names of the files are a contract with those who start them: the runtimes (`<role>.mjs`), the front-end's
 * `thread-entry.ts` (`<thread>.cjs`) and piscina, which looks for `worker.js` beside itself.
 */
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type { Role } from '@fleetfall/protocol/boot.ts';

/** The clone: bundles name their sources relative to it, so that they are the same wherever it lies. */
export const REPOSITORY = resolve(import.meta.dirname, '../../../..');

/** One bundled file. Its ending decides the format: `.mjs` is ESM, all else CommonJS. */
export interface KitEntry {
  readonly file: string;
  /** Absolute path of the source. */
  readonly source: string;
  /** Modules of Node that what it is bundled from loads and this entry never uses: they are left out. */
  readonly unused?: readonly string[];
}

/**
 * What `ws` and the metrics' client load for encrypted and for compressed connections. No link of a fleet is either, and
 * a process or a thread that loads them takes some 15 % more processor for its start (measured by
 * `process.cpuUsage` over starts in turn), and for a moment one thread more, which reads certificates.
 */
const ENCRYPTED = ['https', 'tls'];
const ENCRYPTED_OR_COMPRESSED = [...ENCRYPTED, 'zlib'];

/** The file of a kit that a role is started from. */
export const roleFile = (role: Role): string => `${role}.mjs`;

/** The file of a kit that the compose lab's observer, load and page are started from. */
export const LAB_FILE = 'lab.mjs';

const packageFile = (path: string): string => join(REPOSITORY, 'packages', path);

function role(name: Role, path: string, unused: readonly string[] = []): KitEntry {
  return { file: roleFile(name), source: packageFile(path), unused };
}

/** piscina's own thread, found where the front-end's piscina is. */
function piscinaWorker(): string {
  const piscina = createRequire(packageFile('frontend/package.json')).resolve('piscina');
  return join(dirname(piscina), 'worker.js');
}

/** The entries of a real fleet. */
export function fleetEntries(): readonly KitEntry[] {
  return [
    role('metadata', 'metadata/src/main.ts', ENCRYPTED_OR_COMPRESSED),
    // Its records have a checksum of zlib's.
    role('back-end', 'backend/src/main.ts', ENCRYPTED),
    role('front-end', 'frontend/src/main.ts', ENCRYPTED_OR_COMPRESSED),
    role('observer', 'observer/src/main.ts', ENCRYPTED_OR_COMPRESSED),
    role('balancer', 'balancer/src/main.ts'),
    role('load', 'load/src/main.ts'),
    { file: LAB_FILE, source: packageFile('orchestrator/src/lab/main.ts') },
    {
      file: 'link-thread.cjs',
      source: packageFile('frontend/src/peers/link-thread.ts'),
      unused: ENCRYPTED_OR_COMPRESSED,
    },
    {
      file: 'pool-thread.cjs',
      source: packageFile('frontend/src/peers/pool-thread.ts'),
      unused: ENCRYPTED_OR_COMPRESSED,
    },
    { file: 'construction-thread.cjs', source: packageFile('frontend/src/shard-map/construction-thread.ts') },
    { file: 'worker.js', source: piscinaWorker() },
  ];
}
