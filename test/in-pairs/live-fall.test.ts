/**
 * The live page during a real fall: what it says is what the journal holds, while it happens and when it is over.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { judge } from '@fleetfall/claims/judge.ts';
import { readJournal } from '@fleetfall/journal/read.ts';
import { modelOf } from '@fleetfall/report/page/model/run-model.ts';
import { momentsOf } from '@fleetfall/report/page/moments.ts';
import { describe, expect, test } from 'vitest';
import { seriousIn } from '../accessible.ts';
import { BROWSER_LEFT_OUT, keepScreenshot, openBrowser } from '../browser.ts';
import { startFleetfall, temporaryFolder } from '../fleetfall.ts';
import { watching } from '../watching.ts';

/** A headline tells tenths of a second: what it was read at lies this close to what it says. */
const ROUNDED_MS = 51;
const FALL_TIMEOUT_MS = 120_000;

describe.skipIf(BROWSER_LEFT_OUT !== null)('the live page of a real fall', () => {
  test('shows it as the journal has it, and is accessible meanwhile', async () => {
    using store = await temporaryFolder();
    const run = startFleetfall([
      ...['run', 'kinesis-2020', '--size', 'small', '--runtime', 'cgroup'],
      ...['--store', store.path, '--json'],
    ]);
    const journal = join(store.path, 'kinesis-2020/latest/journal.ndjson');
    await expect.poll(() => existsSync(journal), { timeout: FALL_TIMEOUT_MS }).toBe(true);
    await using live = await watching(['--store', store.path]);
    await using browser = await openBrowser();
    const { page, complaints } = await browser.open(live.url, { width: 1280, scheme: 'dark' });
    const now = page.locator('#live-now');
    const wide = { timeout: FALL_TIMEOUT_MS };

    await now.filter({ hasText: 'refused so far' }).waitFor(wide);
    await page.getByRole('button', { name: 'first thread refused' }).waitFor();
    await now.filter({ hasText: 'failed/s' }).waitFor(wide);
    const during = (await now.textContent()) ?? '';
    await page.getByRole('button', { name: 'first request failed' }).waitFor(wide);
    await keepScreenshot(page, 'live-real-fall');
    await page.locator('#live-verdict .verdict').waitFor(wide);
    expect((await run).exitCode).toBeTypeOf('number');

    const { records } = readJournal(journal);
    const verdict = judge(records);
    const began = records.find((record) => 'arm' in record)?.monoMs ?? 0;
    const [, seconds = '', size = '', refused = ''] =
      /^([\d.]+) s .* (\d+) front-ends.* (\d+) threads? refused so far/.exec(during) ?? [];
    const shownMs = began + Number(seconds) * 1_000;
    const around = [shownMs - ROUNDED_MS, shownMs + ROUNDED_MS].map((atMs) => {
      const [arm] = modelOf(records.filter(({ monoMs }) => monoMs <= atMs)).arms;
      const hits = arm?.frontEnds.flatMap(({ columns }) => columns.refused.cells) ?? [];
      return { hits: hits.reduce<number>((sum, cell) => sum + (cell ?? 0), 0), sizes: arm?.sizes };
    });
    expect(around.map(({ sizes }) => sizes?.at(-1)?.count)).toContain(Number(size));
    expect(Number(refused)).toBeGreaterThanOrEqual(around[0]?.hits ?? Number.NaN);
    expect(Number(refused)).toBeLessThanOrEqual(around[1]?.hits ?? Number.NaN);

    const shown = (await page.locator('#live-verdict').textContent()) ?? '';
    expect(verdict.claims.filter(({ id, account }) => shown.includes(id) && shown.includes(account))).toEqual(
      verdict.claims,
    );
    const buttons = await page.locator('#moments button').allTextContents();
    for (const { text, atMs } of momentsOf(records, verdict))
      expect(buttons).toContain(`${((atMs - began) / 1000).toFixed(1)} s  ${text}`);
    expect(await page.locator('#live-setup').textContent()).toContain(readJournal(journal).run.seed);
    const hits = await page.locator('#mesh-table tbody td:last-child').allTextContents();
    const { incumbent, newcomer } = verdict.refusals;
    await page.locator('#time').press('End');
    expect(hits.reduce((sum, each) => sum + Number(each), 0)).toBe(incumbent.hits + newcomer.hits);

    expect(await seriousIn(page)).toEqual([]);
    await page.setViewportSize({ width: 400, height: 900 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(400);
    expect(await seriousIn(page)).toEqual([]);
    await keepScreenshot(page, 'live-ended-narrow');
    expect(complaints).toEqual([]);
  });
});
