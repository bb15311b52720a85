/**
 * Who owns what a run has made, and when an owner may be called dead.
 */
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { currentOwner, ownerInName, ownerIsDead, ownerMark, reasonToKeep } from '../src/runtime/owner.ts';

test('the owner that asks is alive', () => {
  expect(ownerIsDead(currentOwner())).toBe(false);
  expect(reasonToKeep(currentOwner())).toMatch(/its run is alive/);
});

test('a process that ended is dead', async () => {
  const subprocess = execa(process.execPath, ['-e', '']);
  const { pid } = subprocess;
  await subprocess;
  const owner = { ...currentOwner(), pid: pid as number };
  expect(ownerIsDead(owner)).toBe(true);
  expect(reasonToKeep(owner)).toBeNull();
});

test('an id that has gone to another process does not bring its first owner back', () => {
  expect(ownerIsDead({ ...currentOwner(), start: '1' })).toBe(true);
});

test('nothing is proven of an owner on another host', () => {
  const elsewhere = { ...currentOwner(), host: '000000000000', pid: 4_000_000 };
  expect(ownerIsDead(elsewhere)).toBe(false);
  expect(reasonToKeep(elsewhere)).toMatch(/another host/);
});

test('what names no owner is kept', () => {
  expect(reasonToKeep(ownerInName('fleetfall-1234-main'))).toMatch(/whose it is/);
});

test('a name carries its owner, with a random ending or without', () => {
  const owner = currentOwner();
  expect(ownerInName(`fleetfall-1234-main.${ownerMark(owner)}`)).toEqual(owner);
  expect(ownerInName(`fleetfall-1234-main.${ownerMark(owner)}-x7Yq2Z`)).toEqual(owner);
});
