/**
 * A metadata store in this process and back-ends beside it: in this process too, or as the real program in a
 * process of its own, which can be killed and given a disk that is full.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectMetadata } from '@fleetfall/member/metadata-client.ts';
import { startMetadata } from '@fleetfall/metadata/metadata.ts';
import { accessHeaders } from '@fleetfall/protocol/access.ts';
import type { BackEndBoot } from '@fleetfall/protocol/boot.ts';
import type { BackEndState } from '@fleetfall/protocol/member-state.ts';
import type { Endpoint } from '@fleetfall/protocol/membership.ts';
import { vi } from 'vitest';
import { startBackEnd } from '../src/back-end.ts';

export const SECRET = 'a secret of this test';
export const BACK_END_ID = 'be-1';
const READY_DEADLINE_MS = 15_000;
const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

const context = {
  signal: new AbortController().signal,
  emit: () => undefined,
  log: () => undefined,
};

/** A folder that is gone with its scope. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'fleetfall-backend-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

export interface Fleet extends AsyncDisposable {
  readonly metadata: Endpoint;
  /** Where the back-ends keep their logs. */
  readonly dataDir: string;
  createStream(name: string, shardCount: number): Promise<void>;
  members(): Promise<string[]>;
}

export async function startFleet(): Promise<Fleet> {
  await using parts = new AsyncDisposableStack();
  const folder = parts.use(await temporaryFolder());
  const metadata = parts.use(
    await startMetadata(
      {
        role: 'metadata',
        runId: 'test',
        memberId: 'metadata-1',
        secret: SECRET,
        listen: { host: '127.0.0.1', port: 0 },
        dataDir: join(folder.path, 'metadata'),
        settings: { memberLeaseMs: 600 },
      },
      context,
    ),
  );
  const client = parts.use(connectMetadata(metadata.endpoint, SECRET));
  const started = parts.move();
  return {
    metadata: metadata.endpoint,
    dataDir: join(folder.path, 'back-end'),
    createStream: (name, shardCount) => client.createStream({ name, shardCount }),
    members: async () => (await client.membership())?.members.map(({ memberId }) => memberId) ?? [],
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

export interface RunningBackEnd extends AsyncDisposable {
  readonly endpoint: Endpoint;
}

/** A back-end in this process, once it is ready. */
export async function startInProcess(fleet: Fleet, leaseMs = 300): Promise<RunningBackEnd> {
  const backEnd = await startBackEnd(bootOf(fleet, { host: '127.0.0.1', port: 0 }, leaseMs), context);
  await untilReady(backEnd.endpoint);
  return backEnd;
}

export interface ChildBackEnd extends RunningBackEnd {
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM. @returns its exit code. */
  stop(): Promise<number | null>;
}

/**
 * The real program in a process of its own, once it is ready.
 * @param fileBlocksMax the largest file that it may write, in blocks of the shell's `ulimit -f`; past that a write
 *   fails as on a full disk.
 */
export async function startChild(fleet: Fleet, fileBlocksMax?: number): Promise<ChildBackEnd> {
  const endpoint = { host: '127.0.0.2', port: await freePort('127.0.0.2') };
  const limited = `trap '' XFSZ; ulimit -f ${fileBlocksMax}; exec "$0" "$@"`;
  const command = [process.execPath, MAIN];
  const [program, ...args] = fileBlocksMax === undefined ? command : ['sh', '-c', limited, ...command];
  const child = spawn(program as string, args, { stdio: ['pipe', 'ignore', 'inherit'] });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    child.kill(signal);
    await once(child, 'exit');
    return child.exitCode;
  };
  await using guard = new AsyncDisposableStack();
  guard.defer(() => void end('SIGKILL'));
  writeBootLine(child, bootOf(fleet, endpoint, 300));
  await untilReady(endpoint);
  guard.move();
  return {
    endpoint,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    [Symbol.asyncDispose]: async () => void (await end('SIGKILL')),
  };
}

/** Asks a back-end for one of its pages. */
export function ask(
  { host, port }: Endpoint,
  path: string,
  headers = accessHeaders(SECRET),
): Promise<Response> {
  return fetch(`http://${host}:${port}${path}`, { headers });
}

export async function stateOf({ endpoint }: RunningBackEnd): Promise<BackEndState> {
  return (await ask(endpoint, '/debug/state')).json() as Promise<BackEndState>;
}

/** Waits until a back-end holds so many shards. */
export async function untilShards(backEnd: RunningBackEnd, count: number): Promise<void> {
  await vi.waitUntil(async () => (await stateOf(backEnd)).shards === count, { timeout: READY_DEADLINE_MS });
}

function bootOf(fleet: Fleet, listen: Endpoint, leaseMs: number): BackEndBoot {
  return {
    role: 'back-end',
    runId: 'test',
    memberId: BACK_END_ID,
    secret: SECRET,
    listen,
    metadata: fleet.metadata,
    dataDir: fleet.dataDir,
    settings: { leaseMs },
  };
}

function writeBootLine(child: ChildProcess, boot: BackEndBoot): void {
  // Standard input stays open: its end would end the child.
  child.stdin?.write(`${JSON.stringify(boot)}\n`);
}

async function untilReady(endpoint: Endpoint): Promise<void> {
  const isReady = (): Promise<boolean> =>
    ask(endpoint, '/readyz').then(
      ({ ok }) => ok,
      () => false, // nobody listens yet
    );
  await vi.waitUntil(isReady, { interval: 20, timeout: READY_DEADLINE_MS });
}

async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
