/**
 * The folders of named fleets: one fleet a name, found by others, stale ones recognised and removed.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  assertName,
  claimFolder,
  findFleet,
  fleetsFolderOf,
  listFleets,
  NameTakenError,
} from '../src/keeper/fleet-folder.ts';
import { pruneFleets } from '../src/keeper/prune-fleets.ts';
import { currentOwner, ownerMark } from '../src/runtime/owner.ts';

const FLEET = { experiment: 'mine', startedAtMs: 1, endsAtMs: 2, journal: '/journal', log: '/log' };

/** As if the keeper of a fleet had been killed: no process began at that time. */
function killKeeper(folder: string, name: string): void {
  const file = join(folder, name, 'keeper.json');
  const fleet = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...fleet, owner: { ...fleet.owner, start: '1' } }));
}

describe('the folder of named fleets', () => {
  it('is the user’s own, and so is all that is in it', async () => {
    await using base = await mkdtempDisposable(join(tmpdir(), 'test-of-fleetfall-'));
    const folder = fleetsFolderOf(base.path);
    using claimed = claimFolder(folder, { name: 'one', ...FLEET });
    expect(claimed.socket.startsWith(join(folder, 'one'))).toBe(true);
    expect([folder, join(folder, 'one')].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700]);
    expect(statSync(join(folder, 'one', 'keeper.json')).mode & 0o777).toBe(0o600);
  });

  it('is refused when others can look into it', async () => {
    await using base = await mkdtempDisposable(join(tmpdir(), 'test-of-fleetfall-'));
    const folder = fleetsFolderOf(base.path);
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    expect(() => claimFolder(folder, { name: 'one', ...FLEET })).toThrow(
      /nobody else may use: set XDG_RUNTIME_DIR/,
    );
  });

  it('holds one fleet of a name, and none of it when that has ended', async () => {
    await using base = await mkdtempDisposable(join(tmpdir(), 'test-of-fleetfall-'));
    {
      using _one = claimFolder(base.path, { name: 'one', ...FLEET });
      expect(() => claimFolder(base.path, { name: 'one', ...FLEET })).toThrow(NameTakenError);
      using _two = claimFolder(base.path, { name: 'two', ...FLEET });
      expect(listFleets(base.path).map(({ name }) => name)).toEqual(['one', 'two']);
    }
    expect(readdirSync(base.path)).toEqual([]);
    expect(findFleet(base.path, 'one')).toBeNull();
  });

  it('gives the name of a fleet whose keeper has died to the next, which outlives the first one’s end', async () => {
    await using base = await mkdtempDisposable(join(tmpdir(), 'test-of-fleetfall-'));
    const dead = claimFolder(base.path, { name: 'one', ...FLEET });
    killKeeper(base.path, 'one');
    using _next = claimFolder(base.path, { name: 'one', ...FLEET, experiment: 'next' });
    expect(findFleet(base.path, 'one')?.experiment).toBe('next');
    expect(readdirSync(base.path)).toEqual(['one']);
    expect(dead.socket).toContain('one');
  });

  it('is pruned of what dead keepers left, and of nothing else', async () => {
    await using base = await mkdtempDisposable(join(tmpdir(), 'test-of-fleetfall-'));
    claimFolder(base.path, { name: 'dead', ...FLEET });
    killKeeper(base.path, 'dead');
    using _alive = claimFolder(base.path, { name: 'alive', ...FLEET });
    const dying = `.making-00.${ownerMark({ ...currentOwner(), start: '1' })}`;
    const making = `.making-01.${ownerMark(currentOwner())}`;
    for (const name of [dying, making]) mkdirSync(join(base.path, name));
    const found = (check: boolean) =>
      pruneFleets(base.path, check).map(({ name, keptBecause }) => [
        name.split('/').at(-1),
        keptBecause === null,
      ]);
    const all = [
      ['alive', false],
      ['dead', true],
      [dying, true],
      [making, false],
    ];
    expect(found(true)).toEqual(all);
    expect(found(false)).toEqual(all);
    expect(readdirSync(base.path)).toEqual([making, 'alive']);
  });
});

describe('the name of a fleet', () => {
  it.each(['', 'Big', '1st', 'a/b', '..', 'x'.repeat(25)])("is not '%s'", (name) => {
    expect(() => assertName(name)).toThrow(`--name '${name}': must be of lower-case letters`);
  });
});
