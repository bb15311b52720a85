/**
 * A whole service in this process, small and real: a metadata store, back-ends, and a front-end that is asked over HTTP,
 * call by call or by the AWS SDK.
 */
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { accessHeaders } from '@fleetfall/protocol/access.ts';
import type { FrontEndBoot } from '@fleetfall/protocol/boot.ts';
import { AMZ_JSON, type KinesisAction, REASON_HEADER, TARGET_PREFIX } from '@fleetfall/protocol/kinesis.ts';
import type { FrontEndState, KnownPeers } from '@fleetfall/protocol/member-state.ts';
import type { Endpoint } from '@fleetfall/protocol/membership.ts';
import type { FrontEndSettings } from '@fleetfall/protocol/settings.ts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { vi } from 'vitest';
import {
  type Fleet,
  type RunningBackEnd,
  startFleet,
  startInProcess,
  stateOf,
} from '../../backend/test/running-fleet.ts';
import { ask, SECRET, untilReady } from '../../member/test/running-program.ts';
import { startFrontEnd } from '../src/front-end.ts';

const SERVED_DEADLINE_MS = 15_000;

/** Quick, and without a thread but the one that constructs. */
const SETTINGS: FrontEndSettings = {
  peerLinks: 'event-loop',
  threadsPerPeer: 1,
  linkPoolThreads: 1,
  uvThreads: 4,
  constructionThread: 'resident',
  agedMap: 'refuse',
  missingPeer: 'partial',
  onBuildFailure: 'retry',
  discoveryDelayMaxMs: 200,
  buildIntervalMs: 100,
  shardMapMaxAgeMs: 2_000,
};

export function bootOf(
  metadata: Endpoint,
  settings: Partial<FrontEndSettings> = {},
  memberId = 'fe-1',
  listen: Endpoint = { host: '127.0.0.1', port: 0 },
): FrontEndBoot {
  return {
    role: 'front-end',
    runId: 'test',
    memberId,
    secret: SECRET,
    listen,
    metadata,
    settings: { ...SETTINGS, ...settings },
    seed: 'a seed of this test',
  };
}

/** What a front-end answered to a call. */
export interface Answered {
  readonly status: number;
  readonly type: string | null;
  readonly reason: string | null;
  readonly requestId: string | null;
  readonly errorType: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: a body is looked at field by field, whatever it turned out to be.
  readonly body: any;
}

export interface RunningFrontEnd extends AsyncDisposable {
  readonly endpoint: Endpoint;
  /** An AWS client as applications make it, but for the run's secret, HTTP/1.1, and that it tries once. */
  readonly client: KinesisClient;
  state(): Promise<FrontEndState & KnownPeers>;
  /** Calls an action with a body as it is. */
  call(action: KinesisAction, body: object | string): Promise<Answered>;
  /** Waits until a stream has an owner for each shard in the front-end's map. */
  untilActive(stream: string): Promise<void>;
}

/** A front-end in this process, once it listens. */
export async function startInProcessFrontEnd(
  metadata: Endpoint,
  settings: Partial<FrontEndSettings> = {},
  memberId = 'fe-1',
): Promise<RunningFrontEnd> {
  await using parts = new AsyncDisposableStack();
  const context = {
    signal: new AbortController().signal,
    emit: () => undefined,
    unreadBytes: () => 0,
    log: () => undefined,
  };
  const { endpoint } = parts.use(await startFrontEnd(bootOf(metadata, settings, memberId), context));
  const client = connectClient(endpoint);
  parts.defer(() => client.destroy());
  const call = (action: KinesisAction, body: object | string): Promise<Answered> =>
    post(endpoint, { ...accessHeaders(SECRET), 'x-amz-target': TARGET_PREFIX + action }, body);
  const started = parts.move();
  return {
    endpoint,
    client,
    state: async () => (await ask(endpoint, '/debug/state')).json() as Promise<FrontEndState & KnownPeers>,
    call,
    async untilActive(stream) {
      await vi.waitUntil(
        async () => {
          const { body } = await call('DescribeStreamSummary', { StreamName: stream });
          return body.StreamDescriptionSummary?.StreamStatus === 'ACTIVE';
        },
        { interval: 20, timeout: SERVED_DEADLINE_MS },
      );
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

export interface Service extends AsyncDisposable {
  readonly fleet: Fleet;
  readonly frontEnd: RunningFrontEnd;
  /** By their ids. */
  readonly backEnds: ReadonlyMap<string, RunningBackEnd>;
}

export interface ServiceOptions {
  /** @default ['be-1'] */
  readonly backEndIds?: readonly string[];
  /** Streams that are there before the front-end starts, with how many shards each. */
  readonly streams?: Readonly<Record<string, number>>;
  readonly settings?: Partial<FrontEndSettings>;
  /** How long a back-end's word stands: as long as this process may stand still unnoticed. @default 5000 */
  readonly leaseMs?: number;
}

/** A service whose streams are served when it is returned. */
export async function startService({
  backEndIds = ['be-1'],
  streams = {},
  settings = {},
  leaseMs = 5_000,
}: ServiceOptions = {}): Promise<Service> {
  await using parts = new AsyncDisposableStack();
  const fleet = parts.use(await startFleet());
  const backEnds = new Map<string, RunningBackEnd>();
  for (const id of backEndIds) backEnds.set(id, parts.use(await startInProcess(fleet, leaseMs, id)));
  for (const [name, shardCount] of Object.entries(streams)) await fleet.createStream(name, shardCount);
  await untilHeld(
    [...backEnds.values()],
    Object.values(streams).reduce((sum, count) => sum + count, 0),
  );
  const frontEnd = parts.use(await startInProcessFrontEnd(fleet.metadata, settings));
  await untilReady(frontEnd.endpoint);
  for (const name of Object.keys(streams)) await frontEnd.untilActive(name);
  const started = parts.move();
  return { fleet, frontEnd, backEnds, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

/** Waits until so many shards are held by back-ends: a map that is built before has no owners for the others. */
async function untilHeld(backEnds: readonly RunningBackEnd[], count: number): Promise<void> {
  await vi.waitUntil(
    async () => {
      const states = await Promise.all(backEnds.map(stateOf));
      return states.reduce((sum, { shards }) => sum + shards, 0) === count;
    },
    { interval: 20, timeout: SERVED_DEADLINE_MS },
  );
}

/** Posts a body as a Kinesis client does. */
export async function post(
  { host, port }: Endpoint,
  headers: Record<string, string>,
  body: object | string,
): Promise<Answered> {
  const answer = await fetch(`http://${host}:${port}/`, {
    method: 'POST',
    headers: { 'content-type': AMZ_JSON, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    reason: answer.headers.get(REASON_HEADER),
    requestId: answer.headers.get('x-amzn-requestid'),
    errorType: answer.headers.get('x-amzn-errortype'),
    body: text === '' ? undefined : JSON.parse(text),
  };
}

function connectClient({ host, port }: Endpoint): KinesisClient {
  const client = new KinesisClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'anyone', secretAccessKey: 'anything' },
    endpoint: `http://${host}:${port}`,
    maxAttempts: 1,
    // The SDK's own choice for Kinesis is HTTP/2, which front-ends do not speak.
    requestHandler: new NodeHttpHandler(),
  });
  client.middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as { headers: object }).headers, accessHeaders(SECRET));
      return next(args);
    },
    { step: 'build', name: 'secret' },
  );
  return client;
}
