/** Runs one client against a server and measures, in its steady part, what a request costs it. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const SERVER = join(import.meta.dirname, 'target-server.ts');
/** Ticks of /proc/<pid>/stat: USER_HZ, 100 on every Linux that Node runs on. */
const TICK_MS = 10;
const WARM_UP_MS = 2_500;

export interface TargetServer extends AsyncDisposable {
  readonly url: string;
  requests(): Promise<number>;
}

export async function startTarget(): Promise<TargetServer> {
  const child = fork(SERVER, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    url: `http://127.0.0.1:${port}/`,
    async requests() {
      const answer = once(child, 'message') as Promise<[{ requests: number }]>;
      child.send('count');
      return (await answer)[0].requests;
    },
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

/** CPU time of a process with its threads, in milliseconds. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

export function rssBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024;
}

export interface Measured {
  readonly requestsPerSecond: number;
  readonly microsecondsPerRequest: number;
  /** Processor cores that the client used. */
  readonly cores: number;
  readonly stdout: string;
}

/** What is told of a client that failed. */
const LAST_WORDS_CHARACTERS = 2_000;

/** Starts a client; its output is kept. One that fails and says nothing is an error, with its last words. */
export function startClient(
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): { readonly child: ChildProcess; readonly ended: Promise<string> } {
  const [file = '', ...args] = command;
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let stdout = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = `${lastWords}${text}`.slice(-LAST_WORDS_CHARACTERS);
  });
  const ended = once(child, 'close').then(([code]) => {
    if (stdout === '' && code !== 0) throw new Error(`${command.join(' ')} said nothing: ${lastWords}`);
    return stdout;
  });
  return { child, ended };
}

/** @param steadyMs how long to measure, after the warm-up; the client has to run for longer. */
export async function measureClient(
  command: (url: string) => readonly string[],
  steadyMs: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<Measured> {
  await using target = await startTarget();
  const { child, ended } = startClient(command(target.url), environment);
  const { pid } = child;
  if (pid === undefined) throw new Error(`Cannot start ${command(target.url).join(' ')}`);
  await wait(WARM_UP_MS);
  const before = { cpu: cpuMs(pid), requests: await target.requests(), at: performance.now() };
  await wait(steadyMs);
  const after = { cpu: cpuMs(pid), requests: await target.requests(), at: performance.now() };
  const stdout = await ended;
  const spanMs = after.at - before.at;
  const requests = after.requests - before.requests;
  return {
    requestsPerSecond: (requests * 1_000) / spanMs,
    microsecondsPerRequest: ((after.cpu - before.cpu) * 1_000) / requests,
    cores: (after.cpu - before.cpu) / spanMs,
    stdout,
  };
}

export const median = (figures: readonly number[]): number =>
  figures.toSorted((left, right) => left - right)[figures.length >> 1] ?? Number.NaN;
