/**
 * The page of a large run: three arms, more members than a circle can show, faults that were credited and one that was
 * not. The run is told by the model of the claims' tests.
 */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { judge } from '@fleetfall/claims/judge.ts';
import { overTrials } from '@fleetfall/claims/statistics/over-trials.ts';
import { trialResults } from '@fleetfall/claims/statistics/trial-results.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { trialsPage } from '@fleetfall/report/page/trials-page.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tellRun } from '../packages/claims/test/journal-builder.ts';
import { seriousIn } from './accessible.ts';
import { BROWSER_LEFT_OUT, keepScreenshot, type OpenBrowser, openBrowser } from './browser.ts';
import { fleetfall, temporaryFolder } from './fleetfall.ts';
import { watching } from './watching.ts';

const ARMS = ['main', 'control-event-loop', 'control-high-limit'];
/** More than a circle shows, and more than are given a thick row. */
const MEMBERS = 34;

/** What became of a fault, told of the main arm at a moment. */
function faultAt(monoMs: number, faultId: string, event: string, outcome: string, reason: string | null) {
  const kind = faultId.split('-')[0];
  return {
    ...{
      monoMs,
      atMs: 1_700_000_000_000 + monoMs,
      arm: 'main',
      kind: 'fault',
      faultId,
      event,
      outcome,
      reason,
    },
    ...{ fault: { kind, targets: ['fe-1'] }, members: ['fe-1'], evidence: [] },
  } as unknown as JournalRecord;
}

/** A back-end that died, and came back. */
function backEndAt(monoMs: number, event: 'died' | 'started', incarnation: number) {
  return {
    ...{ monoMs, atMs: 1_700_000_000_000 + monoMs, arm: 'main', kind: 'member', role: 'back-end' },
    ...{ memberId: 'be-1', event, incarnation, cohort: null, frontEnds: 36, detail: null },
  } as unknown as JournalRecord;
}

const told = tellRun({
  arms: ARMS,
  waves: [10, 20, 30],
  pidsMax: 42,
  frontEndsMax: 36,
  additionAfterBreak: 2,
});
const outageMs = told.find((record) => record.kind === 'phase' && record.phase === 'outage')?.monoMs ?? 0;
const outageEndMs =
  told.find(
    ({ kind, ...record }) =>
      kind === 'phase' && 'phase' in record && record.phase === 'outage' && record.event === 'end',
  )?.monoMs ?? 0;
const records = [
  ...told,
  faultAt(outageMs + 1_000, 'pause-1', 'inject', 'installed', null),
  faultAt(outageMs + 3_000, 'pause-1', 'heal', 'healed', null),
  faultAt(outageMs + 4_000, 'partition-1', 'inject', 'skipped', 'there is no nft'),
  backEndAt(outageMs + 4_500, 'died', 1),
  backEndAt(outageMs + 5_000, 'started', 2),
].toSorted((left, right) => left.monoMs - right.monoMs);
const lines = records.map((record) => `${JSON.stringify(record)}\n`);

