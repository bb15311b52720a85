/**
 * What `fleetfall load` costs and whether it tells the truth, beside wrk, h2load, autocannon and undici, in one run.
 * `npm run bench:load -- --only cpu|rates|truth|memory --runs 3`. Needs Debian's wrk and nghttp2-client.
 */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startTruthServer } from '../../test/truth-server.ts';
import { type Measured, measureClient, median, rssBytes, startClient, startTarget } from './measure.ts';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'packages/orchestrator/src/main.ts');
const CONNECTIONS = 16;
const STEADY_MS = 4_000;
/** Warm-up, steady part, and some room for boots. */
const RUN_SECONDS = 9;
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench' };

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    only: { type: 'string', multiple: true, default: ['cpu', 'rates', 'truth', 'memory'] },
    'memory-seconds': { type: 'string', default: '600' },
  },
});

const fleetfall = (url: string, ...flags: readonly string[]): string[] => [
  process.execPath,
  MAIN,
  'load',
  '--url',
  url,
  '--json',
  ...flags,
];
const atRate = (rate: number, ...flags: readonly string[]) => {
  return (url: string): string[] =>
    fleetfall(url, '--rate', `${rate}/s`, '--for', `${RUN_SECONDS}s`, '--generators', '1', ...flags);
};
const autocannon = (url: string, ...flags: readonly string[]): string[] => [
  process.execPath,
  join(ROOT, 'node_modules/autocannon/autocannon.js'),
  '--json',
  ...flags,
  url,
];

