/**
 * What stands in for the language on an older Node does as the language does: the Node that runs this is the measure.
 */
import { describe, expect, it } from 'vitest';
import {
  'Map.groupBy' as groupBy,
  AsyncDisposableStack as OlderStack,
  'Promise.withResolvers' as withResolvers,
} from '../pack/older-node.ts';

type StackMaker = new () => AsyncDisposableStack;
const STACKS: readonly (readonly [string, StackMaker])[] = [
  ['the language', AsyncDisposableStack],
  ['its stand-in', OlderStack],
];

/** What an error says, and those that it hides. */
function told(error: unknown): unknown {
  const { name, message, error: last, suppressed } = error as SuppressedError;
  return name === 'SuppressedError' ? { name, last: told(last), suppressed: told(suppressed) } : message;
}

describe.each(STACKS)('a stack of %s', (_, Stack) => {
  it('disposes of all, the last first, once', async () => {
    const done: string[] = [];
    const stack = new Stack();
    stack.use({ [Symbol.dispose]: () => void done.push('used') });
    expect(stack.use(null)).toBe(null);
    expect(stack.adopt(7, (value) => void done.push(`adopted ${value}`))).toBe(7);
    stack.use({
      async [Symbol.asyncDispose]() {
        await Promise.resolve();
        done.push('used later');
      },
      [Symbol.dispose]: () => void done.push('never'),
    });
    stack.defer(() => void done.push('deferred'));
    await stack.disposeAsync();
    await stack.disposeAsync();
    expect([done, stack.disposed]).toEqual([['deferred', 'used later', 'adopted 7', 'used'], true]);
    expect(() => stack.defer(() => undefined)).toThrow(ReferenceError);
  });

  it('gives what it holds to another, and keeps nothing', async () => {
    const done: string[] = [];
    const kept = await (async () => {
      await using stack = new Stack();
      stack.defer(() => void done.push('deferred'));
      return stack.move();
    })();
    expect(done).toEqual([]);
    await kept[Symbol.asyncDispose]();
    expect(done).toEqual(['deferred']);
  });

  it('goes on after a failure, and tells all of them', async () => {
    const done: string[] = [];
    const stack = new Stack();
    for (const name of ['first', 'second', 'third']) {
      stack.defer(async () => {
        done.push(name);
        throw new Error(name);
      });
    }
    const thrown = await stack.disposeAsync().catch((error: unknown) => error);
    expect(done).toEqual(['third', 'second', 'first']);
    expect(told(thrown)).toEqual({
      name: 'SuppressedError',
      last: 'first',
      suppressed: { name: 'SuppressedError', last: 'second', suppressed: 'third' },
    });
  });

  it('refuses what cannot be disposed of', () => {
    expect(() => new Stack().use({} as Disposable)).toThrow(TypeError);
  });
});

it('groups in order', () => {
  const isEven = (value: number): boolean => value % 2 === 0;
  expect([...groupBy([1, 2, 3, 4], isEven)]).toEqual([...Map.groupBy([1, 2, 3, 4], isEven)]);
});

it('makes a promise and what settles it', async () => {
  const kept = withResolvers<number>();
  kept.resolve(7);
  expect(await kept.promise).toBe(7);
  const broken = withResolvers<number>();
  broken.reject(new Error('broken'));
  await expect(broken.promise).rejects.toThrow('broken');
});