describe.skipIf(BROWSER_LEFT_OUT !== null)('the page of a large run', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let browser: OpenBrowser;
  beforeAll(async () => {
    folder = await temporaryFolder();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  test('has a card for each arm, a heat map, thin rows, and faults as what they were', async () => {
    const journal = join(folder.path, 'journal.ndjson');
    writeFileSync(journal, lines.join(''));
    const { exitCode, stdout } = await fleetfall('report', journal);
    expect(exitCode).toBe(0);
    const { page, complaints } = await browser.open(stdout.trim(), { width: 1280, scheme: 'light' });
    expect(await page.locator('.arm-card').count()).toBe(ARMS.length);
    expect(await page.locator('.arm-card canvas').count()).toBe(2 * ARMS.length);
    expect(await page.locator('#mesh-caption').textContent()).toContain('Each row is a front-end');
    const members = await page.locator('#mesh-table tbody tr').count();
    expect(members).toBeGreaterThanOrEqual(MEMBERS);
    const { height = 0 } = (await page.locator('#plot-lanes canvas').boundingBox()) ?? {};
    expect(height).toBeLessThan(members * 12);
    const moments = (await page.locator('#moments button').allTextContents()).join('\n');
    expect(moments).toContain('fault: pause');
    expect(moments).toContain('healed: pause');
    expect(moments).toContain('skipped: partition (there is no nft)');
    expect(moments).not.toContain('fault: partition');
    expect(moments).toContain('be-1 died');
    expect(moments).toContain('be-1 started again');

    // At the end of the hold at full size nothing is served, and old servers refuse to route.
    const { middleMs, incumbent, newcomer } = failuresBy(told, outageEndMs);
    await page.locator('#time').evaluate((slider, value) => {
      const input = slider as unknown as { value: string; dispatchEvent(event: Event): void };
      input.value = String(value);
      input.dispatchEvent(new Event('input'));
    }, middleMs);
    const key = (plot: string): Promise<string | null> => page.locator(`#plot-${plot} .key`).textContent();
    await expect.poll(() => key('latency-density')).toContain('served none');
    expect(await key('errors-incumbent')).toContain(`ServiceUnavailable: map-aged ${incumbent}/s`);
    const ofNewcomers = [...((await key('errors-newcomer')) ?? '').matchAll(/(\d+)\/s/g)];
    expect(ofNewcomers.reduce((sum, [, rate]) => sum + Number(rate), 0)).toBe(newcomer);
    await page.locator('#time').press('End');
    await expect.poll(() => key('latency-density')).toMatch(/served \d+, [\d.]+ ms to [\d.]+ ms/);

    for (const arm of ARMS) {
      await page.locator(`input[name="arm"][value="${arm}"]`).check();
      await page.locator('#time').press('Home');
      await page.locator('#time').press('End');
    }
    expect(await page.locator('#moments button').count()).toBe(0);
    expect(await seriousIn(page)).toEqual([]);
    await keepScreenshot(page, 'large-report');
    expect(complaints).toEqual([]);
  });

  test('shows trials side by side, each leading to its report', async () => {
    const verdict = judge(told);
    const results = trialResults(told, 1);
    const file = join(folder.path, 'trials.html');
    const numbers = [1, 2, 3];
    writeFileSync(
      file,
      await trialsPage({
        experiment: 'kinesis-2020',
        trials: numbers.map((number) => ({ number, seed: `seed-${number}`, verdict, report: 'report.html' })),
        arms: overTrials(
          numbers.flatMap((trial) => results.map((result) => ({ ...result, trial }))),
          'seed',
        ),
      }),
    );
    const { page, complaints } = await browser.open(file, { width: 1280, scheme: 'dark' });
    expect(await page.locator('h1').textContent()).toBe('3 of 3 trials as expected');
    expect(await page.locator('tbody a').count()).toBe(numbers.length);
    expect(await page.locator('section h2').count()).toBe(1 + ARMS.length);
    expect(await seriousIn(page)).toEqual([]);
    await keepScreenshot(page, 'trials');
    expect(complaints).toEqual([]);
  });

  test('grows to all of that while it is watched, and gets the outcomes of its arms at the end', async () => {
    const journal = join(folder.path, 'growing', 'journal.ndjson');
    const second = lines.findIndex((line) => line.includes('"arm":"control-event-loop"'));
    const middle = second + 200;
    mkdirSync(join(folder.path, 'growing'));
    writeFileSync(journal, lines.slice(0, 40).join(''));
    await using live = await watching([journal]);
    const { page, complaints } = await browser.open(live.url, { width: 1280, scheme: 'dark' });
    await page.locator('#plots canvas').first().waitFor();
    expect(await page.locator('.arm-card').count()).toBe(0);

    appendFileSync(journal, lines.slice(40, second).join(''));
    await page.locator('#mesh-caption', { hasText: 'Each row is a front-end' }).waitFor();
    expect(await page.locator('#mesh-table tbody tr').count()).toBeGreaterThanOrEqual(MEMBERS);
    expect(await page.locator('#moments').textContent()).toContain('first thread refused');
    expect(await page.locator('#moments').textContent()).toContain('skipped: partition (there is no nft)');

    appendFileSync(journal, lines.slice(second, middle).join(''));
    await page.locator('.arm-card').nth(1).waitFor();
    expect(await page.locator('.arm-card canvas').count()).toBe(4);
    expect(await page.locator('[data-standing="main"]').textContent()).toContain('threads refused so far');

    appendFileSync(journal, lines.slice(middle).join(''));
    await page.locator('#live-verdict .verdict').waitFor();
    expect(await page.locator('.arm-card .outcome').allTextContents()).toEqual([
      'outage as it should be',
      'healthy as it should be',
      'healthy as it should be',
    ]);
    expect(await page.locator('.arm-card canvas').count()).toBe(6);
    await keepScreenshot(page, 'large-live');
    expect(complaints).toEqual([]);
  });
});

/** Requests that failed in the last window of the main arm that ended by a moment, by cohort. */
function failuresBy(journal: readonly JournalRecord[], byMs: number) {
  const window = journal.findLast(
    (record) => record.kind === 'load' && record.arm === 'main' && record.monoMs <= byMs,
  );
  if (window?.kind !== 'load' || window.record.kind !== 'load') throw new Error('there is no window then');
  const { outcomes, windowMs } = window.record;
  const count = (cohort: string): number =>
    outcomes.reduce(
      (sum, each) => (each.cohort === cohort && each.outcome !== 'ok' ? sum + each.count : sum),
      0,
    );
  return {
    middleMs: window.monoMs - windowMs / 2,
    incumbent: count('incumbent'),
    newcomer: count('newcomer'),
  };
}
