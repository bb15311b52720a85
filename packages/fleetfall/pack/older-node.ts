/**
 * What the language has had since Node 22 or 24 and the programs use, for scripts that import the package on Node 20:
 * put in place of the names when the package is bundled, so that a user's own globals stay as they are. What else is
 * newer than Node 20 fails the pack: its compiler knows the language of then and `newer-language.d.ts` alone.
 */

function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve!: PromiseWithResolvers<T>['resolve'];
  let reject!: PromiseWithResolvers<T>['reject'];
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}

function groupBy<K, T>(items: Iterable<T>, keyOf: (item: T, index: number) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  let index = 0;
  for (const item of items) {
    const key = keyOf(item, index++);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** @see https://tc39.es/proposal-explicit-resource-management/#sec-asyncdisposablestack-objects */
class Stack implements AsyncDisposableStack {
  readonly [Symbol.toStringTag] = 'AsyncDisposableStack';
  #disposals: (() => unknown)[] = [];
  #disposed = false;

  get disposed(): boolean {
    return this.#disposed;
  }

  use<T extends AsyncDisposable | Disposable | null | undefined>(resource: T): T {
    if (resource === null || resource === undefined) return resource;
    const dispose =
      (resource as Partial<AsyncDisposable>)[Symbol.asyncDispose] ??
      (resource as Partial<Disposable>)[Symbol.dispose];
    if (dispose === undefined) throw new TypeError('The resource cannot be disposed of');
    this.defer(() => dispose.call(resource));
    return resource;
  }

  adopt<T>(value: T, dispose: (value: T) => PromiseLike<void> | void): T {
    this.defer(() => dispose(value));
    return value;
  }

  defer(dispose: () => PromiseLike<void> | void): void {
    this.#assertOpen();
    this.#disposals.push(dispose);
  }

  move(): Stack {
    this.#assertOpen();
    const moved = new Stack();
    moved.#disposals = this.#disposals;
    this.#disposals = [];
    this.#disposed = true;
    return moved;
  }

  /** All are disposed of, the last first; of several errors each later one hides, and holds, those before it. */
  async disposeAsync(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    const failures: unknown[] = [];
    for (const dispose of this.#disposals.splice(0).reverse()) {
      try {
        await dispose();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures.reduce(suppressing);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.disposeAsync();
  }

  #assertOpen(): void {
    if (this.#disposed) throw new ReferenceError('The stack has been disposed of');
  }
}

/** As the bundler's own code for `using` makes it where there is no SuppressedError. */
function suppressing(suppressed: unknown, error: unknown): Error {
  const message = 'An error was suppressed during disposal';
  return Object.assign(new Error(message), { name: 'SuppressedError', error, suppressed });
}

export { groupBy as 'Map.groupBy', Stack as AsyncDisposableStack, withResolvers as 'Promise.withResolvers' };
