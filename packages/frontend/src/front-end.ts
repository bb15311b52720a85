/**
 * A front-end: its parts made and tied together. A request enters at the front door and leaves by the router; a
 * thread is made by a link's carrier or by the construction pool, and nowhere else.
 */
import { randomUUID } from 'node:crypto';
import { startListener } from '@fleetfall/member/listener.ts';
import { connectMetadata } from '@fleetfall/member/metadata-client.ts';
import type { MemberContext, StartedMember } from '@fleetfall/member/run-member.ts';
import { ownKernelReader, stateRoutes } from '@fleetfall/member/state-routes.ts';
import type { FrontEndBoot } from '@fleetfall/protocol/boot.ts';
import type { FrontEndState, LinkState } from '@fleetfall/protocol/member-state.ts';
import type { Endpoint, Member } from '@fleetfall/protocol/membership.ts';
import { createConfigurationCache } from './discovery/configuration-cache.ts';
import { type MembershipWatch, watchMembership } from './discovery/membership-watch.ts';
import { seededRandom } from './jitter.ts';
import { createFrontDoor } from './kinesis/front-door.ts';
import { knownPeers } from './known-peers.ts';
import { createFrontEndMetrics } from './metrics.ts';
import { type Announcer, startAnnouncer } from './peers/announcer.ts';
import { createCarrier } from './peers/carrier.ts';
import { createMesh } from './peers/mesh.ts';
import { findRoomToBoot } from './room-to-boot.ts';
import { createBackEndLinks } from './route/back-end-links.ts';
import { createRouter } from './route/router.ts';
import { createAnnouncedOwnership } from './shard-map/announced-ownership.ts';
import { startMapBuilder } from './shard-map/builder.ts';
import { createConstructionPool } from './shard-map/construction-pool.ts';
import { createMapSources } from './shard-map/sources.ts';

export interface StartedFrontEnd extends StartedMember {
  /** Where it listens: the port is the one it got when the boot line said 0. */
  readonly endpoint: Endpoint;
}

/** @throws when the address is taken, or the limit on threads leaves no room to serve. */
export async function startFrontEnd(boot: FrontEndBoot, context: MemberContext): Promise<StartedFrontEnd> {
  const { memberId, secret, settings, callFrom } = boot;
  const { log } = context;
  const bootedAtMs = performance.now();
  const incarnation = randomUUID();
  const random = seededRandom(`${boot.seed}/${memberId}/${incarnation}`);
  const kernel = ownKernelReader();
  await findRoomToBoot(kernel, settings.uvThreads, log);

  await using parts = new AsyncDisposableStack();
  const client = parts.use(connectMetadata(boot.metadata, secret, callFrom));
  const configuration = createConfigurationCache(client);
  const ownership = createAnnouncedOwnership();
  // The parts that follow know one another only through these two: each may be asked before the other is made.
  let announcer: Announcer | undefined;
  let membership: MembershipWatch | undefined;

  const backEnds = parts.use(createBackEndLinks({ secret, callFrom }, () => announcer?.announceSoon(), log));
  const mesh = parts.use(
    createMesh({ carrier: createCarrier(settings), ownership, secret, callFrom, random, log }),
  );
  announcer = parts.use(
    startAnnouncer({
      memberId,
      settings,
      leases: () => backEnds.leases(),
      allVouched: () => backEnds.allVouched(),
      watch: (slices) => backEnds.watch(slices),
      ownership,
    }),
  );
  const sources = createMapSources({
    settings,
    configuration,
    ownership,
    mesh,
    backEnds,
    announcer,
    membership: () => membership,
    log,
  });
  const pool = createConstructionPool(settings.constructionThread);
  const builder = parts.use(startMapBuilder({ settings, sources, pool, random, log }));
  const router = createRouter(settings, builder, backEnds);

  const state = (): FrontEndState => ({
    role: 'front-end',
    memberId,
    incarnation,
    upMs: Math.round(performance.now() - bootedAtMs),
    kernel: kernel(),
    membership: { version: membership?.version() ?? -1, learnedAtMs: membership?.learnedAtMs() ?? {} },
    links: mesh.state(),
    shardMap: builder.state(),
    routing: router.state(),
  });
  const linksTo = ({ memberId: peerId, role }: Member): LinkState[] =>
    role === 'front-end' ? mesh.linksTo(peerId) : [backEnds.get(peerId)?.state() ?? 'waiting'];
  const common = stateRoutes({
    state,
    detail: () =>
      knownPeers([...(membership?.frontEnds() ?? []), ...(membership?.backEnds() ?? [])], linksTo),
    ready: () => membership?.registered() ?? false,
    metrics: (format) => createFrontEndMetrics(state, format),
  });
  const frontDoor = createFrontDoor({ router, streams: { configuration, metadata: client, builder }, log });
  const listener = parts.use(
    await startListener({
      listen: boot.listen,
      secret,
      alsoKnownAs: [memberId, ...(boot.alsoKnownAs ?? [])],
      onRequest: async (request, response) => {
        if (!(await common(request, response))) await frontDoor(request, response);
      },
      onUpgrade: (request, socket, head) => announcer.accept(request, socket, head),
      onError: (error) => log(`a request failed: ${String(error)}`),
    }),
  );

  const self: Member = { memberId, role: 'front-end', incarnation, ...listener.endpoint };
  const watch = watchMembership({
    client,
    self,
    discoveryDelayMaxMs: settings.discoveryDelayMaxMs,
    random,
    onChange: () => {
      mesh.setPeers(watch.frontEnds());
      backEnds.setBackEnds(watch.backEnds());
      announcer.setFrontEnds([memberId, ...watch.frontEnds().map((peer) => peer.memberId)]);
      // Peers that linked before all back-ends had vouched are told now, and no map is constructed before that.
      announcer.announceSoon();
      builder.membershipChanged();
    },
    log,
  });
  membership = parts.use(watch);

  const started = parts.move();
  return { endpoint: listener.endpoint, [Symbol.asyncDispose]: () => started.disposeAsync() };
}