interface Client {
  readonly name: string;
  readonly command: (url: string) => readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const closed = String(CONNECTIONS);
const CLIENTS: readonly Client[] = [
  { name: 'wrk', command: (url) => ['wrk', '-t1', `-c${closed}`, `-d${RUN_SECONDS}s`, url] },
  {
    name: 'h2load --h1',
    command: (url) => ['h2load', '--h1', '-t1', `-c${closed}`, `-D${RUN_SECONDS}`, url],
  },
  { name: 'autocannon', command: (url) => autocannon(url, '-c', closed, '-d', String(RUN_SECONDS)) },
  {
    name: 'undici dispatch',
    command: (url) => [
      process.execPath,
      join(import.meta.dirname, 'undici-client.ts'),
      url,
      closed,
      String(RUN_SECONDS),
    ],
  },
  { name: 'fleetfall, 20,000/s', command: atRate(20_000) },
  { name: 'fleetfall, 50,000/s', command: atRate(50_000) },
  {
    name: 'fleetfall, 20,000/s of PutRecord',
    command: atRate(20_000, '--stream', 's', '--record-bytes', '100'),
  },
  {
    name: 'fleetfall, the same signed',
    command: atRate(20_000, '--stream', 's', '--record-bytes', '100'),
    environment: CREDENTIALS,
  },
];

async function costs(): Promise<void> {
  console.log('\n| client | requests/s | CPU µs a request | to wrk | cores |\n|---|---|---|---|---|');
  const measured = new Map<string, Measured[]>();
  // In turns, so that what else the machine does falls on all alike.
  for (let run = 0; run < Number(values.runs); run += 1) {
    for (const { name, command, environment } of CLIENTS) {
      const figures = await measureClient(command, STEADY_MS, environment);
      measured.set(name, [...(measured.get(name) ?? []), figures]);
    }
  }
  const cost = (name: string): number =>
    median((measured.get(name) ?? []).map(({ microsecondsPerRequest }) => microsecondsPerRequest));
  for (const { name } of CLIENTS) {
    const runs = measured.get(name) ?? [];
    const rate = Math.round(median(runs.map(({ requestsPerSecond }) => requestsPerSecond)));
    const cores = median(runs.map((figures) => figures.cores)).toFixed(2);
    console.log(
      `| ${name} | ${rate} | ${cost(name).toFixed(1)} | ${(cost(name) / cost('wrk')).toFixed(2)} | ${cores} |`,
    );
  }
}

async function rates(): Promise<void> {
  console.log(
    '\n| offered/s | sent ÷ offered | lateness p50, p99 ms | cores | verdict |\n|---|---|---|---|---|',
  );
  for (const rate of [500, 5_000, 20_000]) {
    const runs: Measured[] = [];
    for (let run = 0; run < Number(values.runs); run += 1)
      runs.push(await measureClient(atRate(rate), STEADY_MS));
    const summaries = runs.map(({ stdout }) => JSON.parse(stdout));
    const of = (
      pick: (summary: { sent: number; offered: number; latenessMs: Record<string, number> }) => number,
    ) => median(summaries.map(pick));
    const sent = (of((summary) => summary.sent / summary.offered) * 100).toFixed(2);
    const lateness = ['p50', 'p99'].map((at) =>
      of(({ latenessMs }) => latenessMs[at] ?? Number.NaN).toFixed(2),
    );
    const verdicts = summaries.map(({ verdict }) => verdict).join(', ');
    console.log(
      `| ${rate} | ${sent} % | ${lateness.join(', ')} | ${median(runs.map(({ cores }) => cores)).toFixed(2)} | ${verdicts} |`,
    );
  }
}

/** What each client says of a server that stalls for 2 s in 20 s, and of the one that never answers every tenth. */
async function truth(): Promise<void> {
  console.log('\n| client | p50 | p97.5 | p99 | max | of every tenth dropped |\n|---|---|---|---|---|---|');
  console.log('| the truth at 500/s | 0 | 1500 | 1800 | 2000 | 10.0 % fail |');
  const heard = async (kind: string, command: (url: string) => readonly string[]): Promise<string> => {
    await using server = await startTruthServer(kind);
    return await startClient(command(server.url)).ended;
  };
  const [ours, oursDropped, cannon, cannonDropped, wrk, wrkDropped] = await Promise.all([
    heard('stalls', (url) => fleetfall(url, '--rate', '500/s', '--for', '20s')),
    heard('drops', (url) => fleetfall(url, '--rate', '500/s', '--for', '20s')),
    heard('stalls', (url) => autocannon(url, '-c', '50', '-R', '500', '-d', '20')),
    heard('drops', (url) => autocannon(url, '-c', '50', '-R', '500', '-d', '20', '-t', '5')),
    heard('stalls', (url) => ['wrk', '-t1', '-c5', '-d20s', '--timeout', '5s', '--latency', url]),
    heard('drops', (url) => ['wrk', '-t1', '-c50', '-d20s', '--timeout', '5s', '--latency', url]),
  ]);
  const { latencyMs } = JSON.parse(ours);
  const { outcomes, offered } = JSON.parse(oursDropped);
  const percent = (part: number, whole: number): string => `${((part * 100) / whole).toFixed(1)} % fail`;
  console.log(
    `| fleetfall load | ${latencyMs.p50} | ${latencyMs['p97.5']} | ${latencyMs.p99} | ${latencyMs.max} | ${percent(offered - outcomes.ok, offered)} |`,
  );
  const { latency } = JSON.parse(cannon);
  const dropped = JSON.parse(cannonDropped);
  console.log(
    `| autocannon -R 500 | ${latency.p50} | ${latency.p97_5} | ${latency.p99} | ${latency.max} | ${percent(dropped.errors, dropped.errors + dropped['2xx'])} |`,
  );
  const wrkAt = (name: string): string => new RegExp(`^ +${name}% +(\\S+)`, 'm').exec(wrk)?.[1] ?? '?';
  const wrkMax = /Latency +\S+ +\S+ +(\S+)/.exec(wrk)?.[1] ?? '?';
  const timeouts = Number(/timeout (\d+)/.exec(wrkDropped)?.[1] ?? 0);
  const answered = Number(/(\d+) requests in/.exec(wrkDropped)?.[1] ?? 0);
  console.log(
    `| wrk (closed loop: it has no rate) | ${wrkAt('50')} | (none) | ${wrkAt('99')} | ${wrkMax} | ${percent(timeouts, timeouts + answered)} |`,
  );
}

async function memory(): Promise<void> {
  const seconds = Number(values['memory-seconds']);
  await using target = await startTarget();
  const { child, ended } = startClient(fleetfall(target.url, '--rate', '2000/s', '--for', `${seconds}s`));
  const samples: number[] = [];
  const everyMs = (seconds * 1_000) / 20;
  for (let sample = 0; sample < 19; sample += 1) {
    await wait(everyMs);
    samples.push(rssBytes(child.pid ?? 0) / 1e6);
  }
  const { verdict, offered } = JSON.parse(await ended);
  console.log(
    `\n${seconds} s at 2,000/s: ${offered} offered, ${verdict}; memory in MB: ${samples.map(Math.round).join(' ')}`,
  );
}

console.log(`node ${process.version}, ${cpus().length} cores; medians of ${values.runs} runs`);
const parts: Readonly<Record<string, () => Promise<void>>> = { cpu: costs, rates, truth, memory };
for (const name of values.only) {
  const part = parts[name];
  if (part === undefined)
    throw new Error(`--only '${name}': must be one of ${Object.keys(parts).join(', ')}`);
  await part();
}
