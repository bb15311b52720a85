/**
 * The published package's JavaScript: the command line, what scripts import, what the launcher asks for Node, and the
 * programs that are started as processes or threads of their own. They share what they have in common. Dependencies are
 * bundled in, so that an install of fleetfall brings nothing but a Node, and no install script runs on a user's machine.
 */
import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { COMMONJS_IN_ESM } from '@fleetfall/orchestrator/kit/bundle.ts';
import { REPOSITORY } from '@fleetfall/orchestrator/kit/entries.ts';
import { build } from 'esbuild';
import { keepPlaces, settlePlaces } from './keep-places.ts';
import { programPlaceOf } from './place.ts';

const ENTRIES = [
  'packages/fleetfall/src/main.ts',
  'packages/fleetfall/src/index.ts',
  'packages/orchestrator/src/kit/pinned-node.mjs',
  'packages/load/src/standalone/generator-thread.ts',
  // The lab's is started from a kit, and is in there; that of scripts is what `index.ts` leads to.
  ...globSync('packages/orchestrator/src/**/main.ts', { cwd: REPOSITORY, exclude: ['**/{lab,api}/main.ts'] }),
];

/** Add-ons of ssh2 that speed it up where they were compiled; it does without. */
const OPTIONAL_NATIVES = ['*.node', 'cpu-features'];
/** Bundles what a package that ships it made never bundles. */
const CLONE_ONLY = ['./bundle.ts', 'esbuild'];

/** @returns every file that went into a program, relative to the clone. @throws esbuild's messages */
export async function writePrograms(outdir: string): Promise<{ readonly sources: readonly string[] }> {
  const { metafile, outputFiles } = await build({
    entryPoints: ENTRIES.map((path) => ({
      in: join(REPOSITORY, path),
      out: programPlaceOf(path).replace(/\.js$/, ''),
    })),
    absWorkingDir: REPOSITORY,
    outdir,
    chunkNames: 'chunks/[name]-[hash]',
    plugins: [keepPlaces],
    inject: [join(import.meta.dirname, 'older-node.ts')],
    bundle: true,
    splitting: true,
    format: 'esm',
    banner: { js: COMMONJS_IN_ESM },
    platform: 'node',
    // Scripts may import it on a Node that is older than the one that members run on.
    target: 'node20',
    external: [...OPTIONAL_NATIVES, ...CLONE_ONLY],
    write: false,
    metafile: true,
    logLevel: 'warning',
  });
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, settlePlaces(text, relative(outdir, path)));
  }
  return { sources: Object.keys(metafile.inputs) };
}
