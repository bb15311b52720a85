/**
 * What can be done to a fleet from its live page, and by whom: nobody but the page itself, and only while a keeper
 * holds the fleet.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readJournal } from '@fleetfall/journal/read.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BROWSER_LEFT_OUT, keepScreenshot, openBrowser } from '../browser.ts';
import { fleetfallIn, temporaryFolder } from '../fleetfall.ts';
import { ask, watching } from '../watching.ts';

/** A small run that happened, on the cgroup runtime; its fleet is gone. */
const RECORDED = join(import.meta.dirname, '../fixtures/small-run.ndjson.gz');
const SMALL = [
  ...['--front-ends', '3', '--back-ends', '1', '--shards', '16', '--pids-max', '14', '--rate', '60/s'],
  ...['--discovery-delay-max', '500ms', '--build-interval', '500ms', '--shard-map-max-age', '1200ms'],
];
const JSON_TYPE = { 'content-type': 'application/json' };
const GROW = JSON.stringify({ verb: 'grow', count: 1 });

describe('the page of a plain run', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let live: Awaited<ReturnType<typeof watching>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
    const run = join(folder.path, 'run');
    mkdirSync(run);
    const lines = gunzipSync(readFileSync(RECORDED)).toString().trimEnd().split('\n');
    writeFileSync(
      join(run, 'journal.ndjson'),
      lines
        .slice(0, 400)
        .map((line) => `${line}\n`)
        .join(''),
    );
    live = await watching([run], { env: { XDG_RUNTIME_DIR: folder.path } });
  });
  afterAll(async () => {
    await live[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  const deeds = (): URL => {
    const url = new URL(live.url);
    url.pathname = '/deeds';
    return url;
  };
  const own = (): Record<string, string> => ({ ...JSON_TYPE, origin: new URL(live.url).origin });

  test('says to a request of its own that nobody holds the fleet', async () => {
    expect(await ask(deeds(), { method: 'POST', headers: own() }, GROW)).toMatchObject({
      status: 409,
      body: expect.stringContaining('No keeper holds this fleet'),
    });
  });

  test('refuses an address that is none, and goes on', async () => {
    const { port } = new URL(live.url);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      get({ host: '127.0.0.1', port, path: '//' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
    expect(status).toBe(403);
    expect(await ask(deeds(), { method: 'POST', headers: own() }, GROW)).toMatchObject({ status: 409 });
  });

  test('answers no change without the token, with a wrong one, or from another page', async () => {
    const post = (url: URL, headers: Record<string, string>) => ask(url, { method: 'POST', headers }, GROW);
    const wrong = deeds();
    wrong.searchParams.set('token', 'guessed');
    const none = new URL('/deeds', live.url);
    const { origin, ...nameless } = own();
    const refused = [
      await post(wrong, own()),
      await post(none, own()),
      await post(deeds(), { ...own(), origin: 'http://other.example' }),
      await post(deeds(), { ...own(), origin: 'null' }),
      await post(deeds(), { ...own(), host: 'fleet.example' }),
      await post(deeds(), nameless),
    ];
    expect(origin).toBe(new URL(live.url).origin);
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403]);
  });

  test('takes a change by POST of JSON alone, and lets no other page ask whether it may', async () => {
    const get = await ask(deeds(), { headers: own() });
    const form = await ask(
      deeds(),
      { method: 'POST', headers: { ...own(), 'content-type': 'text/plain' } },
      GROW,
    );
    const preflight = await ask(deeds(), {
      method: 'OPTIONS',
      headers: { ...own(), 'access-control-request-method': 'POST' },
    });
    expect([get.status, form.status, preflight.status]).toEqual([405, 415, 405]);
    for (const { headers } of [get, form, preflight])
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test.each([
    ['{"verb":"down"}', "verb 'down'"],
    ['{"verb":"grow","count":0}', "count '0'"],
    ['{"verb":"grow","count":"1"}', "count '1'"],
    ['{"verb":"set-limit","pidsMax":1e9}', "pidsMax '1000000000'"],
    ['null', "verb 'undefined'"],
    ['grow', 'JSON'],
  ])('refuses what is no deed: %s', async (sent, named) => {
    expect(await ask(deeds(), { method: 'POST', headers: own() }, sent)).toMatchObject({
      status: 400,
      body: expect.stringContaining(named),
    });
  });

  test.skipIf(BROWSER_LEFT_OUT !== null)('shows what could be done out of reach, and says why', async () => {
    await using browser = await openBrowser();
    const { page, complaints } = await browser.open(live.url, { width: 1280, scheme: 'light' });
    await page.locator('#deeds').waitFor();
    expect(await page.locator('#deeds button:enabled').count()).toBe(0);
    expect(await page.locator('#deeds-told').textContent()).toContain('No keeper holds this fleet');
    expect(complaints).toEqual([]);
  });
});

describe.skipIf(BROWSER_LEFT_OUT !== null)('the page of a fleet that is held', () => {
  test('grows it, limits it and takes the newest away, and shows that', async () => {
    using base = await temporaryFolder();
    const env = { XDG_RUNTIME_DIR: base.path };
    const call = fleetfallIn(env);
    const up = await call('up', ...SMALL, '--runtime', 'cgroup', '--store', base.path, '--for', '5m');
    expect([up.exitCode, up.stderr]).toEqual([0, '']);
    try {
      await using live = await watching(['--store', base.path], { env });
      await using browser = await openBrowser();
      const { page, complaints } = await browser.open(live.url, { width: 1280, scheme: 'light' });
      const told = page.locator('#deeds-told');
      const now = page.locator('#live-now');
      await page.locator('#deeds button:enabled').first().waitFor();
      await now.filter({ hasText: '3 front-ends' }).waitFor();

      await page.getByRole('button', { name: 'Grow' }).click();
      await told.filter({ hasText: '4 front-ends' }).waitFor();
      await now.filter({ hasText: '4 front-ends' }).waitFor();
      expect(await page.locator('#mesh-table tbody tr').count()).toBe(4);

      await page.getByLabel('pids.max').fill('20');
      await page.getByRole('button', { name: 'Set limit' }).click();
      await told.filter({ hasText: 'set-limit-1 installed' }).waitFor();
      await now.filter({ hasText: 'of 20 threads' }).waitFor();
      await keepScreenshot(page, 'live-deeds');

      await page.getByRole('button', { name: 'Shrink' }).click();
      await told.filter({ hasText: 'removed fe-04' }).waitFor();
      await now.filter({ hasText: '3 front-ends' }).waitFor();
      expect(complaints).toEqual([]);

      const { journal } = JSON.parse((await call('status', '--json')).stdout).status as { journal: string };
      const { records } = readJournal(journal);
      const lives = records.flatMap((record) =>
        record.kind === 'member' && record.memberId === 'fe-04' ? [record.event] : [],
      );
      expect(lives).toEqual(['started', 'removed']);
      expect(records.filter(({ kind }) => kind === 'fault')).toMatchObject([{ outcome: 'installed' }]);

      expect((await call('down')).exitCode).toBe(0);
      await page.locator('#deeds:disabled').waitFor();
    } finally {
      await call('down');
    }
  });
});
