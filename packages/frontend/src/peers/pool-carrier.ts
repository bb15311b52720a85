/**
 * Links on a bounded piscina pool: each pool thread runs one long task that carries its share of the links. All
 * threads are made at the start; the fleet's growth then needs none. `minThreads` equals `maxThreads` because
 * piscina's growth at the limit throws inside its own callbacks.
 */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { threadEntry } from '../thread-entry.ts';
import { asThreadRefusal } from '../thread-refusal.ts';
import type { LinkCarrier } from './link-carrier.ts';
import type { LinkEvent, PoolCommand, PoolEvent, PoolTask } from './thread-messages.ts';

/** piscina's own type for this names the wrong overload of `postMessage`. */
type RunTransferList = NonNullable<NonNullable<Parameters<Piscina['run']>[1]>['transferList']>;

interface PoolThread {
  readonly port: MessagePort;
  links: number;
}

interface PoolLink {
  readonly onEvent: (event: LinkEvent) => void;
  readonly onEnd: (reason: string) => void;
  readonly thread: PoolThread;
}

/** @throws ThreadRefusedError when the limit has no room for the pool. */
export function createPoolCarrier(poolThreads: number): LinkCarrier {
  const links = new Map<string, PoolLink>();
  const pool = createPool(poolThreads);
  const tasks: Promise<void>[] = [];
  /** Those that live. */
  const threads: PoolThread[] = [];
  for (let made = 0; made < poolThreads; made += 1) threads.push(startThread());

  function startThread(): PoolThread {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', ({ linkId, event }: PoolEvent) => links.get(linkId)?.onEvent(event));
    const task = pool.run({ port: port2 }, { transferList: [port2] as unknown as RunTransferList });
    const thread = { port: port1, links: 0 };
    tasks.push(task.catch((error: unknown) => bury(thread, String(error))));
    return thread;
  }

  /** A thread that ended gets no links again; those that it carried are told. */
  function bury(thread: PoolThread, reason: string): void {
    threads.splice(threads.indexOf(thread), 1);
    thread.port.close();
    for (const [linkId, link] of links) {
      if (link.thread !== thread) continue;
      links.delete(linkId);
      link.onEnd(reason);
    }
  }
  const tell = (thread: PoolThread, command: PoolCommand): void => thread.port.postMessage(command);

  return {
    linksPerPeer: 1,
    threads: () => pool.threads.length,
    open(target, onEvent, onEnd) {
      const thread = threads.toSorted((left, right) => left.links - right.links)[0];
      if (thread === undefined) {
        // Later, as a link under way would end: the caller has not got it yet.
        queueMicrotask(() => onEnd('no thread of the pool is left'));
        return { close: () => Promise.resolve() };
      }
      thread.links += 1;
      links.set(target.linkId, { onEvent, onEnd, thread });
      tell(thread, { op: 'open', target });
      return {
        async close() {
          if (!links.delete(target.linkId)) return;
          thread.links -= 1;
          tell(thread, { op: 'close', linkId: target.linkId });
        },
      };
    },
    async [Symbol.asyncDispose]() {
      links.clear();
      for (const thread of threads) tell(thread, { op: 'end' });
      await Promise.all(tasks);
      for (const thread of threads) thread.port.close();
      await pool.destroy();
    },
  };
}

function createPool(poolThreads: number): Piscina<PoolTask, void> {
  try {
    return new Piscina({
      filename: threadEntry('pool-thread').href,
      minThreads: poolThreads,
      maxThreads: poolThreads,
      idleTimeout: Number.POSITIVE_INFINITY,
    });
  } catch (error) {
    throw asThreadRefusal(error);
  }
}
