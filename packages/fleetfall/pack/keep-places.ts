/**
 * Keeps `import.meta` true. Modules find what lies beside them by their own place: a program to start, an asset. A
 * bundle moves their code elsewhere; here each gets back the place that it has in the package (`place.ts`), so that
 * what lies beside it in the clone can be put beside it there, and no source asks where it runs.
 */
import { readFileSync } from 'node:fs';
import { dirname, extname, relative } from 'node:path';
import { REPOSITORY } from '@fleetfall/orchestrator/kit/entries.ts';
import type { Plugin } from 'esbuild';
import { programPlaceOf } from './place.ts';

/** Stands for the way from an output to the package's top, which is known when the output is. */
const TOP = 'fleetfall-package-top:';
const NAMES = { url: 'urlInPlace', filename: 'fileInPlace', dirname: 'folderInPlace' };
const PLACE = /\bimport\.meta\.(url|filename|dirname)\b/g;

export const keepPlaces: Plugin = {
  name: 'keep-places',
  setup(build) {
    build.onLoad({ filter: /\/packages\/[^/]+\/src\/.*\.(ts|mjs)$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      if (source.search(PLACE) === -1) return undefined;
      const head = [
        "import { dirname as dirnameForPlace } from 'node:path'",
        "import { fileURLToPath as pathForPlace } from 'node:url'",
        `const urlInPlace = new URL('${programPlaceOf(relative(REPOSITORY, path))}', new URL('${TOP}', import.meta.url)).href`,
        'const fileInPlace = pathForPlace(urlInPlace)',
        'const folderInPlace = dirnameForPlace(fileInPlace)',
      ].join('; ');
      const moved = source.replace(PLACE, (_, name: keyof typeof NAMES) => NAMES[name]);
      return { contents: `${head};${moved}`, loader: extname(path) === '.ts' ? 'ts' : 'js' };
    });
  },
};

/** An output's text, once it is known where it stands below the package's top. */
export function settlePlaces(text: string, output: string): string {
  return text.replaceAll(
    TOP,
    `./${'../'.repeat(
      dirname(output)
        .split('/')
        .filter((part) => part !== '.').length,
    )}`,
  );
}
