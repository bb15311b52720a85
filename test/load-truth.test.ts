/**
 * `fleetfall load` against servers of which the truth is known. What the generator says of them must be that truth,
 * and of itself that it was late when it was. Side by side, since each only waits for time to pass.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { LoadSummary } from '@fleetfall/load/standalone/summary.ts';
import { describe, expect, it } from 'vitest';
import { fleetfall, startFleetfall } from './fleetfall.ts';
import { startTruthServer } from './truth-server.ts';

/** One load with `--json` against a server of one kind. */
async function loadOn(kind: string, ...flags: readonly string[]) {
  await using server = await startTruthServer(kind);
  const { exitCode, stdout, stderr } = await fleetfall('load', '--url', server.url, '--json', ...flags);
  const requests = await server.end();
  if (stdout === '') throw new Error(`no summary; exit code ${exitCode}: ${stderr}`);
  return { exitCode, stderr, requests, summary: JSON.parse(stdout) as LoadSummary };
}

const within2Percent = (figure: number | null, truth: number): void =>
  expect(Math.abs((figure ?? Number.NaN) - truth)).toBeLessThanOrEqual(truth * 0.02);

describe.concurrent('the truth about a server', () => {
  it('that stalls for 2 s of 20 s: half of the requests feel nothing, and 10 % feel it to its full length', async ({
    expect,
  }) => {
    const { summary } = await loadOn('stalls', '--rate', '500/s', '--for', '20s');
    expect(summary).toMatchObject({ offered: 10_000, sent: 10_000, dropped: 0, outcomes: { ok: 10_000 } });
    expect(summary.latencyMs.p50).toBeLessThan(50);
    within2Percent(summary.latencyMs['p97.5'], 1_500);
    within2Percent(summary.latencyMs.p99, 1_800);
    within2Percent(summary.latencyMs.max, 2_000);
  });

  it('that answers after 50 ms', async ({ expect }) => {
    const { summary, requests } = await loadOn('constant', '--rate', '200/s', '--for', '5s');
    expect(summary).toMatchObject({ offered: 1_000, sent: 1_000, dropped: 0, outcomes: { ok: 1_000 } });
    expect(requests).toBe(1_000);
    expect(summary.serviceMs.p50).toBeGreaterThanOrEqual(49.5);
    expect(summary.latencyMs.p50).toBeGreaterThanOrEqual(50);
    // What a busy machine adds to both is not the server's, and is told as lateness.
    expect(summary.latencyMs.p50).toBeLessThan(50 + 10);
  });

  it('that never answers every tenth request', async ({ expect }) => {
    const { summary, requests } = await loadOn('drops', '--rate', '400/s', '--for', '5s');
    expect(summary.outcomes).toEqual({ ok: 1_800, timeout: 200 });
    expect(requests).toBe(2_000);
  });

  it('that resets the connection of every fifth request', async ({ expect }) => {
    const { summary } = await loadOn('resets', '--rate', '400/s', '--for', '3s');
    expect(summary.outcomes).toEqual({ ok: 960, 'connection-reset': 240 });
  });

  it('that never answers: all requests time out, none has a latency, and no threshold passes', async ({
    expect,
  }) => {
    const { summary, exitCode } = await loadOn(
      'silent',
      ...['--rate', '100/s', '--for', '3s', '--timeout', '1s', '--threshold', 'p99 < 50ms'],
    );
    expect(summary.outcomes).toEqual({ ok: 0, timeout: 300 });
    expect(summary.latencyMs).toEqual({
      p50: null,
      p90: null,
      'p97.5': null,
      p99: null,
      'p99.9': null,
      max: null,
    });
    expect(['unknown', 'invalid']).toContain(summary.verdict);
    expect(exitCode).toBe(2);
  });

  it('is the same when several generators share the schedule', async ({ expect }) => {
    const { summary, requests } = await loadOn(
      'drops',
      ...['--rate', '400/s', '--for', '3s', '--generators', '3', '--timeout', '1s'],
    );
    expect(summary).toMatchObject({ offered: 1_200, sent: 1_200, outcomes: { ok: 1_080, timeout: 120 } });
    expect(requests).toBe(1_200);
  });
});

