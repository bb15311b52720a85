/**
 * Pushes leases to the front-ends that watch: at once when they ask, three times within a lease's life, and at
 * once when the shards of a watched slice change. How far a watcher may fall behind is the connection's bound.
 */
import type { LeaseMessage } from '@fleetfall/protocol/shard-frames.ts';
import type { OwnedShards } from './owned-shards.ts';

/** Leases pushed in the life of one: two may be lost or late before a front-end can no longer rely on it. */
const PUSHES_PER_LEASE = 3;

/** Someone who watches. */
export interface Watcher {
  push(text: string): void;
}

export interface Watchers extends Disposable {
  readonly count: number;
  /** From now on pushes leases for these slices, in place of any before. */
  watch(watcher: Watcher, slices: ReadonlySet<number>): void;
  forget(watcher: Watcher): void;
  /** The shards of these slices changed. */
  slicesChanged(slices: ReadonlySet<number>): void;
}

export interface WatchersOptions {
  readonly backEndId: string;
  readonly leaseEpoch: number;
  readonly leaseMs: number;
  readonly owned: OwnedShards;
}

export function startWatchers({ backEndId, leaseEpoch, leaseMs, owned }: WatchersOptions): Watchers {
  const watching = new Map<Watcher, ReadonlySet<number>>();

  function push(watcher: Watcher, slices: ReadonlySet<number>): void {
    const owners = owned.ownersIn(slices);
    const message: LeaseMessage = { op: 'lease', backEndId, leaseEpoch, leaseMs, owners };
    watcher.push(JSON.stringify(message));
  }

  const interval = setInterval(() => {
    for (const [watcher, slices] of watching) push(watcher, slices);
  }, leaseMs / PUSHES_PER_LEASE);

  return {
    get count() {
      return watching.size;
    },
    watch(watcher, slices) {
      watching.set(watcher, slices);
      push(watcher, slices);
    },
    forget: (watcher) => void watching.delete(watcher),
    slicesChanged(changed) {
      for (const [watcher, slices] of watching) {
        if (!changed.isDisjointFrom(slices)) push(watcher, slices);
      }
    },
    [Symbol.dispose]: () => clearInterval(interval),
  };
}
