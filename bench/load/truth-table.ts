/**
 * What each client says of servers whose truth is known: one that stalls for 2 s of 20 s, one that answers after 50 ms,
 * and those that reset, drop or never answer. One client after another, so that none measures the others.
 */
import { startTruthServer } from '../../test/truth-server.ts';
import { startClient } from './measure.ts';

/** A client, and how its output is read. */
export interface TruthClient {
  readonly name: string;
  command(url: string, load: TruthLoad): readonly string[];
  /** In milliseconds, or as the client prints them. */
  latencies(output: string): { readonly [percentile: string]: string };
  /** Of the requests that ended, so many failed, in percent. */
  failedPercent(output: string): number;
}

export interface TruthLoad {
  readonly ratePerSecond: number;
  readonly seconds: number;
  readonly timeoutSeconds: number;
}

const STALL: TruthLoad = { ratePerSecond: 500, seconds: 20, timeoutSeconds: 5 };
const CONSTANT: TruthLoad = { ratePerSecond: 100, seconds: 10, timeoutSeconds: 5 };
const FAILING: TruthLoad = { ratePerSecond: 200, seconds: 10, timeoutSeconds: 2 };

async function heard(kind: string, client: TruthClient, load: TruthLoad): Promise<string> {
  await using server = await startTruthServer(kind);
  return await startClient(client.command(server.url, load)).ended;
}

/** Prints the table. */
export async function truthTable(clients: readonly TruthClient[]): Promise<void> {
  console.log(
    '\n| client | stall of 2 s: p50 | p97.5 | p99 | max | 50 ms: p50 | p99 | max | each 5th reset | each 10th dropped | never answers |',
  );
  console.log(`|${'---|'.repeat(11)}`);
  console.log('| the truth | 0 | 1500 | 1800 | 2000 | 50 | 50 | 50 | 20.0 % | 10.0 % | 100.0 % |');
  for (const client of clients) {
    const stall = client.latencies(await heard('stalls', client, STALL));
    const constant = client.latencies(await heard('constant', client, CONSTANT));
    const failed: string[] = [];
    for (const kind of ['resets', 'drops', 'silent'])
      failed.push(`${client.failedPercent(await heard(kind, client, FAILING)).toFixed(1)} %`);
    const cells = [
      ...['p50', 'p97.5', 'p99', 'max'].map((at) => stall[at] ?? '(none)'),
      ...['p50', 'p99', 'max'].map((at) => constant[at] ?? '(none)'),
      ...failed,
    ];
    console.log(`| ${client.name} | ${cells.join(' | ')} |`);
  }
}
