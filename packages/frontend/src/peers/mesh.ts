/**
 * The mesh: a link to every other front-end that this member knows, opened a few at a time so that the event loop
 * keeps serving, and tried again with back-off when a thread was refused. What the peers say goes into the
 * ownership they announced; whether that makes a map is the shard-map's concern.
 */
import { accessHeaders } from '@fleetfall/protocol/access.ts';
import type { LinkState } from '@fleetfall/protocol/member-state.ts';
import type { Member } from '@fleetfall/protocol/membership.ts';
import { PEER_PATH } from '@fleetfall/protocol/ownership.ts';
import { backOffMs, type Random } from '../jitter.ts';
import type { AnnouncedOwnership } from '../shard-map/announced-ownership.ts';
import { ThreadRefusedError } from '../thread-refusal.ts';
import type { CarriedLink, LinkCarrier } from './link-carrier.ts';
import type { LinkEvent, LinkTarget } from './thread-messages.ts';

/**
 * Links whose opening may be under way at once. A fleet that starts opens them in every front-end: with more under way
 * than there are cores to open them, none is done, its main threads wait for a processor behind a hundred others, and
 * a main thread takes one connection each time it comes to run.
 */
const OPENING_MAX = 2;
/**
 * An opening that takes longer makes room for the next; it goes on by itself. As long as a connection may take, so that
 * a peer that hangs is the only one that it is waited out for.
 */
const OPENING_WAIT_MS = 3_000;
const RETRY_FIRST_MS = 250;
const RETRY_MAX_MS = 2_000;

interface Link {
  readonly target: LinkTarget;
  state: LinkState;
  /** When it was last opened, monotonic. */
  openedAtMs: number;
  attempt: number;
  carried: CarriedLink | undefined;
  timer: NodeJS.Timeout | undefined;
  /** Makes room for the next while it is being opened; else nothing. */
  release: () => void;
}

export interface MeshState {
  readonly wanted: number;
  readonly open: number;
  /** How long all have been open, from when the peers were last set; null while one is not, or none were set. */
  readonly allOpenForMs: number | null;
  readonly threads: number;
  readonly refusedThreads: number;
  readonly lastRefusal: string | null;
}

export interface Mesh extends AsyncDisposable {
  /** Links to these members from now on, and to no others. */
  setPeers(peers: readonly Member[]): void;
  state(): MeshState;
  /** Whether every link is open or was refused a thread: nothing more is to be had by waiting. */
  settled(): boolean;
  /** Whether a link to this peer was refused a thread, and has not got one since. */
  lacksThread(peerId: string): boolean;
  /** How the links to this peer stand. */
  linksTo(peerId: string): LinkState[];
}

export interface MeshOptions {
  readonly carrier: LinkCarrier;
  readonly ownership: AnnouncedOwnership;
  readonly secret: string;
  /** The local address that links are opened from; the kernel's choice without one. */
  readonly callFrom?: string | undefined;
  readonly random: Random;
  readonly log: (message: string) => void;
}

