/**
 * This member's share of the announcing: it watches the back-ends for the slices that fall to it and tells every
 * peer that is linked to it who owns their shards. After a change of view a slice that fell to another is
 * announced on until every peer has had the time to learn of the new announcer and to open a link to it, so that
 * differing views leave no slice silent.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  type OwnershipEntry,
  type OwnershipMessage,
  PEER_PATH,
  type SliceOwnership,
  sliceOf,
  slicesAnnouncedBy,
} from '@fleetfall/protocol/ownership.ts';
import type { FrontEndSettings } from '@fleetfall/protocol/settings.ts';
import type { LeaseMessage } from '@fleetfall/protocol/shard-frames.ts';
import { WebSocket, WebSocketServer } from 'ws';
import type { AnnouncedOwnership } from '../shard-map/announced-ownership.ts';

/** Changes that come together are announced together. */
const SOON_MS = 25;
/**
 * How much longer than the discovery delay an announcement stands, and an outgoing announcer goes on: the time to
 * open a link on a busy machine. Where maps may be older, the machine is slower.
 */
const HANDOVER_MS_MIN = 2_500;
const HANDOVER_OF_MAP_AGE = 1.25;
/** What is owned is said again so often in that time: two may be missed, and the last word outlasts the discovery of who is next. */
const SAID_IN_HANDOVER = 3;

type Times = Pick<FrontEndSettings, 'discoveryDelayMaxMs' | 'shardMapMaxAgeMs'>;

const handoverMs = ({ shardMapMaxAgeMs }: Times): number =>
  Math.max(HANDOVER_MS_MIN, HANDOVER_OF_MAP_AGE * shardMapMaxAgeMs);

/** How long an announcement stands, and an outgoing announcer goes on. */
export const announcementStandsMs = (times: Times): number => times.discoveryDelayMaxMs + handoverMs(times);

/** A peer that does not read is cut off rather than remembered for. */
const BUFFERED_BYTES_MAX = 4 * 1024 * 1024;
/** Most connections that one peer may share its slices over. */
const SHARES_MAX = 64;

export interface Announcer extends Disposable {
  /** The front-ends known, this one among them. */
  setFrontEnds(ids: readonly string[]): void;
  /** Leases may have changed: announce soon. */
  announceSoon(): void;
  /** Whether all that is known of leases has been announced. */
  settled(): boolean;
  /** Accepts a peer's link. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

export interface AnnouncerOptions {
  readonly memberId: string;
  readonly settings: Times;
  readonly leases: () => LeaseMessage[];
  /** Whether every back-end has vouched: before, nobody is told that slices have no owners. */
  readonly allVouched: () => boolean;
  readonly watch: (slices: readonly number[]) => void;
  /** Where this member's own announcements are heard by itself. */
  readonly ownership: AnnouncedOwnership;
}

/** A peer's connection and the part of the slices it hears: those with `slice % of === share`. */
interface Listener {
  readonly socket: WebSocket;
  readonly share: number;
  readonly of: number;
}

export function startAnnouncer(options: AnnouncerOptions): Announcer {
  const { memberId, leases, allVouched, watch, ownership } = options;
  const expiresInMs = announcementStandsMs(options.settings);
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 1024 });
  const listeners = new Set<Listener>();
  let current = new Set<number>();
  /** Slices that fell to another, and until when they are announced here, monotonic. */
  const outgoing = new Map<number, number>();
  let soon: NodeJS.Timeout | undefined;

  const announced = (): number[] => [...current, ...outgoing.keys()].sort((left, right) => left - right);

  function gather(): SliceOwnership[] {
    const owners = new Map<number, OwnershipEntry[]>(announced().map((slice) => [slice, []]));
    for (const lease of leases()) {
      for (const entry of lease.owners) owners.get(sliceOf(entry[0]))?.push(entry);
    }
    return [...owners].map(([slice, entries]) => ({ slice, owners: entries }));
  }

  function announce(): void {
    dropLapsed();
    const slices = gather();
    ownership.hear({ source: memberId, announcer: memberId, slices, expiresInMs });
    const texts = new Map<string, string>();
    for (const listener of listeners) tell(listener, slices, texts);
  }

  function tell(
    { socket, share, of }: Listener,
    slices: readonly SliceOwnership[],
    texts: Map<string, string>,
  ): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (socket.bufferedAmount > BUFFERED_BYTES_MAX) {
      socket.terminate();
      return;
    }
    const key = `${share}/${of}`;
    const text = texts.get(key) ?? write(slices.filter(({ slice }) => slice % of === share));
    texts.set(key, text);
    socket.send(text);
  }

  const write = (slices: readonly SliceOwnership[]): string =>
    JSON.stringify({ announcer: memberId, expiresInMs, slices } satisfies OwnershipMessage);

  function dropLapsed(): void {
    const nowMs = performance.now();
    let dropped = false;
    for (const [slice, untilMs] of outgoing) {
      if (untilMs <= nowMs) dropped = outgoing.delete(slice) || dropped;
    }
    if (dropped) watch(announced());
  }

  const interval = setInterval(announce, handoverMs(options.settings) / SAID_IN_HANDOVER);
  return {
    setFrontEnds(ids) {
      const next = new Set(slicesAnnouncedBy(memberId, ids));
      const untilMs = performance.now() + expiresInMs;
      for (const slice of current) if (!next.has(slice)) outgoing.set(slice, untilMs);
      for (const slice of next) outgoing.delete(slice);
      current = next;
      watch(announced());
    },
    announceSoon() {
      soon ??= setTimeout(() => {
        soon = undefined;
        announce();
      }, SOON_MS);
    },
    settled: () => soon === undefined,
    accept(request, socket, head) {
      const url = new URL(request.url ?? '/', 'ws://peer');
      const share = Number(url.searchParams.get('share') ?? 0);
      const of = Number(url.searchParams.get('of') ?? 1);
      const valid =
        Number.isInteger(of) &&
        of >= 1 &&
        of <= SHARES_MAX &&
        Number.isInteger(share) &&
        share >= 0 &&
        share < of;
      if (url.pathname !== PEER_PATH || !valid) {
        socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, (accepted) => {
        const listener: Listener = { socket: accepted, share, of };
        listeners.add(listener);
        accepted.on('close', () => listeners.delete(listener));
        // A broken link is the peer's to open again; 'close' follows.
        accepted.on('error', () => accepted.terminate());
        // Else with the next announcement, once they have: its first map waits to hear something, and would take an
        // empty word for all there is.
        if (allVouched()) tell(listener, gather(), new Map());
      });
    },
    [Symbol.dispose]() {
      clearInterval(interval);
      clearTimeout(soon);
      for (const { socket } of listeners) socket.terminate();
      server.close();
    },
  };
}
