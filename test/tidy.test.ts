/**
 * The structure's own rules: imports point down, packages declare what they import, roles never import one
 * another, only entry points touch the process.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** From the ground up. A package imports from floors below its own only. */
const FLOORS: readonly (readonly string[])[] = [
  ['protocol'],
  ['journal', 'experiment', 'member'],
  ['metadata', 'backend', 'frontend', 'load', 'observer', 'balancer', 'claims'],
  ['report'],
  ['orchestrator'],
  ['fleetfall'],
];
/** Names that say nothing about what lives there. */
const EMPTY_NAMES = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'shared', 'misc']);
/** Files may be longer than this only for a reason that a reader would accept. */
const LINES_MAX = 300;

interface SourceFile {
  readonly path: string;
  readonly package: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const sources: SourceFile[] = globSync('packages/*/src/**/*.ts', { cwd: ROOT }).map((path) => {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const imports = [
    ...text.matchAll(/^(?:import|export)\b[^'"]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm),
  ].map((match) => (match[1] ?? match[2] ?? match[3]) as string);
  return { path, package: path.split('/')[1] as string, text, imports };
});

const floorOf = (name: string): number => FLOORS.findIndex((floor) => floor.includes(name));

function packageImports(file: SourceFile): string[] {
  return file.imports.flatMap((specifier) => /^@fleetfall\/([^/]+)\//.exec(specifier)?.[1] ?? []);
}

/** The package that an import names: `@scope/name/file` → `@scope/name`. */
function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] as string);
}

describe('the structure', () => {
  it('has every package on a floor, and reads some files', () => {
    expect(sources.length).toBeGreaterThan(50);
    const packages = new Set(sources.map((file) => file.package));
    expect([...packages].filter((name) => floorOf(name) === -1)).toEqual([]);
  });

  it('imports point down: no package imports its own floor or one above', () => {
    const upward = sources.flatMap((file) =>
      packageImports(file)
        .filter((name) => floorOf(name) >= floorOf(file.package))
        .map((name) => `${file.path} imports ${name}`),
    );
    expect(upward).toEqual([]);
  });

  it('every package declares what it imports', () => {
    const undeclared = sources.flatMap((file) => {
      const manifest = JSON.parse(readFileSync(join(ROOT, 'packages', file.package, 'package.json'), 'utf8'));
      // What the published package bundles in, its users need not install.
      const bundledIn = manifest.private ? {} : manifest.devDependencies;
      return file.imports
        .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
        .map(packageOf)
        .filter((name) => !(name in { ...manifest.dependencies, ...bundledIn }))
        .map((name) => `${file.path} imports ${name}`);
    });
    expect(undeclared).toEqual([]);
  });

  it('files of one package do not import one another in a circle', () => {
    const edges = new Map(
      sources.map((file) => [
        file.path,
        file.imports
          .filter((specifier) => specifier.startsWith('.'))
          .map((specifier) => join(dirname(file.path), specifier)),
      ]),
    );
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      if (done.has(path) || trail.includes(path)) return;
      for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
      done.add(path);
    };
    for (const path of edges.keys()) visit(path, []);
    expect(circles).toEqual([]);
  });

  it('every relative import names a file with its ending', () => {
    const broken = sources.flatMap((file) =>
      file.imports
        .filter(
          (specifier) => specifier.startsWith('.') && !existsSync(join(ROOT, dirname(file.path), specifier)),
        )
        .map((specifier) => `${file.path} imports ${specifier}`),
    );
    expect(broken).toEqual([]);
  });

  it('every relative link in a text leads to something', () => {
    const texts = globSync('**/*.md', { cwd: ROOT, exclude: ['**/node_modules/**', 'store/**'] });
    const broken = texts.flatMap((path) =>
      [...readFileSync(join(ROOT, path), 'utf8').matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)/g)]
        .map(([, target]) => target as string)
        .filter((target) => !existsSync(join(ROOT, dirname(path), target)))
        .map((target) => `${path} links ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('only entry points touch the process', () => {
    const touching = sources.filter(
      ({ path, text }) => basename(path) !== 'main.ts' && /\bprocess\.(argv|env|exit)\b/.test(text),
    );
    expect(touching.map(({ path }) => path)).toEqual([]);
  });

  it('every file opens with what it is for', () => {
    expect(sources.filter(({ text }) => !text.startsWith('/**')).map(({ path }) => path)).toEqual([]);
  });

  it('no name says nothing, no file is too long', () => {
    const named = sources.filter(({ path }) => path.split(/[/.]/).some((part) => EMPTY_NAMES.has(part)));
    expect(named.map(({ path }) => path)).toEqual([]);
    expect(sources.filter(({ text }) => text.split('\n').length > LINES_MAX).map(({ path }) => path)).toEqual(
      [],
    );
  });
});