describe.concurrent('what the generator says of itself', () => {
  it('is invalid, with the reason and exit code 2, when it gets no processor', async ({ expect }) => {
    await using server = await startTruthServer('prompt');
    const run = startFleetfall(['load', '--url', server.url, '--rate', '200/s', '--for', '4s', '--json']);
    await new Promise((resolve) => run.stderr.once('data', resolve));
    for (let pause = 0; pause < 4; pause += 1) {
      run.kill('SIGSTOP');
      await wait(300);
      run.kill('SIGCONT');
      await wait(100);
    }
    const { exitCode, stdout } = await run;
    const summary = JSON.parse(String(stdout)) as LoadSummary;
    expect(summary).toMatchObject({ verdict: 'invalid', offered: 800, sent: 800, outcomes: { ok: 800 } });
    expect(summary.reason).toMatch(/^requests were sent late: p99 \d+\.\d ms, at most 5 ms is allowed$/);
    expect(exitCode).toBe(2);
  });

  it('is invalid when more is due than may be under way, and what was not sent is told', async ({
    expect,
  }) => {
    const { summary, exitCode } = await loadOn(
      'silent',
      ...['--rate', '100/s', '--for', '2s', '--timeout', '5s', '--in-flight-max', '50'],
    );
    expect(summary).toMatchObject({ offered: 200, sent: 50, dropped: 150, outcomes: { timeout: 50 } });
    expect(summary.verdict).toBe('invalid');
    expect(summary.reason).toBe('only 25.0 % of the schedule was sent (50 of 200): at least 99.5 % must be');
    expect(exitCode).toBe(2);
  });
});

describe.concurrent('the command line', () => {
  it('fails a threshold that was missed, and stops at it when told to', async ({ expect }) => {
    const { summary, exitCode, stderr } = await loadOn(
      'resets',
      ...['--rate', '100/s', '--for', '30s', '--threshold', 'goodput > 99% for 2s', '--stop-on-failure'],
    );
    expect(summary.offered).toBeLessThan(1_000);
    expect(stderr).toContain('connection-reset');
    if (summary.verdict === 'invalid') return;
    expect(summary).toMatchObject({
      verdict: 'fail',
      // Of one second's requests, which may be one more or less than 100.
      reason: expect.stringMatching(/^goodput > 99% for 2s: measured (79|80)\.\d\d %$/),
    });
    expect(exitCode).toBe(3);
  });

  it('refuses a target beyond this machine unless it is said to be owned', async ({ expect }) => {
    const { exitCode, stderr } = await fleetfall('load', '--url', 'http://192.0.2.1/', '--rate', '1/s');
    expect(exitCode).toBe(64);
    expect(stderr).toContain(
      "--url 'http://192.0.2.1/': 192.0.2.1 is not an address of this machine: if it is yours to load, say --i-own-this-target",
    );
  });

  it.each([
    [['--rate', '500'], "--rate '500': must be a rate with its unit"],
    [['--rate', '500/s', '--for', '20'], "--for '20' is not a duration"],
    [
      ['--rate', '5/s', '--threshold', 'p99 < 5%'],
      "--threshold 'p99 < 5%' is not a threshold: p99 is measured in ms or s",
    ],
    [
      ['--rate', '5/s', '--spike', '9/s@9s+2s'],
      "--spike '9/s@9s+2s': must lie within the 10 s of the schedule",
    ],
    [[], 'either --rate or --replay must be given'],
  ])('names the flag that is wrong, its value and what is allowed (%#)', async (flags, message) => {
    const { exitCode, stderr } = await fleetfall('load', '--url', 'http://127.0.0.1:9/', ...flags);
    expect(exitCode).toBe(64);
    expect(stderr).toContain(message);
  });

  it('ended by Ctrl-C does not exit 0', async ({ expect }) => {
    await using server = await startTruthServer('prompt');
    const run = startFleetfall([
      'load',
      '--url',
      server.url,
      '--rate',
      '50/s',
      '--for',
      '60s',
      '--generators',
      '2',
    ]);
    await new Promise((resolve) => run.stdout.once('data', resolve));
    run.kill('SIGINT');
    expect((await run).exitCode).toBe(130);
  });
});
