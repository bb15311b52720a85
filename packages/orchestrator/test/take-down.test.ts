/**
 * What a teardown does when a part of it fails or hangs.
 */
import { expect, test } from 'vitest';
import { currentOwner } from '../src/runtime/owner.ts';
import { pruneEach } from '../src/runtime/prune-found.ts';
import {
  disposeAll,
  IdleRemainsError,
  TeardownError,
  takeDown,
  workError,
} from '../src/runtime/take-down.ts';

const failing = (message: string) => () => Promise.reject(new Error(message));
const hangs = () => new Promise<never>(() => undefined);

test('goes on past what fails, and tells it all', async () => {
  const done: string[] = [];
  const taking = takeDown('a fleet', [failing('stuck'), () => done.push('next'), failing('lost')]);
  await expect(taking).rejects.toThrow('Cannot take down a fleet whole: stuck; lost');
  await expect(taking).rejects.toThrow(TeardownError);
  expect(done).toEqual(['next']);
});

test('waits for what hangs until its own deadline and no longer', async () => {
  await expect(takeDown('a fleet', [failing('stuck'), hangs], 20)).rejects.toThrow(
    'Cannot take down a fleet whole: stuck; it was not done within 20 ms',
  );
});

test('disposes all at once, whatever becomes of one', async () => {
  const done: string[] = [];
  const fleet = (name: string, end: () => Promise<void>): AsyncDisposable => ({
    async [Symbol.asyncDispose]() {
      await end();
      done.push(name);
    },
  });
  const disposing = disposeAll('the runtime', [
    fleet('first', failing('stuck')),
    fleet('second', async () => undefined),
  ]);
  await expect(disposing).rejects.toThrow('Cannot take down the runtime whole: stuck');
  expect(done).toEqual(['second']);
});

test('says whether what is left takes nothing of the machine', async () => {
  const idle = () => Promise.reject(new IdleRemainsError('an empty network'));
  const within = () => takeDown('its network', [idle]);
  const leftBy = (...steps: readonly (() => Promise<unknown>)[]) =>
    takeDown('a fleet', steps).catch((error: unknown) => error);
  expect(await leftBy(idle, within)).toMatchObject({ name: 'TeardownError', isIdle: true });
  expect(await leftBy(idle, failing('stuck'))).toMatchObject({ isIdle: false });
});

test('does not hide what ended the work before it', async () => {
  const work = (async () => {
    await using _stuck: AsyncDisposable = { [Symbol.asyncDispose]: failing('stuck') };
    throw new Error('interrupted');
  })();
  const error = await work.catch(workError);
  expect(error).toEqual(new Error('interrupted'));
});

test('prune tells what cannot be removed, and removes the rest', async () => {
  const thing = { runtime: 'docker', kind: 'volume', owner: null } as const;
  const removed: string[] = [];
  const remove = async (): Promise<void> => void removed.push('any');
  const [kept] = await pruneEach([{ ...thing, name: 'unmarked', remove }], false);
  expect(kept).toMatchObject({ dead: false, keptBecause: 'it does not say whose it is' });
  expect(removed).toEqual([]);
  const dead = { ...thing, owner: { ...currentOwner(), start: '1' } };
  const pruned = await pruneEach(
    [
      { ...dead, name: 'busy', remove: failing('volume is in use') },
      { ...dead, name: 'free', remove },
    ],
    false,
  );
  expect(pruned).toMatchObject([
    { name: 'busy', dead: true, keptBecause: 'it could not be removed: volume is in use' },
    { name: 'free', dead: true, keptBecause: null },
  ]);
  expect(removed).toEqual(['any']);
});
