/**
 * A real browser for pages that open from a disk, and for those that fleetfall serves: Debian's chromium, headless. Without one its tests are left out
 * and say so; where `FLEETFALL_REQUIRE_CHROMIUM` is set, its absence is a failure.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

const BINARIES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const binary = BINARIES.find((path) => existsSync(path));
const required = process.env.FLEETFALL_REQUIRE_CHROMIUM !== undefined;

/** Why browser tests are left out; null when they run. */
export const BROWSER_LEFT_OUT = binary !== undefined || required ? null : 'no chromium is installed';

/** Where screenshots go for whoever wants to look at what the tests saw, and sets `FLEETFALL_SCREENSHOTS`. */
const SCREENSHOTS = join(import.meta.dirname, 'artifacts');
const wantsScreenshots = process.env.FLEETFALL_SCREENSHOTS !== undefined;

interface OpenPage {
  readonly page: Page;
  /** Everything that the page complained of, and every request that it made but for itself. */
  readonly complaints: readonly string[];
}

export interface OpenBrowser extends AsyncDisposable {
  /** @param place a file, or the address of a page that is served. */
  open(
    place: string,
    how: { readonly width: number; readonly scheme: 'light' | 'dark'; readonly script?: boolean },
  ): Promise<OpenPage>;
}

export async function openBrowser(): Promise<OpenBrowser> {
  if (binary === undefined) throw new Error(`none of ${BINARIES.join(', ')} is there`);
  // Tests run as root on a machine of their own, where chromium's sandbox cannot.
  const browser: Browser = await chromium.launch({ executablePath: binary, args: ['--no-sandbox'] });
  return {
    async open(place, { width, scheme, script = true }) {
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        colorScheme: scheme,
        javaScriptEnabled: script,
      });
      const page = await context.newPage();
      const complaints: string[] = [];
      const url = place.startsWith('http:') ? place : pathToFileURL(place).href;
      const own = place.startsWith('http:') ? `${new URL(url).origin}/` : url;
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('request', (request) => {
        const asked = request.url().split('#')[0] ?? '';
        if ((own === url ? asked !== url : !asked.startsWith(own)) && !request.url().startsWith('data:')) {
          complaints.push(`asked for ${request.url()}`);
        }
      });
      await page.goto(url);
      return { page, complaints };
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** Keeps what a page looks like, where that is wanted: a second each, and nothing is compared with it. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  if (!wantsScreenshots) return;
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
}
