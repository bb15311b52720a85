import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { judge } from '@fleetfall/claims/judge.ts';
import { type ReadJournal, readJournal } from '@fleetfall/journal/read.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seriousIn } from './accessible.ts';
import { BROWSER_LEFT_OUT, keepScreenshot, type OpenBrowser, openBrowser } from './browser.ts';
import { fleetfall, temporaryFolder } from './fleetfall.ts';

/** A small run that happened, on the cgroup runtime. */
const RECORDED = join(import.meta.dirname, 'fixtures/small-run.ndjson.gz');
const WIDTHS = [1280, 400] as const;
const SCHEMES = ['light', 'dark'] as const;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let journal: ReadJournal;
let report: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  const path = join(folder.path, 'journal.ndjson');
  writeFileSync(path, gunzipSync(readFileSync(RECORDED)));
  journal = readJournal(path);
  const told = await fleetfall('report', folder.path);
  expect(told).toMatchObject({ exitCode: 0, stderr: '' });
  report = told.stdout.trim();
});
afterAll(() => folder[Symbol.dispose]());

describe('fleetfall report', () => {
  test('writes the page beside the journal and says where', () => {
    expect(report).toBe(join(folder.path, 'report.html'));
  });

  test('carries the notice that the licence of what draws the plots asks for', () => {
    expect(readFileSync(report, 'utf8')).toMatch(
      /uPlot\.\s+The MIT License[\s\S]*Copyright \(c\) 2022 Leon Sorokin/,
    );
  });

  test('writes it elsewhere when asked, and says so as JSON', async () => {
    const out = join(folder.path, 'elsewhere.html');
    const { stdout } = await fleetfall('report', folder.path, '--out', out, '--json');
    expect(JSON.parse(stdout)).toEqual({ journal: join(folder.path, 'journal.ndjson'), report: out });
    expect(readFileSync(out, 'utf8')).toBe(readFileSync(report, 'utf8'));
  });

  test('refuses what is no journal, and a place that cannot be written to', async () => {
    const missing = await fleetfall('report', join(folder.path, 'nothing'));
    expect([missing.exitCode, missing.stderr]).toEqual([64, expect.stringContaining("journal '")]);
    const nowhere = await fleetfall('report', folder.path, '--out', join(folder.path, 'no/where.html'));
    expect([nowhere.exitCode, nowhere.stderr]).toEqual([64, expect.stringContaining("--out '")]);
  });
});

