/**
 * `fleetfall load` against servers of which the truth is known. What the generator says of them must be that truth,
 * and of itself that it was late when it was. Where a figure is held to 2 % the machine is the load's alone: those run
 * one after another. A generator that says `invalid` has said nothing of the server, and is asked again.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { LoadSummary } from '@fleetfall/load/standalone/summary.ts';
import { describe, expect, it } from 'vitest';
import { HAS_CPU_QUOTAS, starve } from '../cpu-quota.ts';
import { fleetfall, startFleetfall } from '../fleetfall.ts';
import { startTruthServer } from '../truth-server.ts';

/** How often a load is asked that says each time that it did not keep its own schedule. */
const TRIES_MAX = 6;

/** One load with `--json` against a server of one kind. */
async function loadOn(kind: string, ...flags: readonly string[]) {
  await using server = await startTruthServer(kind);
  const { exitCode, stdout, stderr } = await fleetfall('load', '--url', server.url, '--json', ...flags);
  const requests = await server.end();
  if (stdout === '') throw new Error(`no summary; exit code ${exitCode}: ${stderr}`);
  return {
    exitCode,
    stderr,
    requests,
    serverLateMs: server.latestMs,
    summary: JSON.parse(stdout) as LoadSummary,
  };
}

type Load = Awaited<ReturnType<typeof loadOn>>;

/** What a load says that kept its schedule. @throws Error with its reason when it never did. */
async function truthOf(kind: string, ...flags: readonly string[]) {
  const reasons: (string | null)[] = [];
  while (reasons.length < TRIES_MAX) {
    const load = await loadOn(kind, ...flags);
    if (load.summary.verdict !== 'invalid') return load;
    reasons.push(load.summary.reason);
  }
  throw new Error(
    `the generator was invalid ${TRIES_MAX} times, so nothing was measured: ${reasons.join('; ')}`,
  );
}

const within2Percent = (figure: number | null, truth: number): void =>
  expect(Math.abs((figure ?? Number.NaN) - truth)).toBeLessThanOrEqual(truth * 0.02);

/** A tail is longer by what the server says that it was late, and the generator that it kept things waiting. */
function tailWithin2Percent(figure: number | null, truth: number, { summary, serverLateMs }: Load): void {
  const { latenessMs, loopDelayMs } = summary;
  const ownMs = (latenessMs.max ?? Number.NaN) + (loopDelayMs.max ?? Number.NaN) + serverLateMs;
  expect(figure).toBeGreaterThanOrEqual(truth * 0.98);
  expect(figure).toBeLessThanOrEqual(truth * 1.02 + ownMs);
}

describe('the truth about a server', () => {
  it('that stalls for 2 s of 20 s: half of the requests feel nothing, and 10 % feel it to its full length', async () => {
    const load = await truthOf('stalls', '--rate', '500/s', '--for', '20s');
    const { summary } = load;
    expect(summary).toMatchObject({ offered: 10_000, sent: 10_000, dropped: 0, outcomes: { ok: 10_000 } });
    expect(summary.latencyMs.p50).toBeLessThan(10);
    // All that were held are answered at one moment: what that is late, each of them feels.
    tailWithin2Percent(summary.latencyMs['p97.5'] ?? null, 1_500, load);
    tailWithin2Percent(summary.latencyMs.p99, 1_800, load);
    tailWithin2Percent(summary.latencyMs.max, 2_000, load);
  });

  it('that answers after 50 ms: within 2 %, and what a generator adds it tells of itself', async () => {
    const load = await truthOf('constant', ...['--rate', '50/s', '--for', '10s']);
    const { summary, requests } = load;
    expect(summary).toMatchObject({ offered: 500, sent: 500, dropped: 0, outcomes: { ok: 500 } });
    expect(requests).toBe(500);
    const { latencyMs, serviceMs, latenessMs } = summary;
    within2Percent(serviceMs.p50, 50);
    within2Percent(latencyMs.p50, 50 + (latenessMs.p50 ?? Number.NaN));
    for (const at of ['p99', 'max'] as const) {
      for (const figure of [serviceMs[at], latencyMs[at]]) tailWithin2Percent(figure, 50, load);
    }
  });
});

