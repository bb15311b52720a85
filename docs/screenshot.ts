/**
 * Takes the README's screenshot of a run's report, so that it is of a run that happened, in Debian's chromium:
 * `node docs/screenshot.ts store/kinesis-2020/latest/journal.ndjson`.
 */
import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readJournal } from '@fleetfall/journal/read.ts';
import { reportPage } from '@fleetfall/report/page/report-page.ts';
import { chromium } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
const SIZE = { width: 1280, height: 1150 };

const path = process.argv[2];
if (path === undefined)
  throw new Error('Cannot look: name a journal, such as store/kinesis-2020/latest/journal.ndjson');
using folder = mkdtempDisposableSync(join(tmpdir(), 'docs-of-fleetfall-'));
const file = join(folder.path, 'report.html');
writeFileSync(file, await reportPage(readJournal(path).records));
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
try {
  const page = await browser.newPage({ viewport: SIZE, colorScheme: 'light' });
  await page.goto(pathToFileURL(file).href);
  // From the clock on, which stays at the top: the fall itself.
  await page.evaluate("document.querySelector('#plots').scrollIntoView({ behavior: 'instant' })");
  await page.screenshot({ path: join(import.meta.dirname, 'report.png') });
} finally {
  await browser.close();
}
