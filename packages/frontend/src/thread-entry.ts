/**
 * Finds the file that a worker thread starts from. In the clone it is the TypeScript source; in a kit (the image,
 * or a run's folder) every entry is one bundled file beside the front-end's own, because a `.ts` entry costs each
 * thread about 8 MB for the type stripper.
 */
import { existsSync } from 'node:fs';

/** Entries by the name of their bundled file. */
const ENTRIES = {
  'link-thread': './peers/link-thread.ts',
  'pool-thread': './peers/pool-thread.ts',
  'construction-thread': './shard-map/construction-thread.ts',
} as const;

export function threadEntry(name: keyof typeof ENTRIES): URL {
  const bundled = new URL(`./${name}.cjs`, import.meta.url);
  return existsSync(bundled) ? bundled : new URL(ENTRIES[name], import.meta.url);
}