// Counted, not timed: side by side.
describe.concurrent('the truth about a server', () => {
  it('that never answers every tenth request', async ({ expect }) => {
    const { summary, requests } = await truthOf(
      'drops',
      ...['--rate', '400/s', '--for', '5s', '--timeout', '1s'],
    );
    expect(summary.outcomes).toEqual({ ok: 1_800, timeout: 200 });
    expect(requests).toBe(2_000);
  });

  it('that resets the connection of every fifth request', async ({ expect }) => {
    const { summary } = await truthOf('resets', '--rate', '400/s', '--for', '3s');
    expect(summary.outcomes).toEqual({ ok: 960, 'connection-reset': 240 });
  });

  it('that never answers: all requests time out, none has a latency, and no threshold passes', async ({
    expect,
  }) => {
    const { summary, exitCode } = await truthOf(
      'silent',
      ...['--rate', '100/s', '--for', '3s', '--timeout', '1s', '--threshold', 'p99 < 50ms'],
    );
    expect(summary.outcomes).toEqual({ ok: 0, timeout: 300 });
    expect(new Set(Object.values(summary.latencyMs))).toEqual(new Set([null]));
    expect(summary.byOperation.GET?.timeout?.latencyMs.p50).toBeGreaterThanOrEqual(1_000);
    expect(summary).toMatchObject({ verdict: 'fail', reason: 'p99 < 50ms: measured no answer' });
    expect(exitCode).toBe(1);
  });

  it('that takes no connections: nothing was sent to it, and it is not the generator that was late', async ({
    expect,
  }) => {
    const { summary, exitCode } = await truthOf(
      'unaccepting',
      ...['--rate', '100/s', '--for', '3s', '--timeout', '1s', '--threshold', 'goodput > 99%'],
    );
    const { timeout = 0, 'connect-timeout': unconnected = 0 } = summary.outcomes;
    // The kernel takes one or two for it.
    expect(timeout).toBeLessThanOrEqual(2);
    expect(timeout + unconnected).toBe(300);
    expect(summary.verdict).toBe('fail');
    expect(exitCode).toBe(1);
  });

  it('is the same when several generators share the schedule', async ({ expect }) => {
    const { summary, requests } = await truthOf(
      'drops',
      ...['--rate', '400/s', '--for', '3s', '--generators', '3', '--timeout', '1s'],
    );
    expect(summary).toMatchObject({ offered: 1_200, sent: 1_200, outcomes: { ok: 1_080, timeout: 120 } });
    expect(requests).toBe(1_200);
  });

  it('that is not good enough misses a threshold, and is loaded no longer when that was said', async ({
    expect,
  }) => {
    const { summary, exitCode, stderr } = await truthOf(
      'resets',
      ...['--rate', '100/s', '--for', '30s', '--threshold', 'goodput > 99% for 2s', '--stop-on-failure'],
    );
    expect(summary.offered).toBeLessThan(1_000);
    expect(stderr).toContain('connection-reset');
    expect(summary).toMatchObject({
      verdict: 'fail',
      // Of one second's requests, which may be one more or less than 100.
      reason: expect.stringMatching(/^goodput > 99% for 2s: measured (79|80)\.\d\d %$/),
    });
    expect(exitCode).toBe(3);
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

  it.skipIf(!HAS_CPU_QUOTAS)(
    'is invalid, with the reason and exit code 2, when others have the processor for most of the time',
    async ({ expect }) => {
      await using server = await startTruthServer('prompt');
      const run = startFleetfall(['load', '--url', server.url, '--rate', '500/s', '--for', '4s', '--json']);
      await new Promise((resolve) => run.stderr.once('data', resolve));
      // Its ticks alone take more than it is given: the kernel keeps it waiting in every period.
      await using starved = starve(run.pid as number, 0.02);
      let ended = false;
      void run.finally(() => {
        ended = true;
      });
      while (starved.throttledPeriods < 15 && !ended) await wait(50);
      expect(starved.throttledPeriods).toBeGreaterThanOrEqual(15);
      starved.lift();
      const { exitCode, stdout } = await run;
      const summary = JSON.parse(String(stdout)) as LoadSummary;
      expect(summary).toMatchObject({ verdict: 'invalid', offered: 2_000, sent: 2_000 });
      expect(summary.reason).toMatch(/^requests were sent late: p99 \d+\.\d ms, at most 5 ms is allowed$/);
      expect(exitCode).toBe(2);
    },
  );

  it('is late, and not the server slow, when requests wait for its own bound on connections', async ({
    expect,
  }) => {
    // Two connections and 50 ms an answer make 40/s of the 100/s that are due.
    const { summary, requests, exitCode } = await loadOn(
      'constant',
      ...['--rate', '100/s', '--for', '3s', '--connections', '2', '--timeout', '1s'],
    );
    expect(summary.sent + summary.dropped).toBe(300);
    expect(summary.dropped).toBeGreaterThan(50);
    expect(requests).toBe(summary.sent);
    expect(summary.outcomes).toEqual({ ok: summary.sent });
    expect(summary.serviceMs.p50).toBeLessThan(100);
    expect(summary.latenessMs.p50).toBeGreaterThan(500);
    expect(summary.verdict).toBe('invalid');
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
