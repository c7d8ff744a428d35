/** The page in a real browser, on the demo that `npm start` shows. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { accessLogLines } from './log-lines.ts';
import { partners } from './partners.ts';
import { type Demo, openBrowser, startDemo } from './screenshots.ts';
import { keptFolder } from './temp.ts';

const BUILT = fileURLToPath(new URL('../dashboard/dist/index.html', import.meta.url));
const PAGES = ['/', '/activity', '/requests', '/calls', '/sources'];
/** A wait for something that is there within a second when all is well. */
const WAIT_MS = 15_000;

function missing(): string | undefined {
  if (!existsSync(BUILT)) return 'the page is not built (npm run build)';
  return partners().find(({ suite }) => suite === 'page in a browser')?.missing;
}

const reason = missing();
const suite = reason === undefined ? describe : describe.skip;

suite(`page in a browser${reason === undefined ? '' : `, left out: ${reason}`}`, () => {
  let demo: Demo;
  let browser: Browser;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([startDemo(), openBrowser()]);
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  }, 30_000);

  /** A page that is closed with its test, and what it complained of and asked for. */
  async function openPage(size = { width: 1280, height: 900 }): Promise<Opened> {
    const context = await browser.newContext({ viewport: size, reducedMotion: 'reduce' });
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
        await page.goto(demo.url + path);
        await settled(page);
      },
    };
  }

  test.each(PAGES)('%s loads without an error, and asks nobody but its own server', async (path) => {
    const { page, complaints, hosts, show } = await openPage();
    await show(path);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).not.toBe('Not found');
    expect(complaints).toEqual([]);
    expect([...hosts]).toEqual([new URL(demo.url).host]);
  });

  test('an error of the page would be noticed', async () => {
    const { page, complaints, hosts, show } = await openPage();
    await show('/');
    await page.locator('html').evaluate(() => {
      setTimeout(() => {
        throw new Error('planted');
      });
    });
    await expect.poll(() => complaints.join()).toContain('planted');
    await page.goto('http://127.0.0.1:1/').catch(() => undefined);
    expect([...hosts]).toContain('127.0.0.1:1');
  });

  test('the demo says that it is one', async () => {
    const { page, show } = await openPage();
    await show('/activity');
    expect(await page.getByRole('link', { name: 'Demo estate' }).isVisible()).toBe(true);
  });

  test('a longer range has more requests, on the page as in the API', async () => {
    const { page, show } = await openPage();
    await show('/activity?range=24h&live=off');
    const day = await requestsShown(page);
    await page.getByRole('group', { name: 'Time range' }).getByRole('button', { name: '7d' }).click();
    await expect.poll(() => requestsShown(page), { timeout: WAIT_MS }).toBeGreaterThan(day);
    expect(new URL(page.url()).searchParams.get('range')).toBe('7d');
    const since = new Date(Date.now() - 7 * 86_400_000).toISOString();
    const response = await fetch(`${demo.url}/api/v1/activity/series?since=${since}`);
    const { totals } = (await response.json()) as { totals: { requests: number } };
    expect(Math.abs((await requestsShown(page)) / totals.requests - 1)).toBeLessThan(0.01);
  });

  test('an entry of a top list leads to its rows, a row to its fields, the address back to both', async () => {
    const { page, show } = await openPage();
    await show('/?range=7d&live=off');
    await page.getByRole('link', { name: /NoSuchKey/ }).click();
    const rows = page.getByRole('table', { name: 'requests' }).locator('tbody tr');
    await rows.first().waitFor();
    const texts = await rows.allTextContents();
    expect(texts.length).toBeGreaterThan(10);
    expect(texts.filter((text) => !text.includes('NoSuchKey'))).toEqual([]);

    await rows.nth(2).click();
    const panel = page.getByRole('complementary', { name: 'One request' });
    await panel.waitFor();
    const fields = await fieldsOf(panel);
    expect(fields).toMatchObject({ error_code: 'NoSuchKey', http_status: '404' });
    expect(fields['request_id']).toMatch(/^\w+$/);

    const again = await openPage();
    await again.page.goto(page.url());
    const reopened = again.page.getByRole('complementary', { name: 'One request' });
    await reopened.locator('.field').first().waitFor();
    expect((await fieldsOf(reopened))['request_id']).toBe(fields['request_id']);
    expect(
      await again.page.getByRole('button', { name: 'Remove the filter Error NoSuchKey' }).isVisible(),
    ).toBe(true);
  });

  test.each(PAGES)('%s fits a phone of 360 px', async (path) => {
    const { page, show } = await openPage({ width: 360, height: 740 });
    await show(`${path}?range=7d`);
    const [shownPx, neededPx] = await page
      .locator('html')
      .evaluate((html) => [html.clientWidth, html.scrollWidth]);
    expect(shownPx).toBe(360);
    expect(neededPx).toBe(360);
  });

  test('text from outside is shown as text', async () => {
    const key = '<img src=x onerror=alert(1)>';
    const agent = 'evil\u001b[2J\u202eagent<script>alert(2)</script>';
    await ingestLine({ key, agent });
    const { page, complaints, show } = await openPage();
    await show(`/requests?range=1h&live=off&key=${encodeURIComponent(key)}`);
    const row = page.getByRole('table', { name: 'requests' }).locator('tbody tr');
    expect(await row.allTextContents()).toEqual([expect.stringContaining(key)]);
    await row.first().click();
    const panel = page.getByRole('complementary', { name: 'One request' });
    const fields = await fieldsOf(panel);
    expect(fields['key']).toBe(key);
    expect(fields['user_agent']).toBe('evil\\x1b[2J\\u202eagent<script>alert(2)</script>');
    expect(await page.locator('img[src="x"], .page script').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  /** Loads one line of an access log, of now, as anybody who can make a request to a bucket can write it. */
  async function ingestLine(written: { readonly key: string; readonly agent: string }): Promise<void> {
    const folder = keptFolder();
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const line = accessLogLines({ seed: 1, count: 1, startMs: Date.now() - 60_000 })
      .replaceAll('%', '')
      .replace(/prefix-\d+\/object-\d+ "/, `${encodeURIComponent(encodeURIComponent(written.key))} "`)
      .replace('"aws-cli/2.15"', `"${written.agent}"`);
    const path = join(folder, 'hostile.log');
    writeFileSync(path, line);
    const response = await fetch(`${demo.url}/api/v1/ingest`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ paths: [path] }),
    });
    expect(await response.json()).toMatchObject({ batches: 1, facts: 1, rejects: 0 });
  }
});

interface Opened {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly hosts: ReadonlySet<string>;
  /** Goes to a page of the product and waits until it shows what it has. */
  readonly show: (path: string) => Promise<void>;
}

async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
}

/** The exact count behind the first of the totals. */
async function requestsShown(page: Page): Promise<number> {
  const title = await page.locator('.totals > div').first().getAttribute('title');
  return Number((title ?? '').replace(/\D/g, ''));
}

async function fieldsOf(panel: ReturnType<Page['locator']>): Promise<Record<string, string>> {
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
