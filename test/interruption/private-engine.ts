/**
 * A container engine of a test's own beside the host's, which a test may kill: with folders, a socket and a network of its
 * own, so that nothing of the host's is touched. It is found through DOCKER_HOST, by this process and those that it starts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findEngine } from '@fleetfall/orchestrator/runtime/docker/connect.ts';
import { askEngine } from '@fleetfall/orchestrator/runtime/docker/docker-runtime.ts';
import { temporaryFolder } from '../fleetfall.ts';
import { findTool } from '../tools.ts';

/** Half a second on a host that is not busy. */
const START_DEADLINE_MS = 30_000;
const LOOK_INTERVAL_MS = 100;
const LAST_WORDS_LINES = 5;
/**
 * What the engine mounts goes with the last of its processes, and it ends with this one. Its network has no rules of the
 * host's, which would take the members' words to one another for strangers'.
 */
const APART = ['unshare', '--net', '--mount', 'setpriv', '--pdeathsig', 'TERM', 'dockerd'] as const;

/** Why there can be none here; null when there can. */
export const NO_PRIVATE_ENGINE =
  process.getuid?.() !== 0
    ? 'an engine of its own takes the rights of root'
    : (['unshare', 'setpriv', 'dockerd']
        .map((program) => findTool(program, 'FLEETFALL_REQUIRE_DOCKER').leftOut)
        .find((why) => why !== null) ?? null);

export interface PrivateEngine extends AsyncDisposable {
  /** Resolves when it answers. */
  start(): Promise<void>;
  /** Resolves when its process is gone. Killed, it leaves containers behind; told to end, it ends them first. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

/** Whether the process is there, dying or not, whose id a file says. */
function isThere(pidFile: string): boolean {
  return existsSync(pidFile) && existsSync(`/proc/${readFileSync(pidFile, 'utf8').trim()}`);
}

/** An engine that answers, without an image. */
export async function privateEngine(): Promise<PrivateEngine> {
  const folder = await temporaryFolder();
  const socket = `unix://${join(folder.path, 'engine.sock')}`;
  const log = join(folder.path, 'engine.log');
  const otherwise = process.env.DOCKER_HOST;
  process.env.DOCKER_HOST = socket;
  let running: { readonly ended: Promise<unknown>; kill(signal: 'SIGKILL' | 'SIGTERM'): void } | undefined;

  async function start(): Promise<void> {
    const [command, ...before] = APART;
    const args = [
      ...before,
      ...['--host', socket, '--pidfile', join(folder.path, 'engine.pid')],
      ...['--data-root', join(folder.path, 'data'), '--exec-root', join(folder.path, 'exec')],
      ...['--bridge', 'none', '--iptables=false', '--ip6tables=false', '--ip-forward=false'],
    ];
    const words = openSync(log, 'a');
    const engine = spawn(command, args, { stdio: ['ignore', 'ignore', words] });
    closeSync(words);
    const ended = once(engine, 'exit').then(() => {
      running = undefined;
    });
    running = { ended, kill: (signal) => void engine.kill(signal) };
    const deadline = performance.now() + START_DEADLINE_MS;
    for (;;) {
      try {
        return await askEngine(await findEngine(process.env));
      } catch (error) {
        if (running !== undefined && performance.now() < deadline) await delay(LOOK_INTERVAL_MS);
        else throw new Error(`the engine did not start: ${lastWords()}`, { cause: error });
      }
    }
  }

  function lastWords(): string {
    return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-LAST_WORDS_LINES).join('; ');
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const { ended } = running ?? {};
    running?.kill(signal);
    await ended;
    // Its containerd goes with it, a moment later: an engine that finds it dying waits for it in vain.
    while (isThere(join(folder.path, 'exec/containerd/containerd.pid'))) await delay(LOOK_INTERVAL_MS);
  }

  async function dispose(): Promise<void> {
    try {
      // One that was killed left its containers running: only an engine that starts again ends them.
      if (running === undefined) await start();
      await end('SIGTERM');
    } finally {
      if (otherwise === undefined) delete process.env.DOCKER_HOST;
      else process.env.DOCKER_HOST = otherwise;
      folder[Symbol.dispose]();
    }
  }
  try {
    await start();
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
  return { start, end, [Symbol.asyncDispose]: dispose };
}
