import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FrontEndSettings } from '@fleetfall/protocol/settings.ts';
import type { LeaseMessage } from '@fleetfall/protocol/shard-frames.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startAnnouncer } from '../src/peers/announcer.ts';
import { createCarrier } from '../src/peers/carrier.ts';
import type { LinkCarrier } from '../src/peers/link-carrier.ts';
import { createMesh, type Mesh } from '../src/peers/mesh.ts';
import { type AnnouncedOwnership, createAnnouncedOwnership } from '../src/shard-map/announced-ownership.ts';
import { ThreadRefusedError } from '../src/thread-refusal.ts';

const LEASE: LeaseMessage = {
  op: 'lease',
  backEndId: 'be-1',
  leaseEpoch: 1,
  leaseMs: 1_000,
  owners: Array.from({ length: 40 }, (_, index) => [`orders/shard-${index}`, 'be-1', 1] as const),
};

const cleanup = new Set<AsyncDisposable | Disposable>();
afterEach(async () => {
  for (const part of cleanup) await (part as AsyncDisposable)[Symbol.asyncDispose]?.();
  for (const part of cleanup) (part as Disposable)[Symbol.dispose]?.();
  cleanup.clear();
});

/** A peer that announces all slices; where `vouched` is false, only once its first link was accepted. */
async function startPeer(memberId: string, vouched = true) {
  let accepted = vouched;
  const announcer = startAnnouncer({
    memberId,
    settings: { discoveryDelayMaxMs: 300, shardMapMaxAgeMs: 1_000 },
    leases: () => (accepted ? [LEASE] : []),
    // Asked when a link is accepted.
    allVouched() {
      setImmediate(() => {
        accepted = true;
      });
      return accepted;
    },
    watch: () => undefined,
    ownership: createAnnouncedOwnership(),
  });
  announcer.setFrontEnds([memberId]);
  const server: Server = createServer();
  server.on('upgrade', (request, socket, head) => announcer.accept(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.add(announcer);
  cleanup.add({ [Symbol.dispose]: () => void server.close() });
  const { port } = server.address() as AddressInfo;
  return { memberId, role: 'front-end', incarnation: '1', host: '127.0.0.1', port } as const;
}

function startMesh(carrier: LinkCarrier, ownership = createAnnouncedOwnership()) {
  const mesh: Mesh = createMesh({ carrier, ownership, secret: 's', random: () => 0, log: () => undefined });
  cleanup.add(mesh);
  return { mesh, ownership };
}

const settings = (peerLinks: FrontEndSettings['peerLinks'], threadsPerPeer = 1): FrontEndSettings => ({
  peerLinks,
  threadsPerPeer,
  linkPoolThreads: 2,
  uvThreads: 4,
  constructionThread: 'on-demand',
  agedMap: 'refuse',
  missingPeer: 'partial',
  onBuildFailure: 'stop',
  discoveryDelayMaxMs: 300,
  buildIntervalMs: 200,
  shardMapMaxAgeMs: 500,
});

describe('the mesh', () => {
  it.each([
    ['thread-per-peer', 1, 2],
    ['thread-per-peer', 3, 6],
    ['thread-pool', 1, 2],
    ['event-loop', 1, 0],
  ] as const)(
    'hears all that its peers announce by %s with %i threads a peer',
    async (peerLinks, perPeer, threads) => {
      const { mesh, ownership } = startMesh(createCarrier(settings(peerLinks, perPeer)));
      mesh.setPeers([await startPeer('fe-1'), await startPeer('fe-2')]);
      await vi.waitFor(() => expect(mesh.settled()).toBe(true), 10_000);
      const heard = new Set(ownership.entries().map(([shard]) => shard));
      expect(heard.size).toBe(LEASE.owners.length);
      expect(mesh.state()).toMatchObject({
        open: 2 * perPeer,
        wanted: 2 * perPeer,
        threads,
        refusedThreads: 0,
      });
    },
  );

  it('is not told that slices have no owners by a peer that has yet to hear of them', async () => {
    const ownership = createAnnouncedOwnership();
    const heard: number[] = [];
    const hear: AnnouncedOwnership['hear'] = (word) => {
      heard.push(word.slices.flatMap(({ owners }) => owners).length);
      ownership.hear(word);
    };
    const { mesh } = startMesh(createCarrier(settings('event-loop')), { ...ownership, hear });
    mesh.setPeers([await startPeer('fe-1', false)]);
    await vi.waitFor(() => expect(mesh.settled()).toBe(true), 5_000);
    expect(heard[0]).toBe(LEASE.owners.length);
  });

  it('tells for how long all have been open, anew from each change of its peers', async () => {
    const { mesh } = startMesh(createCarrier(settings('event-loop')));
    const allOpenForMs = (): number | null => mesh.state().allOpenForMs;
    const peer = await startPeer('fe-1');
    mesh.setPeers([peer]);
    expect(allOpenForMs()).toBeNull();
    await vi.waitFor(() => expect(allOpenForMs()).toBeGreaterThan(100), 10_000);
    const setAtMs = performance.now();
    mesh.setPeers([peer]);
    expect(allOpenForMs()).toBeLessThanOrEqual(performance.now() - setAtMs);
    mesh.setPeers([peer, await startPeer('fe-2')]);
    expect(allOpenForMs()).toBeNull();
    await vi.waitFor(() => expect(allOpenForMs()).not.toBeNull(), 10_000);
  });

  it('lets the threads of a peer go that is no longer a member', async () => {
    const { mesh } = startMesh(createCarrier(settings('thread-per-peer', 2)));
    const peer = await startPeer('fe-1');
    mesh.setPeers([peer]);
    await vi.waitFor(() => expect(mesh.state().threads).toBe(2), 10_000);
    mesh.setPeers([]);
    await vi.waitFor(() => expect(mesh.state()).toMatchObject({ threads: 0, wanted: 0, open: 0 }), 10_000);
  });

  it('opens links to those that came in place of peers that were being opened', async () => {
    const opened: string[] = [];
    const { mesh } = startMesh({
      linksPerPeer: 1,
      threads: () => 0,
      open({ peerId }) {
        opened.push(peerId);
        return { close: () => Promise.resolve() };
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
    const peers = (...ids: string[]) =>
      ids.map((memberId) => ({ memberId, role: 'front-end', incarnation: '1', host: 'h', port: 1 }) as const);
    mesh.setPeers(peers('fe-1', 'fe-2', 'fe-3'));
    expect(opened).toEqual(['fe-1', 'fe-2']);
    mesh.setPeers(peers('fe-4', 'fe-5'));
    await vi.waitFor(() => expect(opened).toEqual(['fe-1', 'fe-2', 'fe-4', 'fe-5']), 2_000);
  });

  it('counts a refused thread, keeps what it has, and opens the link when a thread is to be had', async () => {
    const real = createCarrier(settings('event-loop'));
    let refusing = true;
    const { mesh } = startMesh({
      ...real,
      open(target, onEvent, onEnd) {
        if (refusing && target.peerId === 'fe-2') throw new ThreadRefusedError('EAGAIN');
        return real.open(target, onEvent, onEnd);
      },
    });
    mesh.setPeers([await startPeer('fe-1'), await startPeer('fe-2')]);
    await vi.waitFor(() => expect(mesh.state()).toMatchObject({ open: 1, wanted: 2 }), 5_000);
    await vi.waitFor(() => expect(mesh.state().refusedThreads).toBeGreaterThan(1), 5_000);
    expect(mesh.settled()).toBe(true);
    expect([mesh.lacksThread('fe-1'), mesh.lacksThread('fe-2')]).toEqual([false, true]);
    refusing = false;
    await vi.waitFor(() => expect(mesh.state().open).toBe(2), 5_000);
    expect(mesh.lacksThread('fe-2')).toBe(false);
  });

  it('gives links of a pool thread that died to those that live, and ends them when none does', async () => {
    await using carrier = createCarrier(settings('thread-pool'));
    const peer = await startPeer('fe-1');
    const url = `ws://${peer.host}:${peer.port}/peer?share=0&of=1`;
    const opened = (linkId: string, at: string): Promise<string> =>
      new Promise((resolve) => {
        const target = { linkId, peerId: 'fe-1', url: at, headers: {} };
        carrier.open(target, ({ type }) => type === 'open' && resolve('open'), resolve);
      });
    // No WebSocket can be made of it: that ends the thread.
    await opened('fatal 1', 'nonsense');
    expect(await Promise.all(['a', 'b', 'c'].map((linkId) => opened(linkId, url)))).toEqual(
      Array(3).fill('open'),
    );
    await opened('fatal 2', 'nonsense');
    expect(await opened('d', url)).toBe('no thread of the pool is left');
  });

  it('opens a link again when the peer comes back', async () => {
    const { mesh } = startMesh(createCarrier(settings('thread-per-peer')));
    const peer = await startPeer('fe-1');
    mesh.setPeers([peer]);
    await vi.waitFor(() => expect(mesh.state().open).toBe(1), 10_000);
    mesh.setPeers([{ ...peer, incarnation: '2' }]);
    await vi.waitFor(() => expect(mesh.state()).toMatchObject({ open: 1, wanted: 1, threads: 1 }), 10_000);
  });

  it('opens links by threads that stand behind those that serve', async () => {
    const peer = await startPeer('fe-2');
    const before = niceValues();
    const { mesh } = startMesh(createCarrier(settings('thread-per-peer', 2)));
    mesh.setPeers([peer]);
    await vi.waitFor(() => expect(mesh.state().open).toBe(2), 10_000);
    expect(niceValues().filter((nice) => nice > 0)).toHaveLength(2);
    expect(before.every((nice) => nice === 0)).toBe(true);
  });
});

/** Of each thread of this process. */
function niceValues(): number[] {
  return readdirSync('/proc/self/task').map((thread) => {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8');
    // proc(5): nice is the 19th field; the second is a name in brackets, which may hold blanks.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });
}
