/**
 * The metadata store: one process that says who is a member, which streams there are, and which back-end each
 * shard is assigned to. Its parts are made and tied together here; what survives a restart is in `store.ts`.
 */
import { randomUUID } from 'node:crypto';
import { startListener } from '@fleetfall/member/listener.ts';
import type { MemberContext, StartedMember } from '@fleetfall/member/run-member.ts';
import { ownKernelReader, stateRoutes } from '@fleetfall/member/state-routes.ts';
import type { MetadataBoot } from '@fleetfall/protocol/boot.ts';
import type { MetadataState } from '@fleetfall/protocol/member-state.ts';
import type { Endpoint } from '@fleetfall/protocol/membership.ts';
import { createMetadataMetrics } from './metrics.ts';
import { startRegistrar } from './registrar.ts';
import { metadataRoutes } from './routes.ts';
import { openStore } from './store.ts';

export interface StartedMetadata extends StartedMember {
  /** Where it listens: the port is the one it got when the boot line said 0. */
  readonly endpoint: Endpoint;
}

/**
 * Opens the store in `boot.dataDir` and serves it.
 * @throws when the address is taken, or when the store is held by another process or of another layout.
 */
export async function startMetadata(boot: MetadataBoot, context: MemberContext): Promise<StartedMetadata> {
  const { log } = context;
  const bootedAtMs = performance.now();
  const incarnation = randomUUID();
  const kernel = ownKernelReader();
  let requests = 0;

  await using parts = new AsyncDisposableStack();
  const store = parts.use(openStore(boot.dataDir));
  const registrar = parts.use(startRegistrar({ store, memberLeaseMs: boot.settings.memberLeaseMs, log }));

  const state = (): MetadataState => ({
    role: 'metadata',
    memberId: boot.memberId,
    incarnation,
    upMs: Math.round(performance.now() - bootedAtMs),
    kernel: kernel(),
    membershipVersion: store.membership().version,
    configurationVersion: store.configuration().version,
    members: store.membership().members.length,
    requests,
  });
  const common = stateRoutes({
    state,
    ready: () => true,
    metrics: (format) => createMetadataMetrics(state, format),
  });
  const routes = metadataRoutes(store, registrar);
  const listener = parts.use(
    await startListener({
      listen: boot.listen,
      secret: boot.secret,
      alsoKnownAs: ['metadata', boot.memberId],
      onRequest: async (request, response) => {
        if (await common(request, response)) return;
        requests += 1;
        await routes(request, response);
      },
      onError: (error) => log(`a request failed: ${String(error)}`),
    }),
  );

  const started = parts.move();
  return { endpoint: listener.endpoint, [Symbol.asyncDispose]: () => started.disposeAsync() };
}
