/**
 * The types of what scripts import. The compiler writes a declaration for every module; of these, the ones that the
 * public module leads to are taken, and what they import of one another by workspace name is named by its place.
 * A type that would lead out of the package is an error here, and not first at a user's.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { REPOSITORY } from '@fleetfall/orchestrator/kit/entries.ts';
import { execa } from 'execa';
import { placeOf } from './place.ts';

const WORKSPACE = /^@fleetfall\/([^/]+)\/(.+)$/;
const SPECIFIER = /(\bfrom |\bimport\(|^import )(['"])([^'"]+)\2/gm;
const PUBLIC = 'packages/fleetfall/src/index.ts';

/**
 * Writes the declarations that `index.ts` leads to.
 * @param packageFolder the folder of the package, whose `dependencies` its types may import.
 * @throws when sources do not compile, or a type needs what the package does not depend on.
 */
export async function writeDeclarations(packageFolder: string, outdir: string): Promise<void> {
  const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  const allowed = Object.keys(manifest.dependencies ?? {});
  await using emitted = await mkdtempDisposable(join(tmpdir(), 'fleetfall-types-'));
  await compile('tsconfig.json', '--outDir', emitted.path);
  const done = new Set<string>();
  const waiting = [PUBLIC];
  for (let source = waiting.pop(); source !== undefined; source = waiting.pop()) {
    if (done.has(source)) continue;
    done.add(source);
    const here = source;
    const text = readFileSync(join(emitted.path, declarationOf(here)), 'utf8').replace(
      SPECIFIER,
      (_, head: string, quote: string, specifier: string) => {
        const target = sourceOf(here, specifier);
        if (target === null) {
          mustBeAllowed(allowed, here, specifier);
          return `${head}${quote}${specifier}${quote}`;
        }
        waiting.push(target);
        return `${head}${quote}${pathBetween(here, target)}${quote}`;
      },
    );
    const file = join(outdir, declarationOf(placeOf(here)));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/**
 * What a script's own Node runs has to do with the language that the oldest Node of the package's `engines` has.
 * @throws with the compiler's messages where it uses more, and `older-node.ts` does not stand in for it.
 */
export async function assertOlderLanguage(): Promise<void> {
  await compile('tsconfig.older-node.json');
}

async function compile(project: string, ...args: readonly string[]): Promise<void> {
  await execa('tsc', ['-p', join(import.meta.dirname, project), ...args], {
    preferLocal: true,
    localDir: REPOSITORY,
  });
}

/** The module of the clone that a specifier names; null for one of another package. */
function sourceOf(from: string, specifier: string): string | null {
  if (specifier.startsWith('.')) return join(dirname(from), specifier);
  const workspace = WORKSPACE.exec(specifier);
  return workspace === null ? null : `packages/${workspace[1]}/src/${workspace[2]}`;
}

function pathBetween(from: string, to: string): string {
  const path = relative(dirname(placeOf(from)), placeOf(to)).replace(/\.ts$/, '.js');
  return path.startsWith('.') ? path : `./${path}`;
}

const declarationOf = (source: string): string => source.replace(/\.(m?)ts$/, '.d.$1ts');

function mustBeAllowed(allowed: readonly string[], from: string, specifier: string): void {
  const name = specifier.startsWith('node:')
    ? '@types/node'
    : specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');
  if (allowed.includes(name)) return;
  throw new Error(
    `Cannot publish the types of ${from}: they import '${specifier}', and the package does not depend on ` +
      `'${name}'. Say the type in words of its own, or depend on it.`,
  );
}
