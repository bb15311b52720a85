import { readBody, sendJson, startListener } from '@fleetfall/member/listener.ts';
import { connectMetadata } from '@fleetfall/member/metadata-client.ts';
import { METADATA_PATHS, type Member, type MembershipView } from '@fleetfall/protocol/membership.ts';
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

it('counts how long another is known from its present incarnation on', async () => {
  let view: MembershipView = { version: 1, members: [peerOf('1')] };
  await using store = await startListener({
    listen: { host: '127.0.0.1', port: 0 },
    secret: 's',
    onRequest: (request, response) =>
      request.url === METADATA_PATHS.membership
        ? sendJson(response, 200, view)
        : sendJson(response, 200, { leaseMs: 60_000, membershipVersion: 1, configurationVersion: 0 }),
    onError: () => undefined,
  });
  using client = connectMetadata(store.endpoint, 's');
  await using watch = watchMembership({
    client,
    self: { ...peerOf('1'), memberId: 'fe-1' },
    discoveryDelayMaxMs: 20,
    random: () => 0,
    onChange: () => undefined,
    log: () => undefined,
  });
  expect(watch.knownForMs('fe-2')).toBe(0);
  await expect.poll(() => watch.knownForMs('fe-2')).toBeGreaterThan(0);
  const learnedAtMs = watch.learnedAtMs();
  const changedAtMs = performance.now();
  view = { version: 2, members: [peerOf('2')] };
  await expect.poll(() => watch.version()).toBe(2);
  expect(watch.knownForMs('fe-2')).toBeLessThanOrEqual(performance.now() - changedAtMs);
  expect(watch.learnedAtMs()).toEqual(learnedAtMs);
});

function peerOf(incarnation: string): Member {
  return { memberId: 'fe-2', role: 'front-end', incarnation, host: '127.0.0.1', port: 1 };
}
