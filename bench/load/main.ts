/**
 * What `fleetfall load` costs and whether it tells the truth, beside wrk, h2load, autocannon and undici, in one run.
 * `npm run bench:load -- --only cpu|rates|priority|truth|memory --runs 3`. Needs Debian's wrk and nghttp2-client.
 */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { LAUNCHER } from '../../test/launcher.ts';
import { type Measured, measureClient, median, rssBytes, startClient, startTarget } from './measure.ts';
import { priorities } from './priority.ts';
import { type TruthClient, truthTable } from './truth-table.ts';

const ROOT = join(import.meta.dirname, '../..');
const CONNECTIONS = 16;
const STEADY_MS = 4_000;
/** Warm-up, steady part, and some room for boots. */
const RUN_SECONDS = 9;
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench' };

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    only: { type: 'string', multiple: true, default: ['cpu', 'rates', 'priority', 'truth', 'memory'] },
    'memory-seconds': { type: 'string', default: '600' },
  },
});

const fleetfall = (url: string, ...flags: readonly string[]): string[] => [
  process.execPath,
  LAUNCHER,
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
    name: 'wrk, the bytes of a PutRecord',
    command: (url) => [
      ...[
        'wrk',
        '-t1',
        `-c${closed}`,
        `-d${RUN_SECONDS}s`,
        '-s',
        join(import.meta.dirname, 'put-record.lua'),
        url,
      ],
    ],
  },
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

const texts = (figures: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, String(figure)]));

const TRUTH_CLIENTS: readonly TruthClient[] = [
  {
    name: 'fleetfall load',
    command: (url, { ratePerSecond, seconds, timeoutSeconds }) =>
      fleetfall(
        ...[url, '--rate', `${ratePerSecond}/s`, '--for', `${seconds}s`, '--timeout', `${timeoutSeconds}s`],
      ),
    latencies: (output) => texts(JSON.parse(output).latencyMs),
    failedPercent(output) {
      const { offered, outcomes } = JSON.parse(output);
      return ((offered - outcomes.ok) * 100) / offered;
    },
  },
  {
    name: 'autocannon -R',
    command: (url, { ratePerSecond, seconds, timeoutSeconds }) =>
      autocannon(
        ...[
          url,
          '-c',
          '50',
          '-R',
          String(ratePerSecond),
          '-d',
          String(seconds),
          '-t',
          String(timeoutSeconds),
        ],
      ),
    latencies(output) {
      const { p50, p97_5, p99, max } = JSON.parse(output).latency;
      return texts({ p50, 'p97.5': p97_5, p99, max });
    },
    failedPercent(output) {
      const { errors, '2xx': answered } = JSON.parse(output);
      return (errors * 100) / (errors + answered);
    },
  },
  {
    name: 'wrk (closed loop: it has no rate)',
    command: (url, { seconds, timeoutSeconds }) => [
      ...['wrk', '-t1', '-c5', `-d${seconds}s`, '--timeout', `${timeoutSeconds}s`, '--latency', url],
    ],
    latencies(output) {
      const at = (name: string): string => new RegExp(`^ +${name}% +(\\S+)`, 'm').exec(output)?.[1] ?? '?';
      return { p50: at('50'), p99: at('99'), max: /Latency +\S+ +\S+ +(\S+)/.exec(output)?.[1] ?? '?' };
    },
    failedPercent(output) {
      const errors = [...output.matchAll(/(?:connect|read|write|timeout) (\d+)/g)];
      const failed = errors.reduce((sum, [, count]) => sum + Number(count), 0);
      return (failed * 100) / (failed + Number(/(\d+) requests in/.exec(output)?.[1] ?? 0));
    },
  },
];

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
const parts: Readonly<Record<string, () => Promise<void>>> = {
  cpu: costs,
  rates,
  priority: () => priorities(atRate(2_000), Number(values.runs)),
  truth: () => truthTable(TRUTH_CLIENTS),
  memory,
};
for (const name of values.only) {
  const part = parts[name];
  if (part === undefined)
    throw new Error(`--only '${name}': must be one of ${Object.keys(parts).join(', ')}`);
  await part();
}
