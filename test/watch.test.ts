import { once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { gunzipSync } from 'node:zlib';
import { judge } from '@fleetfall/claims/judge.ts';
import { readJournal } from '@fleetfall/journal/read.ts';
import type { JournalRecord } from '@fleetfall/journal/records.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seriousIn } from './accessible.ts';
import { BROWSER_LEFT_OUT, keepScreenshot, type OpenBrowser, openBrowser } from './browser.ts';
import { fleetfall, temporaryFolder } from './fleetfall.ts';
import { ask, watching } from './watching.ts';

/** A small run that happened, on the cgroup runtime. */
const LINES = gunzipSync(readFileSync(join(import.meta.dirname, 'fixtures/small-run.ndjson.gz')))
  .toString()
  .trimEnd()
  .split('\n')
  .map((line) => `${line}\n`);
/** The first fleet, before any newcomer. */
const GROWTH = LINES.findIndex((line) => line.includes('"phase":"growth"'));
/** In the middle of the load, before anything fell. */
const HALF = LINES.findIndex((line) => line.includes('"phase":"addition"'));

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder[Symbol.dispose]());

/** Begins a journal with some of the recorded lines. */
function begun(name: string, lines: number): string {
  const run = join(folder.path, 'kinesis-2020', name);
  mkdirSync(run, { recursive: true });
  const journal = join(run, 'journal.ndjson');
  writeFileSync(journal, LINES.slice(0, lines).join(''));
  return journal;
}

describe('fleetfall watch', () => {
  test('tells what was until now, then what is appended, then the verdict', async () => {
    const journal = begun('told', HALF);
    await using page = await watching([journal]);
    const events = new URL(page.url);
    events.pathname = '/events';
    const [answer] = (await once(get(events), 'response')) as [IncomingMessage];
    const names: string[] = [];
    const told: JournalRecord[] = [];
    let name = '';
    const lines = createInterface({ input: answer });
    for await (const line of lines) {
      if (line.startsWith('event: ')) name = line.slice('event: '.length);
      if (!line.startsWith('data: ')) continue;
      const data = JSON.parse(line.slice('data: '.length));
      names.push(name);
      if (name === 'snapshot') {
        expect(data.run.records).toBe(HALF);
        // The last line is appended in two pieces: half a line is none.
        const rest = LINES.slice(HALF).join('');
        appendFileSync(journal, rest.slice(0, -10));
        appendFileSync(journal, rest.slice(-10));
      } else if (name === 'records') told.push(...data);
      else if (name === 'control') expect(data.hindrance).toContain('No keeper holds this fleet');
      else {
        expect(data.markup).toContain('limit-predicted');
        break;
      }
    }
    answer.destroy();
    expect([names[0], names.at(-1)]).toEqual(['snapshot', 'verdict']);
    expect(told).toEqual(LINES.slice(HALF).map((line) => JSON.parse(line)));
  });

  test('answers nobody who has no token, names another host, or comes from another page', async () => {
    await using page = await watching([begun('guarded', HALF)]);
    const { host, origin } = new URL(page.url);
    expect(await ask(`${origin}/`)).toMatchObject({
      status: 403,
      body: expect.stringContaining('token'),
    });
    expect(await ask(page.url, { headers: { host: 'fleet.example' } })).toMatchObject({ status: 403 });
    expect(await ask(page.url, { headers: { origin: 'http://other.example' } })).toMatchObject({
      status: 403,
    });
    expect(await ask(page.url, { headers: { host, origin } })).toMatchObject({ status: 200 });
  });

  test('takes the newest run of a store, and says so as JSON', async () => {
    const journal = begun('latest', HALF);
    await using page = await watching(['--store', folder.path, '--json']);
    expect(JSON.parse(page.url)).toMatchObject({ journal, url: expect.stringMatching(/^http:\/\/127/) });
  });

  test('refuses what is no journal, an empty store, and a port that is none', async () => {
    const cases = [
      [['watch', join(folder.path, 'nothing')], "journal '"],
      [['watch', '--store', join(folder.path, 'nothing')], "--store '"],
      [['watch', begun('whole', HALF), '--port', '70000'], '--port'],
      [['watch', join(import.meta.dirname, 'browser.ts')], 'cannot watch'],
    ] as const;
    for (const [args, named] of cases) {
      const { exitCode, stderr } = await fleetfall(...args);
      expect([exitCode, stderr]).toEqual([64, expect.stringContaining(named)]);
    }
  });
});

const leftOut = BROWSER_LEFT_OUT === null ? '' : ` (left out: ${BROWSER_LEFT_OUT})`;
describe.skipIf(BROWSER_LEFT_OUT !== null)(`the live page in a browser${leftOut}`, () => {
  let browser: OpenBrowser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.[Symbol.asyncDispose]());

  test('says that no threads were counted until they were, and no longer', async () => {
    const [first = 0, second] = LINES.flatMap((line, index) =>
      /"kind":"member".*"fe-0/.test(line) ? [index] : [],
    );
    const read = LINES.findIndex((line, index) => index > first && /"(witness|sample)".*"fe-0/.test(line));
    const journal = begun('counted', read);
    await using live = await watching([journal]);
    const { page, complaints } = await browser.open(live.url, { width: 1280, scheme: 'light' });
    const told = page.locator('#plot-threads figcaption');
    await expect.poll(() => told.textContent()).toContain('no counts of threads were read');
    appendFileSync(journal, LINES.slice(read, second).join(''));
    await expect.poll(() => told.textContent()).toContain('Counted by the kernel');
    expect(await page.locator('#plot-threads .plot-body').getAttribute('aria-label')).toContain('Counted by');
    expect(complaints).toEqual([]);
  });

  test('grows as the journal does, to the same figures, and ends with the verdict', async () => {
    const journal = begun('seen', GROWTH);
    await using live = await watching([journal]);
    const { page, complaints } = await browser.open(live.url, { width: 1280, scheme: 'light' });
    const size = (): Promise<string | null> => page.locator('#live-now').textContent();
    await page.locator('#plots canvas').first().waitFor();
    const before = await size();
    const members = page.locator('#mesh-table tbody tr');
    expect(await members.count()).toBe(3);
    expect(await page.locator('#live-state').textContent()).toBe('as it happens');

    const outage = LINES.findIndex((line) => line.includes('"phase":"outage","event":"end"'));
    appendFileSync(journal, LINES.slice(GROWTH, outage).join(''));
    const { records } = readJournal(journal);
    const last = records.at(-1) as JournalRecord;
    const began = records.find((record) => 'arm' in record) as JournalRecord;
    const seconds = ((last.monoMs - began.monoMs) / 1000).toFixed(1);
    await page.locator('#live-now', { hasText: `${seconds} s` }).waitFor();
    expect(await size()).not.toBe(before);
    expect(await size()).toContain('refused so far');
    expect(await size()).toContain('failed/s');
    expect(await members.count()).toBe(6);
    expect(await page.locator('#readout').textContent()).toBe(await size());
    await keepScreenshot(page, 'live-fall');

    appendFileSync(journal, LINES.slice(outage).join(''));
    await page.locator('#live-verdict .verdict').waitFor();
    const { claims } = judge(readJournal(journal).records);
    const shown = await page.locator('#live-verdict').textContent();
    expect(claims.filter(({ id }) => shown?.includes(id))).toEqual(claims);
    await keepScreenshot(page, 'live-ended');

    expect(await seriousIn(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
