/**
 * Members as real programs in processes of their own, which can be killed, stopped and given a disk that is full; and
 * requests to a member, wherever it runs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { accessHeaders } from '@fleetfall/protocol/access.ts';
import type { BackEndBoot, FrontEndBoot, MetadataBoot, ObserverBoot } from '@fleetfall/protocol/boot.ts';
import type { Endpoint } from '@fleetfall/protocol/membership.ts';
import { vi } from 'vitest';

export const SECRET = 'a secret of this test';
const READY_DEADLINE_MS = 15_000;

export interface RunningProgram extends AsyncDisposable {
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM. @returns its exit code. */
  stop(): Promise<number | null>;
}

/**
 * Starts a program with its boot line. Its standard input stays open, since its end would end the member.
 * @param main its entry point.
 * @param fileBlocksMax the largest file that it may write, in blocks of the shell's `ulimit -f`; past that a write
 *   fails as on a full disk.
 */
export function startProgram(
  main: string,
  boot: BackEndBoot | FrontEndBoot | MetadataBoot | ObserverBoot,
  fileBlocksMax?: number,
): RunningProgram {
  const limited = `trap '' XFSZ; ulimit -f ${fileBlocksMax}; exec "$0" "$@"`;
  const command = [process.execPath, main];
  const [program, ...args] = fileBlocksMax === undefined ? command : ['sh', '-c', limited, ...command];
  const child = spawn(program as string, args, { stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin.write(`${JSON.stringify(boot)}\n`);
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    child.kill(signal);
    await once(child, 'exit');
    return child.exitCode;
  };
  return {
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    [Symbol.asyncDispose]: async () => void (await end('SIGKILL')),
  };
}

/** Asks a member for one of its pages. */
export function ask(
  { host, port }: Endpoint,
  path: string,
  headers: Record<string, string> = accessHeaders(SECRET),
): Promise<Response> {
  return fetch(`http://${host}:${port}${path}`, { headers });
}

/** Waits until a member listens and says that it is ready. */
export async function untilReady(endpoint: Endpoint): Promise<void> {
  const isReady = (): Promise<boolean> =>
    ask(endpoint, '/readyz').then(
      ({ ok }) => ok,
      () => false, // nobody listens yet
    );
  await vi.waitUntil(isReady, { interval: 20, timeout: READY_DEADLINE_MS });
}

/** An address with a port that nobody listens on. */
export async function freeEndpoint(host: string): Promise<Endpoint> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return { host, port };
}
