/**
 * What is said of a network that an engine does not remove.
 */
import Docker from 'dockerode';
import { expect, test } from 'vitest';
import { removeNetwork } from '../src/runtime/docker/removal.ts';
import { IdleRemainsError } from '../src/runtime/take-down.ts';
import { emptyEngine } from './fixtures/empty-engine.ts';

const refusalOf = async (members: Readonly<Record<string, unknown>>): Promise<Error> => {
  await using engine = await emptyEngine(
    { '/networks/orders': { Containers: members } },
    { 'DELETE /networks/orders': 403 },
  );
  const docker = new Docker({ socketPath: engine.socketPath });
  return await removeNetwork(docker, 'orders').then(
    () => expect.unreachable('it was removed'),
    (error: Error) => error,
  );
};

test('one with containers on it is in use, by the words of the engine', async () => {
  const refusal = await refusalOf({ c: { Name: 'fe-01' } });
  expect(refusal.message).toContain('403');
  expect(refusal).not.toBeInstanceOf(IdleRemainsError);
});

test('an empty one that the engine counts as in use asks for the engine to be started again', async () => {
  const refusal = await refusalOf({});
  expect(refusal.message).toMatch(/^Cannot remove network orders: nothing is on it, .* restart the engine/);
  expect(refusal).toBeInstanceOf(IdleRemainsError);
});
