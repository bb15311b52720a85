/**
 * Bundles a kit from the clone's sources, in memory.
 */
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, extname, join } from 'node:path';
import { bundleClient, CLIENT_ASSET_FILE } from '@fleetfall/report/page/client-asset.ts';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { fleetEntries, type KitEntry, LAB_FILE, REPOSITORY } from './entries.ts';
import { assembleKit, type Kit, type KitFile, type KitParts } from './kit.ts';

/** Native add-ons that their users do without when they are missing. */
const OPTIONAL_NATIVES = ['bufferutil', 'utf-8-validate', '@napi-rs/nice'];

/** What makes the page's script is not needed where the script comes made. */
const CLONE_ONLY = 'esbuild';

/** What CommonJS dependencies expect to find, for those bundled into an ESM file. */
export const COMMONJS_IN_ESM = [
  "import { createRequire as createRequireOfKit } from 'node:module';",
  'const require = createRequireOfKit(import.meta.url);',
  'const __filename = import.meta.filename;',
  'const __dirname = import.meta.dirname;',
].join('\n');

/** Beside the bundles: makes piscina's `worker.js` CommonJS. */
const PACKAGE_JSON: KitFile = {
  name: 'package.json',
  content: Buffer.from('{"private":true,"type":"commonjs"}\n'),
};

/** A kit's parts, with what they were made from. */
export interface BundledParts extends KitParts {
  /** Every file that went into a bundle, relative to the clone. */
  readonly sources: readonly string[];
}

/**
 * Bundles a kit. The same sources give the same kit, byte for byte.
 * @param entries what to bundle; tests give programs of their own.
 * @throws when a source cannot be read or bundled, with esbuild's messages; NodeMissingError.
 */
export async function makeKit(entries: readonly KitEntry[] = fleetEntries()): Promise<Kit> {
  return assembleKit(await makeParts(entries));
}

/** Bundles a kit's parts, for a package that ships them. @throws as {@link makeKit} does. */
export async function makeParts(entries: readonly KitEntry[]): Promise<BundledParts> {
  const groups = Map.groupBy(entries, ({ file, unused = [] }) => [isModule(file), ...unused].join(' '));
  const bundled = await Promise.all([...groups.values()].map(bundle));
  const page = entries.some(({ file }) => file === LAB_FILE) ? [await pageScript()] : [];
  return {
    files: [...bundled.flatMap(({ files }) => files), ...page, PACKAGE_JSON].toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    ),
    dockerfile: readFileSync(join(REPOSITORY, 'docker', 'Dockerfile')),
    composeFile: readFileSync(join(REPOSITORY, 'docker', 'compose.yaml')),
    sources: bundled.flatMap(({ sources }) => sources),
  };
}

/** The live page's script, beside the lab that serves it. */
async function pageScript(): Promise<KitFile> {
  return { name: CLIENT_ASSET_FILE, content: Buffer.from(JSON.stringify(await bundleClient())) };
}

/** Bundles entries of one format that leave out the same modules. */
async function bundle(entries: readonly KitEntry[]): Promise<{ files: KitFile[]; sources: string[] }> {
  const [{ file = '', unused = [] } = {}] = entries;
  const byStem = new Map(entries.map((entry) => [stem(entry.file), entry.file]));
  const format: BuildOptions = isModule(file)
    ? { format: 'esm', banner: { js: COMMONJS_IN_ESM }, plugins: [leavingOut(unused), requiringBuiltins] }
    : { format: 'cjs', plugins: [leavingOut(unused)] };
  const { outputFiles, metafile } = await build({
    ...format,
    entryPoints: entries.map((entry) => ({ in: entry.source, out: stem(entry.file) })),
    absWorkingDir: REPOSITORY,
    outdir: 'kit',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    target: 'node26',
    external: [...OPTIONAL_NATIVES, CLONE_ONLY],
    logLevel: 'silent',
  });
  const files = outputFiles.map(({ path, contents }) => {
    const name = byStem.get(stem(path));
    if (name === undefined) throw new Error(`esbuild made '${basename(path)}', which no entry asked for`);
    return { name, content: contents };
  });
  return { files, sources: Object.keys(metafile.inputs) };
}

/** Gives an empty module in place of some of Node's. */
function leavingOut(modules: readonly string[]): Plugin {
  return {
    name: 'leaving-out',
    setup({ onResolve, onLoad }) {
      if (modules.length === 0) return;
      onResolve({ filter: oneOf(modules) }, ({ path }) => ({ path, namespace: 'left-out' }));
      onLoad({ filter: /./, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};' }));
    },
  };
}

/**
 * Has Node's own modules required where they are imported: an `import` of one reads all that it exports, and of
 * `node:http` that is undici, which the import alone makes: 158 ms of processor for a file that does nothing else, 56 for
 * one that requires it (`perf stat`, ten starts each).
 */
const requiringBuiltins: Plugin = {
  name: 'requiring-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: oneOf(builtinModules.map(bare)) }, ({ path, kind }) =>
      kind === 'import-statement' ? { path: bare(path), namespace: 'builtin' } : { path, external: true },
    );
    onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require('node:${path}');`,
    }));
  },
};

const isModule = (file: string): boolean => extname(file) === '.mjs';
/** Matches these modules of Node, by either of their names: esbuild asks a plugin of nothing else. */
const oneOf = (modules: readonly string[]): RegExp => new RegExp(`^(?:node:)?(?:${modules.join('|')})$`);
const bare = (path: string): string => path.replace(/^node:/, '');
const stem = (path: string): string => basename(path, extname(path));