export function createMesh({ carrier, ownership, secret, callFrom, random, log }: MeshOptions): Mesh {
  const links = new Map<string, Link>();
  const queue: Link[] = [];
  let opening = 0;
  let refusedThreads = 0;
  let lastRefusal: string | null = null;
  let peersSetAtMs: number | null = null;
  let disposed = false;

  function targetsOf(peer: Member): LinkTarget[] {
    return Array.from({ length: carrier.linksPerPeer }, (_, share) => ({
      linkId: `${peer.memberId}.${peer.incarnation}.${share}`,
      peerId: peer.memberId,
      url: `ws://${peer.host}:${peer.port}${PEER_PATH}?share=${share}&of=${carrier.linksPerPeer}`,
      headers: accessHeaders(secret),
      callFrom,
    }));
  }

  function enqueue(link: Link): void {
    link.state = 'waiting';
    queue.push(link);
    openNext();
  }

  function openNext(): void {
    while (opening < OPENING_MAX && !disposed) {
      const link = queue.shift();
      if (link === undefined) return;
      if (links.get(link.target.linkId) === link) open(link);
    }
  }

  function open(link: Link): void {
    let waiting = true;
    opening += 1;
    const done = (): void => {
      if (!waiting) return;
      waiting = false;
      clearTimeout(timer);
      opening -= 1;
      // Not at once: between two threads the event loop serves requests.
      setImmediate(openNext);
    };
    const timer = setTimeout(done, OPENING_WAIT_MS);
    link.release = done;
    link.state = 'opening';
    try {
      link.carried = carrier.open(
        link.target,
        (event) => {
          heed(link, event);
          if (event.type !== 'renewed') done();
        },
        (reason) => {
          link.carried = undefined;
          log(`link to ${link.target.peerId} ended: ${reason}`);
          retry(link, 'broken');
          done();
        },
      );
    } catch (error) {
      if (!(error instanceof ThreadRefusedError)) throw error;
      refusedThreads += 1;
      lastRefusal = error.message;
      retry(link, 'refused');
      done();
    }
  }

  function retry(link: Link, state: 'broken' | 'refused'): void {
    link.state = state;
    if (links.get(link.target.linkId) !== link || disposed) return;
    link.timer = setTimeout(
      () => enqueue(link),
      backOffMs(link.attempt, RETRY_FIRST_MS, RETRY_MAX_MS, random),
    );
    link.attempt += 1;
  }

  function heed(link: Link, event: LinkEvent): void {
    if (links.get(link.target.linkId) !== link) return;
    const { linkId, peerId } = link.target;
    switch (event.type) {
      case 'open':
        link.state = 'open';
        link.openedAtMs = performance.now();
        link.attempt = 0;
        return;
      case 'closed':
        link.state = 'broken';
        return;
      case 'heard':
        ownership.hear({
          source: linkId,
          announcer: peerId,
          slices: event.slices,
          expiresInMs: event.expiresInMs,
        });
        return;
      case 'renewed':
        ownership.renew(linkId, event.expiresInMs);
    }
  }

  function drop(link: Link): Promise<void> {
    links.delete(link.target.linkId);
    clearTimeout(link.timer);
    // What it would say of its opening is not heard any more.
    link.release();
    return link.carried?.close() ?? Promise.resolve();
  }

  function allOpenForMs(): number | null {
    const all = [...links.values()];
    if (peersSetAtMs === null || !all.every(({ state }) => state === 'open')) return null;
    return performance.now() - Math.max(peersSetAtMs, ...all.map(({ openedAtMs }) => openedAtMs));
  }

  function linksTo(peerId: string): LinkState[] {
    return [...links.values()].filter(({ target }) => target.peerId === peerId).map(({ state }) => state);
  }

  return {
    setPeers(peers) {
      peersSetAtMs = performance.now();
      const targets = new Map(peers.flatMap(targetsOf).map((target) => [target.linkId, target]));
      for (const link of links.values()) {
        if (targets.has(link.target.linkId)) continue;
        drop(link).catch((error: unknown) =>
          log(`link to ${link.target.peerId} did not close: ${String(error)}`),
        );
      }
      for (const target of targets.values()) {
        if (links.has(target.linkId)) continue;
        const link: Link = {
          target,
          state: 'waiting',
          openedAtMs: 0,
          attempt: 0,
          carried: undefined,
          timer: undefined,
          release: () => undefined,
        };
        links.set(target.linkId, link);
        enqueue(link);
      }
    },
    state: () => ({
      wanted: links.size,
      open: [...links.values()].filter((link) => link.state === 'open').length,
      allOpenForMs: allOpenForMs(),
      threads: carrier.threads(),
      refusedThreads,
      lastRefusal,
    }),
    settled: () =>
      [...links.values()].every(
        ({ state, target }) => state === 'refused' || (state === 'open' && ownership.hasHeard(target.linkId)),
      ),
    lacksThread: (peerId) => linksTo(peerId).includes('refused'),
    linksTo,
    async [Symbol.asyncDispose]() {
      disposed = true;
      await Promise.all([...links.values()].map(drop));
      await carrier[Symbol.asyncDispose]();
    },
  };
}
