/**
 * A kit runs on its own: copied away from the clone and its node_modules, by a user who cannot read them.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeKit } from '../src/kit/bundle.ts';
import type { Kit } from '../src/kit/kit.ts';
import { makeProbeKit, PROBE_ENTRY } from './fixtures/probe.ts';

const ROLES = ['metadata', 'back-end', 'front-end', 'observer', 'load', 'balancer'];
const THREADS = ['link-thread.cjs', 'pool-thread.cjs', 'construction-thread.cjs', 'worker.js'];

test('the same sources give the same kit', async () => {
  const [first, second] = await Promise.all([makeProbeKit(), makeProbeKit()]);
  expect(first.hash).toBe(second.hash);
  expect(first.files).toEqual(second.files);
});

test('another program gives another kit', async () => {
  const { hash } = await makeProbeKit();
  expect((await makeKit([{ ...PROBE_ENTRY, file: 'observer.mjs' }])).hash).not.toBe(hash);
});

test('an entry that is not there is named', async () => {
  await expect(makeKit([{ file: 'load.mjs', source: '/nowhere/main.ts' }])).rejects.toThrow(/nowhere/);
});

describe("the fleet's kit", () => {
  let folder: string;
  let kit: Kit;
  beforeAll(async () => {
    kit = await makeKit();
    folder = mkdtempSync(join(tmpdir(), 'kit-'));
    for (const { name, content } of kit.files) writeFileSync(join(folder, name), content);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('has a file for each role and each kind of thread', () => {
    const expected = [
      ...ROLES.map((role) => `${role}.mjs`),
      ...THREADS,
      'client-asset.json',
      'lab.mjs',
      'package.json',
    ];
    expect(kit.files.map(({ name }) => name)).toEqual(expected.toSorted());
  });

  test('names no place of the machine that made it', () => {
    const text = kit.files.map(({ content }) => Buffer.from(content).toString()).join('\n');
    expect(text).not.toContain(join(import.meta.dirname, '..'));
  });

  test('leaves out of a link what an open, uncompressed connection never uses', () => {
    const link = kit.files.find(({ name }) => name === 'link-thread.cjs');
    const text = Buffer.from(link?.content ?? '').toString();
    expect(text).toContain('WebSocket');
    expect([...text.matchAll(/require\("(?:node:)?(https|tls|zlib)"\)/g)].map(([, name]) => name)).toEqual(
      [],
    );
  });

  test.each(ROLES)('%s boots from its one file', async (role) => {
    const { exitCode, stderr } = await execa(kit.nodeBinary, [join(folder, `${role}.mjs`)], {
      input: '{"role":"none"}\n',
      reject: false,
      cwd: folder,
    });
    expect(stderr).toBe(
      `${role}: Cannot boot: the boot line must be for role '${role}': current value is 'none'`,
    );
    expect(exitCode).toBe(64);
  });

  test.each(ROLES.filter((role) => role !== 'load'))(
    '%s boots without what it never asks for',
    async (role) => {
      const told = join(folder, 'told.cjs');
      writeFileSync(told, "process.on('exit', () => console.log(process.moduleLoadList.join('\\n')))");
      const { stdout } = await execa(kit.nodeBinary, ['--require', told, join(folder, `${role}.mjs`)], {
        input: '{"role":"none"}\n',
        reject: false,
      });
      expect(stdout).toContain('NativeModule events');
      expect(
        stdout.split('\n').filter((name) => /undici|NativeModule (internal\/)?tls|https$/.test(name)),
      ).toEqual([]);
    },
  );

  test.each(THREADS)('%s starts a thread from its one file', async (file) => {
    const program = `const {Worker} = require('node:worker_threads');
      const worker = new Worker('./${file}', {workerData: {}, stdout: true, stderr: true});
      worker.on('online', () => worker.terminate()).on('error', (error) => {
        if (error.code === 'MODULE_NOT_FOUND' || error instanceof SyntaxError) process.exit(1);
      });`;
    const { exitCode, stderr } = await execa(kit.nodeBinary, ['-e', program], { reject: false, cwd: folder });
    expect([exitCode, stderr]).toEqual([0, '']);
  });
});
