/** What the page's tests share: a page that is watched, and what is read off it. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import axe, { type AxeResults, type RunOptions } from 'axe-core';
import type { Browser, BrowserContextOptions, Download, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished } from 'vitest';
import { accessLogLines } from './log-lines.ts';
import { partners } from './partners.ts';
import { type Demo, openBrowser, startDemo } from './screenshots.ts';
import { keptFolder } from './temp.ts';

/** The page as it is built. */
export const DIST = fileURLToPath(new URL('../dashboard/dist', import.meta.url));
/** A wait for something that is there within a second when all is well. */
const WAIT_MS = 60_000;
const TEST_MS = 300_000;
const DESKTOP = { width: 1280, height: 900 };

export interface Opened {
  readonly page: Page;
  /** Errors of the page, and dialogs that text from outside opened. */
  readonly complaints: readonly string[];
  readonly hosts: ReadonlySet<string>;
  /** Goes to a page of the product and waits until it shows what it has. */
  readonly show: (path: string) => Promise<void>;
}

interface Parts {
  readonly browser: Browser;
  /** Where the product listens. */
  readonly url: string;
}

function missing(): string | undefined {
  if (!existsSync(join(DIST, 'index.html'))) return 'the page is not built (npm run build)';
  return partners().find(({ suite }) => suite === 'page in a browser')?.missing;
}

type PageOptions = Pick<BrowserContextOptions, 'viewport' | 'colorScheme' | 'timezoneId'>;

/** What the tests of a suite have: pages of the demo, and where it listens. */
export interface DemoPages {
  readonly openPage: (options?: PageOptions) => Promise<Opened>;
  readonly url: () => string;
}

/** A suite over the demo in a browser; left out with its reason where there is none. */
export function describePages(name: string, tests: (pages: DemoPages) => void): void {
  const reason = missing();
  const suite = reason === undefined ? describe : describe.skip;
  suite(`${name}${reason === undefined ? '' : `, left out: ${reason}`}`, { timeout: TEST_MS }, () => {
    let demo: Demo;
    let browser: Browser;
    beforeAll(async () => {
      [demo, browser] = await Promise.all([startDemo(), openBrowser()]);
    }, 500_000);
    afterAll(async () => {
      await browser?.close();
      await demo?.stop();
    }, 180_000);
    tests({
      openPage: (options) => openPage({ browser, url: demo.url }, options),
      url: () => demo.url,
    });
  });
}

/** Waits until what is read is as expected. */
export function soon<T>(read: () => T | Promise<T>) {
  return expect.poll(read, { timeout: WAIT_MS });
}

/** A page that is closed with its test, and what it complained of and asked for. */
async function openPage({ browser, url }: Parts, options: PageOptions = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: DESKTOP, reducedMotion: 'reduce', ...options });
  onTestFinished(() => context.close());
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on('request', (request) => void hosts.add(new URL(request.url()).host));
  return {
    page,
    complaints,
    hosts,
    show: async (path) => {
      await page.goto(url + path);
      await settled(page);
    },
  };
}

/** Waits until nothing on the page is on its way. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await soon(() => page.locator('.skeleton').count()).toBe(0);
}

/** Clicks until it shows: a click on what is drawn anew at that moment is lost. */
export async function clickUntil(target: Locator, shown: Locator): Promise<void> {
  await expect
    .poll(
      async () => {
        if ((await shown.count()) === 0) await target.click();
        return shown.count();
      },
      { timeout: WAIT_MS, interval: 1_000 },
    )
    .toBeGreaterThan(0);
}

/** What axe finds that is serious or worse, one line each: the rule and the first element that breaks it. */
export function seriousFindings(page: Page): Promise<string[]> {
  return findingsOf(page, {});
}

/** In the light, and what the dark changes: colours. */
export async function seriousInBoth(page: Page): Promise<string[]> {
  const light = await seriousFindings(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await findingsOf(page, { runOnly: ['color-contrast', 'link-in-text-block'] });
  return [...light, ...dark.map((finding) => `dark: ${finding}`)];
}

async function findingsOf(page: Page, options: RunOptions): Promise<string[]> {
  await page.evaluate(axe.source);
  const asked = JSON.stringify({ ...options, resultTypes: ['violations'] });
  const { violations } = await page.evaluate<AxeResults>(`axe.run(${asked})`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.slice(0, 3).map((node) => `${id}: ${node.html.slice(0, 160)}`));
}

/** The rows of a table of requests that are on the page. */
export function rowsOf(page: Page, label = 'requests'): Locator {
  return page.getByRole('table', { name: label }).locator('.rows > tr');
}

/** The exact count behind the first of the totals. */
export async function requestsShown(page: Page): Promise<number> {
  const first = page.locator('.totals > div').first();
  const exact = first.locator('[data-tip]').first();
  const text =
    (await exact.count()) > 0 ? await exact.getAttribute('data-tip') : await first.getAttribute('title');
  return Number((text ?? '').replace(/\D/g, ''));
}

/** The fields of the open panel by name. */
export async function fieldsOf(panel: Locator): Promise<Record<string, string>> {
  const fields = panel.locator('.field');
  await fields.first().waitFor();
  const entries = await fields.evaluateAll((elements) =>
    elements.map((element) => [
      element.querySelector('dt')?.textContent ?? '',
      element.querySelector('.outside')?.textContent ?? '',
    ]),
  );
  return Object.fromEntries(entries) as Record<string, string>;
}

/** What a download holds. */
export async function textOf(download: Download): Promise<string> {
  return readFileSync(await download.path(), 'utf8');
}

/** RFC 4180, written for these tests: rows of cells. */
export function parsedCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n"]*))(,|\r\n|$)/g)) {
    rows.at(-1)?.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
    if (end === '') break;
  }
  return rows.filter((row) => row.length > 1 || (row[0] ?? '') !== '');
}

/** Where the page is. */
export function addressOf(page: Page): URL {
  return new URL(page.url());
}

/** Loads one line of an access log, of now, as anybody who can make a request to a bucket can write it. */
export async function ingestLine(
  url: string,
  written: { readonly key: string; readonly agent: string },
): Promise<void> {
  const folder = keptFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const line = accessLogLines({ seed: 1, count: 1, startMs: Date.now() - 60_000 })
    .replaceAll('%', '')
    .replace(/prefix-\d+\/object-\d+ "/, `${encodeURIComponent(encodeURIComponent(written.key))} "`)
    .replace('"aws-cli/2.15"', `"${written.agent}"`);
  const path = join(folder, 'hostile.log');
  writeFileSync(path, line);
  const response = await fetch(`${url}/api/v1/ingest`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ paths: [path] }),
  });
  expect(await response.json()).toMatchObject({ batches: 1, facts: 1, rejects: 0 });
}
