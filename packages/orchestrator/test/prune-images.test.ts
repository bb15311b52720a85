/**
 * Which images `prune --images` takes, by what an engine lists.
 */
import Docker from 'dockerode';
import { expect, test } from 'vitest';
import { pruneImages } from '../src/runtime/docker/prune-images.ts';
import { emptyEngine } from './fixtures/empty-engine.ts';

const CURRENT = 'fleetfall:1111111111111111';
const USED = 'fleetfall:2222222222222222';
const SUPERSEDED = 'fleetfall:3333333333333333';

const LISTS = {
  '/images/json': [
    { Id: 'current', RepoTags: [CURRENT, 'fleetfall:lab'] },
    { Id: 'used', RepoTags: [USED] },
    { Id: 'superseded', RepoTags: [SUPERSEDED] },
    { Id: 'untagged', RepoTags: null },
  ],
  '/containers/json': [{ Id: 'c', ImageID: 'used' }],
};

test.each([
  [true, []],
  [false, [`DELETE /images/${SUPERSEDED}`]],
])('those of other versions go when nothing uses them (only looked at: %s)', async (check, removed) => {
  await using engine = await emptyEngine(LISTS);
  const docker = new Docker({ socketPath: engine.socketPath });
  const found = await pruneImages(docker, CURRENT, check);
  expect(found.map(({ name, keptBecause }) => [name, keptBecause])).toEqual([
    [CURRENT, 'this fleetfall starts its members from it'],
    [USED, 'a container uses it'],
    [SUPERSEDED, null],
  ]);
  expect(engine.asked().filter((path) => path.startsWith('DELETE'))).toEqual(removed);
});
