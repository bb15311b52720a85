import { readBody, sendJson, startListener } from '@fleetfall/member/listener.ts';
import { connectMetadata } from '@fleetfall/member/metadata-client.ts';
import { METADATA_PATHS } from '@fleetfall/protocol/membership.ts';
import { expect, it } from 'vitest';
import { watchMembership } from '../src/discovery/membership-watch.ts';

it('says goodbye only when no heartbeat is under way, which would register the member again', async () => {
  const heard: string[] = [];
  const heartbeat = Promise.withResolvers<void>();
  await using store = await startListener({
    listen: { host: '127.0.0.1', port: 0 },
    secret: 's',
    async onRequest(request, response) {
      await readBody(request);
      const isHeartbeat = request.url === METADATA_PATHS.heartbeat;
      heard.push(isHeartbeat ? 'heartbeat' : 'goodbye');
      if (isHeartbeat) await heartbeat.promise;
      heard.push('answered');
      sendJson(response, 200, { leaseMs: 60_000, membershipVersion: 0, configurationVersion: 0 });
    },
    onError: () => undefined,
  });
  using client = connectMetadata(store.endpoint, 's');
  const watch = watchMembership({
    client,
    self: { memberId: 'fe-1', role: 'front-end', incarnation: '1', host: '127.0.0.1', port: 1 },
    discoveryDelayMaxMs: 60_000,
    random: () => 0,
    onChange: () => undefined,
    log: () => undefined,
  });
  await expect.poll(() => heard).toEqual(['heartbeat']);
  const left = watch[Symbol.asyncDispose]();
  setTimeout(heartbeat.resolve, 50);
  await left;
  expect(heard).toEqual(['heartbeat', 'answered', 'goodbye', 'answered']);
});