const leftOut = BROWSER_LEFT_OUT === null ? '' : ` (left out: ${BROWSER_LEFT_OUT})`;
describe.skipIf(BROWSER_LEFT_OUT !== null)(`the page in a browser${leftOut}`, () => {
  let browser: OpenBrowser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.[Symbol.asyncDispose]());

  test('shows the verdict and the claims of the journal', async () => {
    const { page, complaints } = await browser.open(report, { width: 1280, scheme: 'light' });
    const verdict = judge(journal.records);
    expect(await page.locator('.verdict').innerText()).toContain('As expected');
    expect(await page.locator('h1').innerText()).toContain(`it broke at ${verdict.observed.size}`);
    const claims = await page.locator('.claim').allInnerTexts();
    expect(claims).toHaveLength(verdict.claims.length);
    for (const [index, { id, verdict: word, account }] of verdict.claims.entries()) {
      expect(claims[index]?.replaceAll(/\s+/g, ' ')).toContain(`${id} ${word} ${account}`);
    }
    expect(complaints).toEqual([]);
  });

  test('has the evidence of a claim one click away', async () => {
    const { page } = await browser.open(report, { width: 1280, scheme: 'light' });
    const evidence = page.locator('#claim-incumbents-fail .evidence');
    expect(await evidence.isVisible()).toBe(false);
    await page.locator('#claim-incumbents-fail summary').click();
    expect(await evidence.isVisible()).toBe(true);
  });

  test('shows at a moment what the journal holds there', async () => {
    const { page } = await browser.open(report, { width: 1280, scheme: 'light' });
    const sought = lastLoadWindowOf(journal.records, 'outage');
    await moveTo(page, sought.monoMs - sought.record.windowMs / 2);
    const perSecond = (isOk: boolean): number =>
      Math.round(
        sought.record.outcomes
          .filter(({ outcome }) => (outcome === 'ok') === isOk)
          .reduce((sum, { count }) => sum + (count * 1000) / sought.record.windowMs, 0),
      );
    const readout = await page.locator('#readout').innerText();
    expect(readout).toContain('outage');
    expect(readout).toContain('6 front-ends');
    expect(readout).toContain('up to 15 of 15 threads');
    expect(readout).toContain(`${perSecond(true)} served/s · ${perSecond(false)} failed/s`);
    expect(await page.locator('#plot-threads .key').innerText()).toMatch(/incumbents 15\s+newcomers 15/);
    expect(await page.locator('#back-end-table tbody tr').first().innerText()).toMatch(
      /^be-1\s+acknowledges\s+\d+ \/ \d+\s+\d+\/s\s+0\s+[\d.]+ ms$/,
    );
  });

  test('counts at the end as many refused threads as the judge', async () => {
    const { page } = await browser.open(report, { width: 1280, scheme: 'light' });
    await page.locator('#time').press('End');
    const { incumbent, newcomer } = judge(journal.records).refusals;
    const key = page.locator('#plot-refusals .key');
    await expect.poll(() => key.innerText()).toContain(`incumbents ${incumbent.hits} so far`);
    expect(await key.innerText()).toContain(`newcomers ${newcomer.hits} so far`);
    const refused = await page.locator('#mesh-table tbody td:last-child').allInnerTexts();
    expect(refused.reduce((sum, hits) => sum + Number(hits), 0)).toBe(incumbent.hits + newcomer.hits);
  });

  test('goes from phase to phase by keys, in the order of the journal', async () => {
    const { page } = await browser.open(report, { width: 1280, scheme: 'light' });
    const slider = page.locator('#time');
    await slider.press('Home');
    const seen: string[] = [];
    const phases = journal.records.flatMap((record) =>
      record.kind === 'phase' && record.event === 'begin' ? [record.phase.replaceAll('-', ' ')] : [],
    );
    for (const phase of phases) {
      await slider.press('PageDown');
      await expect.poll(() => slider.getAttribute('aria-valuetext')).toContain(` · ${phase} · `);
      seen.push(phase);
    }
    expect(seen).toEqual(phases);
  });

  test('replays the fall, and stops where it is told to', async () => {
    const { page } = await browser.open(report, { width: 1280, scheme: 'light' });
    const slider = page.locator('#time');
    await slider.press('Home');
    await page.locator('#play').click();
    await expect.poll(() => slider.inputValue().then(Number)).toBeGreaterThan(500);
    await page.locator('#play').click();
    await expect.poll(() => page.locator('#play').innerText()).toContain('Replay');
    const stopped = await slider.inputValue();
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    expect(await slider.inputValue()).toBe(stopped);
  });

  test('zooms every plot together, and keeps the line of the moment where it belongs', async () => {
    const { page } = await browser.open(report, { width: 1280, scheme: 'light' });
    const over = page.locator('#plot-threads .u-over');
    await over.scrollIntoViewIfNeeded();
    const box = await over.boundingBox();
    if (box === null) throw new Error('the plot is not to be seen');
    const lines = page.locator('.u-over .now-line');
    const places = (): Promise<string[]> =>
      lines.evaluateAll((all) => [...new Set(all.map((line) => line.getAttribute('style') ?? ''))]);
    const before = await places();
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.4, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.9, y, { steps: 4 });
    await page.mouse.up();
    await page.mouse.move(0, 0);
    await expect.poll(places).not.toEqual(before);
    expect(await places(), 'one place in all plots').toHaveLength(1);
    await over.dblclick();
    await page.locator('#time').press('Home');
    await expect.poll(places).toEqual(['transform: translateX(0px);']);
  });

  test('zooms about the moment by keys, and out again', async () => {
    const { page } = await browser.open(report, { width: 1280, scheme: 'light' });
    const slider = page.locator('#time');
    const line = page.locator('#plot-threads .now-line');
    const place = (): Promise<string | null> => line.getAttribute('style');
    await slider.press('Home');
    await expect.poll(place).toBe('transform: translateX(0px);');
    await slider.press('PageDown');
    await expect.poll(place).not.toBe('transform: translateX(0px);');
    const before = await place();
    await slider.press('+');
    await expect.poll(place).not.toBe(before);
    await slider.press('-');
    await expect.poll(place).toBe(before);
  });

  test('is light, dark or as the system is, as its reader wants', async () => {
    const { page } = await browser.open(report, { width: 1280, scheme: 'dark' });
    const ground = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const dark = await ground();
    const button = page.locator('#theme');
    const seen: [string, boolean][] = [];
    for (let press = 0; press < 3; press += 1) {
      await button.click();
      seen.push([await button.innerText(), (await ground()) === dark]);
    }
    expect(seen).toEqual([
      ['Theme: light', false],
      ['Theme: dark', true],
      ['Theme: system', true],
    ]);
  });

  test('goes onto paper whole', async () => {
    const { page, complaints } = await browser.open(report, { width: 1280, scheme: 'dark' });
    const paper = (await page.pdf({ format: 'A4' })).toString('latin1');
    expect(paper.startsWith('%PDF-')).toBe(true);
    expect([...paper.matchAll(/\/Type \/Page\b/g)].length).toBeGreaterThan(2);
    expect(complaints).toEqual([]);
  });

  test('says what happened without a script, with a still picture of the fall', async () => {
    const { page } = await browser.open(report, { width: 1280, scheme: 'light', script: false });
    expect(await page.locator('.claim').count()).toBeGreaterThan(5);
    expect(await page.locator('.still svg').isVisible()).toBe(true);
    expect(await page.locator('#play').isVisible()).toBe(false);
  });

  test('prints with all evidence open, on white', async () => {
    const { page } = await browser.open(report, { width: 1280, scheme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await page.locator('.claim:not([open])').count()).toBe(0);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await page.locator('.claim[open]').count()).toBe(0);
  });

  for (const scheme of SCHEMES) {
    for (const width of WIDTHS) {
      test(`is accessible, complains of nothing and fits, ${scheme}, ${width} px wide`, async () => {
        const { page, complaints } = await browser.open(report, { width, scheme });
        await page.locator('#claim-incumbents-fail summary').click();
        expect(await seriousIn(page)).toEqual([]);
        expect(complaints).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        await keepScreenshot(page, `report-${scheme}-${width}`);
      });
    }
  }
});

async function moveTo(page: Page, monoMs: number): Promise<void> {
  const began = journal.records.find((record) => 'arm' in record)?.monoMs ?? 0;
  await page.locator('#time').evaluate((slider, value) => {
    const input = slider as unknown as { value: string; dispatchEvent(event: Event): void };
    input.value = String(value);
    input.dispatchEvent(new Event('input'));
  }, monoMs - began);
  const shown = await page.locator('#time').inputValue().then(Number);
  await expect
    .poll(() => page.locator('#readout').innerText())
    .toMatch(new RegExp(`^${(shown / 1000).toFixed(1).replace('.', '\\.')} s`));
}

function lastLoadWindowOf(records: readonly JournalRecord[], phase: string) {
  const end = records.findLastIndex(
    (record) => record.kind === 'phase' && record.phase === phase && record.event === 'end',
  );
  const found = records
    .slice(0, end)
    .findLast((record) => record.kind === 'load' && record.record.kind === 'load');
  if (found?.kind !== 'load' || found.record.kind !== 'load') throw new Error(`no load window in ${phase}`);
  return { monoMs: found.monoMs, record: found.record };
}
