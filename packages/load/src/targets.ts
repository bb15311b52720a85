/**
 * The front-ends that requests may go to, with a bounded pool of connections each, and what a balancer's health
 * check last heard of them. A front-end that leaves the list gets no further request, and what is under way to
 * it is left to end. Who is next is decided in `balancing.ts`.
 */
import { accessHeaders } from '@fleetfall/protocol/access.ts';
import type { Target } from '@fleetfall/protocol/load-stdio.ts';
import { READY_PATH } from '@fleetfall/protocol/member-state.ts';
import { rotationOver, stickTo } from './balancing.ts';
import { exchange } from './exchange.ts';
import { HttpPool } from './http/pool.ts';
import { authorityOf, requestHead, requestText } from './http/request-text.ts';
import type { Recipient } from './tally.ts';

/**
 * As many as a fleet's load has under way at the most: what is due to a front-end that hangs is offered to it, and waits
 * there and not here.
 */
const CONNECTIONS_PER_TARGET_MAX = 2_000;
const CONNECT_TIMEOUT_MS = 1_000;
/** How often a front-end is asked whether it is ready; as long as its answer may take, so that one ask is under way. */
export const HEALTH_INTERVAL_MS = 500;
const HEALTH_TIMEOUT_MS = 500;

/** One front-end of the list. */
export interface TargetLink {
  readonly target: Target;
  /** What the last health check said; false before the first. */
  readonly ready: boolean;
  /** Its connections, for requests. Health checks have one of their own, so that a full pool cannot fail them. */
  readonly pool: HttpPool;
  /** Whom its outcomes are counted against. */
  readonly recipient: Recipient;
  /** Aborted when the front-end leaves the list. */
  readonly left: AbortSignal;
}

export interface Targets extends Disposable {
  /** Takes the whole list. Front-ends that stay keep their connections and their health. */
  replace(targets: readonly Target[]): void;
  /** The front-end whose turn it is; undefined when the list is empty. */
  next(): TargetLink | undefined;
  /** The same front-end for as long as it is ready and in the list. */
  sticky(): TargetLink | undefined;
  all(): readonly TargetLink[];
  readyCount(): number;
}

/** @param callFrom the local address that requests come from; the kernel's choice without one. */
export function openTargets(secret: string, callFrom?: string): Targets {
  const draining = new Set<HeldTarget>();
  let held: readonly HeldTarget[] = [];
  const rotation = rotationOver(() => held);
  const sticking = stickTo(rotation, () => held);
  const checks = setInterval(() => {
    for (const each of held) each.check();
  }, HEALTH_INTERVAL_MS);

  const drain = (leaving: HeldTarget): void => {
    draining.add(leaving);
    void leaving.close().finally(() => draining.delete(leaving));
  };

  return {
    replace(targets) {
      const before = new Map(held.map((each) => [each.address, each]));
      held = targets.map((target) => {
        const kept = before.get(addressOf(target));
        if (kept === undefined) return new HeldTarget(target, secret, callFrom);
        before.delete(kept.address);
        kept.target = target;
        return kept;
      });
      for (const leaving of before.values()) drain(leaving);
      for (const each of held) if (!each.asked) each.check();
    },
    next: () => rotation.next(),
    sticky: () => sticking.next(),
    all: () => held,
    readyCount: () => held.filter(({ ready }) => ready).length,
    [Symbol.dispose]() {
      clearInterval(checks);
      const everyone = [...held, ...draining];
      held = [];
      for (const each of everyone) each.destroy();
    },
  };
}

/** What makes two entries of two lists the same front-end: a new address needs new connections. */
function addressOf({ memberId, host, port }: Target): string {
  return `${memberId}@${host}:${port}`;
}

class HeldTarget implements TargetLink {
  readonly recipient: Recipient;
  target: Target;
  ready = false;
  /** Whether a health check was ever sent. */
  asked = false;
  readonly address: string;
  readonly pool: HttpPool;
  readonly #health: HttpPool;
  readonly #healthRequest: string;
  readonly #leaving = new AbortController();
  #asking = false;

  constructor(target: Target, secret: string, callFrom: string | undefined) {
    const origin = {
      host: target.host,
      port: target.port,
      tls: false,
      ...(callFrom === undefined ? {} : { callFrom }),
    };
    const authority = authorityOf(target.host, target.port);
    this.target = target;
    this.recipient = { memberId: target.memberId, cohort: target.cohort };
    this.address = addressOf(target);
    this.pool = new HttpPool(origin, {
      connectionsMax: CONNECTIONS_PER_TARGET_MAX,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
    });
    this.#health = new HttpPool(origin, { connectionsMax: 1, connectTimeoutMs: CONNECT_TIMEOUT_MS });
    this.#healthRequest = requestText(requestHead('GET', READY_PATH, authority, accessHeaders(secret)), '');
  }

  get left(): AbortSignal {
    return this.#leaving.signal;
  }

  /** Asks whether the front-end is ready, unless it is being asked. No answer, or another than 200, is a no. */
  check(): void {
    if (this.#asking) return;
    this.asked = true;
    this.#asking = true;
    exchange(this.#health, this.#healthRequest, HEALTH_TIMEOUT_MS, (end) => {
      this.#asking = false;
      this.ready = end.kind === 'answer' && end.status === 200;
    });
  }

  /** Closes once what is under way has ended, which each exchange's deadline bounds. */
  async close(): Promise<void> {
    this.#leaving.abort();
    await Promise.all([this.pool.close(), this.#health.close()]);
  }

  destroy(): void {
    this.#leaving.abort();
    this.pool.destroy();
    this.#health.destroy();
  }
}
