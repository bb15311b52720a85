/**
 * `fleetfall load` as a command: what it takes, what it refuses and how it ends. Whether its figures are true is held
 * where it has the machine to itself, in `alone/load-truth.test.ts`.
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { LoadSummary } from '@fleetfall/load/standalone/summary.ts';
import { describe, expect, it } from 'vitest';
import { fleetfall, startFleetfall, temporaryFolder } from './fleetfall.ts';
import { startTruthServer } from './truth-server.ts';

describe.concurrent('the load command', () => {
  it('refuses a target beyond this machine unless it is said to be owned', async ({ expect }) => {
    const { exitCode, stderr } = await fleetfall('load', '--url', 'http://192.0.2.1/', '--rate', '1/s');
    expect(exitCode).toBe(64);
    expect(stderr).toContain(
      "--url 'http://192.0.2.1/': 192.0.2.1 is not an address of this machine: if it is yours to load, say --i-own-this-target",
    );
  });

  it('takes a target beyond this machine that is said to be owned', async ({ expect }) => {
    // The kernel takes no connection to it, so nothing leaves this machine.
    const { exitCode, stdout } = await fleetfall(
      ...['load', '--url', 'http://255.255.255.255/', '--i-own-this-target', '--json'],
      ...['--rate', '5/s', '--for', '1s', '--timeout', '500ms', '--threshold', 'goodput > 99%'],
    );
    const summary = JSON.parse(stdout) as LoadSummary;
    expect(summary).toMatchObject({ offered: 5, outcomes: { ok: 0 } });
    expect(exitCode).toBe(summary.verdict === 'invalid' ? 2 : 1);
  });

  it('without a target there is nothing to offer', async ({ expect }) => {
    const { exitCode, stderr } = await fleetfall('load', '--rate', '5/s');
    expect(exitCode).toBe(64);
    expect(stderr).toBe('fleetfall: --url must be given: for example --url http://127.0.0.1:8080/');
  });

  it('a server that is not there, and one that speaks no TLS, are told as what they are, and nothing as measured', async ({
    expect,
  }) => {
    // Node's own answers what is no HTTP with an error, as servers do.
    await using plain = createServer();
    await once(plain.listen(0, '127.0.0.1'), 'listening');
    const { port } = plain.address() as AddressInfo;
    for (const [url, outcome] of [
      ['http://127.0.0.1:9/', 'connection-refused'],
      [`https://127.0.0.1:${port}/`, 'tls-error'],
    ] as const) {
      const { exitCode, stdout, stderr } = await fleetfall(
        ...['load', '--url', url, '--json', '--rate', '5/s', '--for', '1s'],
      );
      const summary = JSON.parse(stdout) as LoadSummary;
      expect(summary.outcomes).toEqual({ ok: 0, [outcome]: 5 });
      expect(['unknown', 'invalid']).toContain(summary.verdict);
      if (outcome === 'tls-error') expect(stderr).toMatch(/\d tls-error \(EPROTO\)/);
      expect(exitCode).toBe(2);
    }
  });

  it("writes over no history, a further generator's from another load among them", async ({ expect }) => {
    using folder = await temporaryFolder();
    const path = join(folder.path, 'orders.history');
    writeFileSync(`${path}.1`, '');
    const { exitCode, stderr } = await fleetfall(
      ...['load', '--url', 'http://127.0.0.1:9/', '--stream', 'orders', '--rate', '5/s', '--history', path],
    );
    expect(exitCode).toBe(64);
    expect(stderr).toContain(`--history '${path}': ${path}.1 is there already, and is never written over`);
  });

  it.each([
    [['--rate', '500'], "--rate '500': must be a rate with its unit"],
    [['--rate', '500/s', '--for', '20'], "--for '20' is not a duration"],
    [
      ['--rate', '5/s', '--threshold', 'p99 < 5%'],
      "--threshold 'p99 < 5%' is not a threshold: p99 is measured in ms or s",
    ],
    [
      ['--rate', '0.1/s', '--threshold', 'p99 < 50ms for 5s'],
      "--threshold 'p99 < 50ms for 5s': must be for at least 10000ms at 0.1/s, or the rate at least 0.2/s",
    ],
    [
      ['--rate', '5/s', '--spike', '9/s@9s+2s'],
      "--spike '9/s@9s+2s': must lie within the 10 s of the schedule",
    ],
    [[], 'either --rate or --replay must be given'],
    [['--rate', '5/s', '--method', 'post'], "--method 'post': must be an HTTP method in capitals"],
  ])('names the flag that is wrong, its value and what is allowed (%#)', async (flags, message) => {
    const { exitCode, stderr } = await fleetfall('load', '--url', 'http://127.0.0.1:9/', ...flags);
    expect(exitCode).toBe(64);
    expect(stderr).toContain(message);
  });

  it.each([1, 2])(
    'ended by Ctrl-C tells what there was, and exits 130 (%i generators)',
    async (generators) => {
      await using server = await startTruthServer('prompt');
      const run = startFleetfall([
        ...['load', '--url', server.url, '--rate', '50/s', '--for', '60s', '--json'],
        ...['--generators', String(generators)],
      ]);
      await new Promise((resolve) => run.stderr.once('data', resolve));
      run.kill('SIGINT');
      const { exitCode, stdout, stderr } = await run;
      const requests = await server.end();
      expect(exitCode).toBe(130);
      expect(stderr).toContain('ended by SIGINT');
      const summary = JSON.parse(String(stdout)) as LoadSummary;
      expect(requests).toBeGreaterThan(0);
      expect(summary).toMatchObject({ offered: requests, sent: requests, outcomes: { ok: requests } });
    },
  );
});
