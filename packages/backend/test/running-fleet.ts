/**
 * A metadata store in this process and back-ends beside it: in this process too, or as the real program in a
 * process of its own, which can be killed and given a disk that is full.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectMetadata } from '@fleetfall/member/metadata-client.ts';
import type { BackEndBoot } from '@fleetfall/protocol/boot.ts';
import type { BackEndState } from '@fleetfall/protocol/member-state.ts';
import type { Endpoint } from '@fleetfall/protocol/membership.ts';
import { vi } from 'vitest';
import {
  ask,
  freeEndpoint,
  type RunningProgram,
  SECRET,
  startProgram,
  untilReady,
} from '../../member/test/running-program.ts';
import { startStore, temporaryFolder } from '../../metadata/test/running-metadata.ts';
import { startBackEnd } from '../src/back-end.ts';

export const BACK_END_ID = 'be-1';
const MEMBER_LEASE_MS = 600;
const SHARDS_DEADLINE_MS = 15_000;
const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

const context = {
  signal: new AbortController().signal,
  emit: () => undefined,
  unreadBytes: () => 0,
  log: () => undefined,
};

export interface Fleet extends AsyncDisposable {
  readonly metadata: Endpoint;
  /** Where the back-ends keep their logs, a folder each. */
  readonly dataDir: string;
  createStream(name: string, shardCount: number): Promise<void>;
  members(): Promise<string[]>;
}

export async function startFleet(): Promise<Fleet> {
  await using parts = new AsyncDisposableStack();
  const folder = parts.use(await temporaryFolder());
  const metadata = parts.use(await startStore(join(folder.path, 'metadata'), MEMBER_LEASE_MS));
  const client = parts.use(connectMetadata(metadata.endpoint, SECRET));
  const started = parts.move();
  return {
    metadata: metadata.endpoint,
    dataDir: folder.path,
    createStream: (name, shardCount) => client.createStream({ name, shardCount }),
    members: async () => (await client.membership())?.members.map(({ memberId }) => memberId) ?? [],
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

export interface RunningBackEnd extends AsyncDisposable {
  readonly endpoint: Endpoint;
}

/** A back-end in this process, once it is ready. */
export async function startInProcess(
  fleet: Fleet,
  leaseMs = 300,
  memberId = BACK_END_ID,
): Promise<RunningBackEnd> {
  const listen = { host: '127.0.0.1', port: 0 };
  const backEnd = await startBackEnd(bootOf(fleet, listen, leaseMs, memberId), context);
  await untilReady(backEnd.endpoint);
  return backEnd;
}

export type ChildBackEnd = RunningBackEnd & RunningProgram;

/**
 * The real program in a process of its own, once it is ready.
 * @param fileBlocksMax see `startProgram`.
 */
export async function startChild(fleet: Fleet, fileBlocksMax?: number): Promise<ChildBackEnd> {
  const endpoint = await freeEndpoint('127.0.0.2');
  await using guard = new AsyncDisposableStack();
  const program = guard.use(startProgram(MAIN, bootOf(fleet, endpoint, 300, BACK_END_ID), fileBlocksMax));
  await untilReady(endpoint);
  guard.move();
  return { ...program, endpoint };
}

export async function stateOf({ endpoint }: RunningBackEnd): Promise<BackEndState> {
  return (await ask(endpoint, '/debug/state')).json() as Promise<BackEndState>;
}

/** Waits until a back-end holds so many shards. */
export async function untilShards(backEnd: RunningBackEnd, count: number): Promise<void> {
  await vi.waitUntil(async () => (await stateOf(backEnd)).shards === count, { timeout: SHARDS_DEADLINE_MS });
}

function bootOf(fleet: Fleet, listen: Endpoint, leaseMs: number, memberId: string): BackEndBoot {
  return {
    role: 'back-end',
    runId: 'test',
    memberId,
    secret: SECRET,
    listen,
    metadata: fleet.metadata,
    dataDir: join(fleet.dataDir, memberId),
    settings: { leaseMs },
  };
}
