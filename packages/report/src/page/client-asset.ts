/**
 * The page's own script and style, as text to be put inline. In the repository they are bundled from their sources
 * when first asked for; where a `client-asset.json` lies beside this module (a package is published with one) it is
 * taken as it is, and no bundler is needed.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export interface ClientAsset {
  readonly script: string;
  readonly style: string;
}

/** What lies beside this module instead of the sources in a published package, and in a kit: a {@link ClientAsset}. */
export const CLIENT_ASSET_FILE = 'client-asset.json';
const BUNDLED = new URL(`./${CLIENT_ASSET_FILE}`, import.meta.url);
const SCRIPT_SOURCE = new URL('./client/main.ts', import.meta.url);
const STYLE_SOURCE = new URL('./client/page.css', import.meta.url);

let asked: Promise<ClientAsset> | undefined;

/** The script and the style of the page. @throws when neither the bundled file nor the sources can be read. */
export function clientAsset(): Promise<ClientAsset> {
  asked ??= readBundled().then((bundled) => bundled ?? bundleClient());
  return asked;
}

/** Bundles them from their sources, uPlot included. For the repository, and for whoever makes a package. */
export async function bundleClient(): Promise<ClientAsset> {
  const { build } = await import('esbuild');
  const notice = await noticeOfPlots();
  const { outputFiles } = await build({
    entryPoints: [
      { in: fileURLToPath(SCRIPT_SOURCE), out: 'script' },
      { in: fileURLToPath(STYLE_SOURCE), out: 'style' },
    ],
    outdir: 'page',
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: ['es2022'],
    charset: 'utf8',
    legalComments: 'none',
    banner: { js: notice, css: notice },
    logLevel: 'silent',
  });
  const textOf = (ending: string): string => {
    const file = outputFiles.find(({ path }) => path.endsWith(ending));
    if (file === undefined) throw new Error(`Cannot make the page: esbuild made no '${ending}'`);
    return file.text;
  };
  return { script: textOf('.js'), style: textOf('.css') };
}

/** What uPlot's licence asks of every copy: its notice, which goes with a page wherever that is sent. */
async function noticeOfPlots(): Promise<string> {
  const licence = await readFile(createRequire(import.meta.url).resolve('uplot/LICENSE'), 'utf8');
  return `/*! This page contains uPlot.\n${licence.trim()}\n*/`;
}

async function readBundled(): Promise<ClientAsset | undefined> {
  try {
    return JSON.parse(await readFile(BUNDLED, 'utf8')) as ClientAsset;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
