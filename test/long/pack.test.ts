/**
 * What `npm pack` makes is what users get: packed, installed into an empty folder by the machine's own npm, and used
 * there as a stranger would.
 */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeKit } from '@fleetfall/orchestrator/kit/bundle.ts';
import { nodePackage } from '@fleetfall/orchestrator/kit/pinned-node.mjs';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMPOSE_LEFT_OUT } from '../compose.ts';
import { temporaryFolder } from '../fleetfall.ts';
import { startTruthServer } from '../truth-server.ts';

const ROOT = join(import.meta.dirname, '../..');
const NODE_PACKAGE = nodePackage(process.platform, process.arch);
/** A pack, an install, or a small run that takes longer hangs. */
const TIMEOUT_MS = 120_000;
/** A run, and two scripts that are type-checked first, one of them with a fleet of its own. */
const SCRIPTS_TIMEOUT_MS = 3 * TIMEOUT_MS;
const STRICTLY = ['--noEmit', '--strict', '--target', 'esnext', '--module', 'nodenext'];
/** Makes a Node say that it is an old one, to the launcher that asks. */
const AS_NODE_20 = [
  '--import',
  "data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '20.0.0' })",
];

/** The environment of a user's shell: without what `npm test` adds, and with the machine's Node. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith('npm_')),
);
env.PATH = (env.PATH ?? '')
  .split(':')
  .filter((folder) => !folder.includes('node_modules'))
  .join(':');

const user = execa({ env, extendEnv: false, reject: false, all: true, timeout: TIMEOUT_MS });

describe('the packed package, in an empty folder', () => {
  let folder: { readonly path: string } & Disposable;
  let installed: string;
  const inFolder = (command: string, ...args: readonly string[]) => user(command, args, { cwd: folder.path });

  /** The clone's compiler, in the folder: it sees what the folder has. */
  const compiler = (...args: readonly string[]) =>
    user(join(ROOT, 'node_modules/.bin/tsc'), [...STRICTLY, ...args], {
      cwd: folder.path,
      env: { PATH: `${join(ROOT, 'node_modules/.bin')}:${env.PATH}` },
    });

  beforeAll(async () => {
    folder = await temporaryFolder();
    const packed = await user(
      'npm',
      ['pack', '-w', 'fleetfall', '--json', '--pack-destination', folder.path],
      {
        cwd: ROOT,
      },
    );
    expect(packed.exitCode, packed.all).toBe(0);
    const tarball = readdirSync(folder.path).find((name) => name.endsWith('.tgz'));
    const install = await inFolder('npm', 'install', '--ignore-scripts', '--prefer-offline', `./${tarball}`);
    expect(install.exitCode, install.all).toBe(0);
    installed = join(folder.path, 'node_modules/fleetfall');
  }, TIMEOUT_MS);
  afterAll(() => folder[Symbol.dispose]());

  it('brings nothing but a Node, and needs no install script', () => {
    const brought = readdirSync(join(folder.path, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(brought.toSorted()).toEqual(['fleetfall', NODE_PACKAGE]);
  });

  it('ships the kit that the clone makes', async () => {
    const kit = await makeKit();
    const app = join(installed, 'dist/orchestrator/kit/shipped-kit/app');
    expect(readdirSync(app).toSorted()).toEqual(kit.files.map(({ name }) => name));
    for (const { name, content } of kit.files) {
      expect(readFileSync(join(app, name)).equals(content), name).toBe(true);
    }
    expect(readFileSync(join(app, '../Dockerfile')).equals(kit.dockerfile)).toBe(true);
    expect(readFileSync(join(app, '../compose.yaml')).equals(kit.composeFile)).toBe(true);
  });

  it('names no place of the machine that made it', () => {
    const files = readdirSync(join(installed, 'dist'), { recursive: true, withFileTypes: true });
    const naming = files
      .filter((file) => file.isFile())
      .filter((file) => readFileSync(join(file.parentPath, file.name), 'utf8').includes(ROOT));
    expect(naming.map(({ name }) => name)).toEqual([]);
  });

  it('tells its commands and its version', async () => {
    const help = await inFolder('npx', '--no-install', 'fleetfall', '--help');
    expect([help.exitCode, help.all]).toEqual([0, expect.stringContaining('Commands:')]);
    const version = await inFolder('npx', '--no-install', 'fleetfall', '--version');
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    expect(version.stdout).toBe(manifest.version);
  });

  it('hands over to the Node that it brings when it is started on an older one', async () => {
    const launcher = join(installed, 'bin/fleetfall.mjs');
    const handed = await user(process.execPath, [...AS_NODE_20, launcher, '--help'], { cwd: folder.path });
    expect([handed.exitCode, handed.all]).toEqual([0, expect.stringContaining('Commands:')]);
  });

  it('says what to do when the Node that it brings is not there', async () => {
    using bare = await temporaryFolder();
    cpSync(installed, join(bare.path, 'node_modules/fleetfall'), { recursive: true });
    const launcher = join(bare.path, 'node_modules/fleetfall/bin/fleetfall.mjs');
    const refused = await user(process.execPath, [...AS_NODE_20, launcher, '--help'], { cwd: bare.path });
    expect([refused.exitCode, refused.all]).toEqual([70, expect.stringContaining(`'${NODE_PACKAGE}'`)]);
  });

  it('loads a server by several generators, each a thread of its own', async () => {
    await using server = await startTruthServer('prompt');
    const load = await inFolder(
      ...(['npx', '--no-install', 'fleetfall', 'load', '--url', server.url, '--json'] as const),
      ...['--rate', '100/s', '--for', '1s', '--generators', '2'],
    );
    expect(load.stdout, load.all).not.toBe('');
    expect(JSON.parse(load.stdout)).toMatchObject({ offered: 100, sent: 100, outcomes: { ok: 100 } });
    expect(await server.end()).toBe(100);
  });

  it.skipIf(COMPOSE_LEFT_OUT !== null)('finds the compose that the clone finds', async () => {
    const plan = await inFolder(
      ...(['npx', '--no-install', 'fleetfall', 'plan', 'kinesis-2020'] as const),
      ...['--size', 'small', '--runtime', 'compose'],
    );
    expect([plan.exitCode, plan.all]).toEqual([0, expect.stringMatching(/compose \d\S* with Docker/)]);
  });

  it('has types that need no others', async () => {
    const { exitCode, all } = await compiler('--types', '', join(installed, 'dist/types/index.d.ts'));
    expect([exitCode, all]).toEqual([0, '']);
  });

  it(
    'runs the experiment, and the scripts of its README, which read what it left and drive a fleet',
    async () => {
      const run = await inFolder(
        ...(['npx', '--no-install', 'fleetfall', 'run', 'kinesis-2020'] as const),
        ...['--size', 'small', '--runtime', 'cgroup'],
      );
      expect(run.exitCode, run.all).toBe(0);

      const told = [/kinesis-2020 on cgroup: as-expected/, /incumbent: \d+, newcomer: \d+/];
      const scripts = readmeScripts('ts');
      expect(scripts).toHaveLength(told.length);
      for (const [index, script] of scripts.entries()) {
        const path = join(folder.path, `script-${index}.mts`);
        writeFileSync(path, script);
        const nodeTypes = ['--typeRoots', join(ROOT, 'node_modules/@types'), '--types', 'node'];
        const checked = await compiler(...nodeTypes, path);
        expect([checked.exitCode, checked.all]).toEqual([0, '']);
        const ran = await inFolder('npx', '--no-install', 'node', path);
        expect([ran.exitCode, ran.all]).toEqual([0, expect.stringMatching(told[index] as RegExp)]);
      }
    },
    SCRIPTS_TIMEOUT_MS,
  );

  it(
    "runs its README's script for older Nodes on the one that the user has",
    async () => {
      const [script, ...others] = readmeScripts('js');
      expect(others).toEqual([]);
      const path = join(folder.path, 'script.mjs');
      writeFileSync(path, script as string);
      const ran = await inFolder('node', path);
      // It tells nothing else: what runs beside it, on that Node too, has not ended.
      expect([ran.exitCode, ran.all]).toEqual([
        0,
        expect.stringMatching(/^\{ incumbent: \d+, newcomer: \d+ \}$/),
      ]);
    },
    TIMEOUT_MS,
  );
});

/** The scripts of the package's README in one language. */
function readmeScripts(language: 'ts' | 'js'): string[] {
  const readme = readFileSync(join(ROOT, 'packages/fleetfall/README.md'), 'utf8');
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, script]) => script as string,
  );
}
