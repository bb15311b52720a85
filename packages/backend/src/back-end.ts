/**
 * A back-end: its parts made and tied together. It owns shards, keeps their records in one log, vouches for them
 * to the front-ends that watch, and never looks at what routes to it.
 */
import { randomUUID } from 'node:crypto';
import { sendJson, startListener } from '@fleetfall/member/listener.ts';
import { connectMetadata } from '@fleetfall/member/metadata-client.ts';
import type { Registration } from '@fleetfall/member/registration.ts';
import type { MemberContext, StartedMember } from '@fleetfall/member/run-member.ts';
import { ownKernelReader, stateRoutes } from '@fleetfall/member/state-routes.ts';
import type { BackEndBoot } from '@fleetfall/protocol/boot.ts';
import type { BackEndState } from '@fleetfall/protocol/member-state.ts';
import type { Endpoint } from '@fleetfall/protocol/membership.ts';
import { watchConfiguration } from './configuration-watch.ts';
import { takeLeaseEpoch } from './leases/lease-epoch.ts';
import { createOwnedShards } from './leases/owned-shards.ts';
import { startWatchers } from './leases/watchers.ts';
import { type BackEndLoad, createBackEndMetrics } from './metrics.ts';
import { openShardLog } from './storage/shard-log.ts';
import { createAnswerer } from './wire/answer.ts';
import { createConnections } from './wire/connections.ts';

export interface StartedBackEnd extends StartedMember {
  /** Where it listens: the port is the one it got when the boot line said 0. */
  readonly endpoint: Endpoint;
}

/**
 * Opens the log in `boot.dataDir` and listens; registers in the background, since the metadata store may come up
 * later. Readiness tells when it is a member and holds its shards.
 * @throws when the address is taken, or the log cannot be opened.
 */
export async function startBackEnd(boot: BackEndBoot, context: MemberContext): Promise<StartedBackEnd> {
  const { memberId, secret } = boot;
  const { log } = context;
  const bootedAtMs = performance.now();
  const incarnation = randomUUID();
  const kernel = ownKernelReader();
  let registration: Registration | undefined;

  await using parts = new AsyncDisposableStack();
  const shardLog = parts.use(await openShardLog(boot.dataDir, log));
  const leaseEpoch = await takeLeaseEpoch(boot.dataDir);
  const owned = createOwnedShards(memberId, leaseEpoch);
  const watchers = parts.use(
    startWatchers({ backEndId: memberId, leaseEpoch, leaseMs: boot.settings.leaseMs, owned }),
  );
  const answerer = createAnswerer(memberId, owned, shardLog);
  const connections = parts.use(createConnections({ answerer, watchers, log }));

  const state = (): BackEndState => ({
    role: 'back-end',
    memberId,
    incarnation,
    upMs: Math.round(performance.now() - bootedAtMs),
    kernel: kernel(),
    shards: owned.count,
    leaseEpoch,
    appended: answerer.appended,
    commits: shardLog.commits,
    failedAppends: answerer.failedAppends,
  });
  const load = (): BackEndLoad => ({
    connections: connections.count,
    watchers: watchers.count,
    inFlight: shardLog.inFlight,
    truncatedBytes: shardLog.recovered.truncatedBytes,
  });
  const common = stateRoutes({
    state,
    ready: () => registration?.registered() ?? false,
    metrics: (format) => createBackEndMetrics(state, load, format),
  });
  const listener = parts.use(
    await startListener({
      listen: boot.listen,
      secret,
      alsoKnownAs: [memberId],
      onRequest: async (request, response) => {
        if (await common(request, response)) return;
        sendJson(response, 404, { message: `There is no ${request.method} ${request.url} here` });
      },
      onUpgrade: (request, socket, head) => connections.accept(request, socket, head),
      onError: (error) => log(`a request failed: ${String(error)}`),
    }),
  );
  const client = parts.use(connectMetadata(boot.metadata, secret, boot.callFrom));
  registration = parts.use(
    watchConfiguration({
      client,
      self: { memberId, role: 'back-end', incarnation, ...listener.endpoint },
      onConfiguration: (configuration) => watchers.slicesChanged(owned.assign(configuration)),
      log,
    }),
  );

  const started = parts.move();
  return { endpoint: listener.endpoint, [Symbol.asyncDispose]: () => started.disposeAsync() };
}
