/** The page in a real browser, on the demo that `npm start` shows. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { explorerTests } from './page-explorer.ts';
import { alarmTests } from './page-alarms.ts';
import { backupTests } from './page-backups.ts';
import { replicationTests } from './page-replication.ts';
import { sectionTests } from './page-sections.ts';
import {
  addressOf,
  clickUntil,
  describePages,
  DIST,
  fieldsOf,
  ingestLine,
  requestsShown,
  rowsOf,
  seriousInBoth,
  settled,
  soon,
} from './page-parts.ts';

const PAGES = ['/', '/replication', '/backups', '/activity', '/requests', '/calls', '/alarms', '/sources'];
/** Scripts and styles as they are sent, before the first page is shown. */
const BUNDLE_BYTES_MAX = 200_000;
/** And of a page when it is first opened. */
const PART_BYTES_MAX = 20_000;
const PHONE = { width: 360, height: 740 };

describePages('page in a browser', (pages) => {
  const { openPage, url } = pages;
  explorerTests(pages);
  sectionTests(pages);
  describe('replication', () => replicationTests(pages));
  describe('backups', () => backupTests(pages));
  describe('alarms', () => alarmTests(pages));

  test('scripts and styles are small: of the first page, and of each that is loaded later', () => {
    const first = readFileSync(join(DIST, 'index.html'), 'utf8');
    const assets = readdirSync(join(DIST, 'assets')).map((name) => ({
      isFirst: first.includes(`/assets/${name}`),
      sizeBytes: gzipSync(readFileSync(join(DIST, 'assets', name))).byteLength,
    }));
    const sizeBytes = assets.filter(({ isFirst }) => isFirst).reduce((sum, one) => sum + one.sizeBytes, 0);
    process.stdout.write(`scripts and styles: ${(sizeBytes / 1000).toFixed(1)} kB after gzip\n`);
    expect(sizeBytes).toBeGreaterThan(10_000);
    expect(sizeBytes).toBeLessThan(BUNDLE_BYTES_MAX);
    for (const later of assets.filter(({ isFirst }) => !isFirst))
      expect(later.sizeBytes).toBeLessThan(PART_BYTES_MAX);
  });

  test.each(PAGES)(
    '%s loads without an error, asks nobody but its own server, and has nothing serious for axe, light and dark',
    async (path) => {
      const { page, complaints, hosts, show } = await openPage();
      await show(path);
      expect(await page.getByRole('heading', { level: 1 }).textContent()).not.toBe('Not found');
      await show(`${path}?range=7d&live=off`);
      expect(await seriousInBoth(page)).toEqual([]);
      expect(await page.locator('.problem').count()).toBe(0);
      expect(complaints).toEqual([]);
      expect([...hosts]).toEqual([new URL(url()).host]);
    },
  );

  test.each(PAGES)('%s fits a phone of 360 px, and has nothing serious for axe there', async (path) => {
    const { page, show } = await openPage({ viewport: PHONE });
    await show(`${path}?range=7d&live=off`);
    const [shownPx, neededPx] = await page
      .locator('html')
      .evaluate((html) => [html.clientWidth, html.scrollWidth]);
    expect(shownPx).toBe(360);
    expect(neededPx).toBe(360);
    expect(await seriousInBoth(page)).toEqual([]);
  });

  test('an error of the page would be noticed', async () => {
    const { page, complaints, hosts, show } = await openPage();
    await show('/');
    await page.locator('html').evaluate(() => {
      setTimeout(() => {
        throw new Error('planted');
      });
    });
    await soon(() => complaints.join()).toContain('planted');
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
    await soon(() => requestsShown(page)).toBeGreaterThan(day);
    expect(new URL(page.url()).searchParams.get('range')).toBe('7d');
    const since = new Date(Date.now() - 7 * 86_400_000).toISOString();
    const response = await fetch(`${url()}/api/v1/activity/series?since=${since}`);
    const { totals } = (await response.json()) as { totals: { requests: number } };
    expect(Math.abs((await requestsShown(page)) / totals.requests - 1)).toBeLessThan(0.01);
  });

  test('an entry of a top list leads to its rows, a row to its fields, the address back to both', async () => {
    const { page, show } = await openPage();
    await show('/?range=7d&live=off');
    await page.locator('.page a[href*="error_code=NoSuchKey"]').first().click();
    const rows = rowsOf(page);
    await rows.first().waitFor();
    const texts = await rows.allTextContents();
    expect(texts.length).toBeGreaterThan(10);
    expect(texts.filter((text) => !text.includes('NoSuchKey'))).toEqual([]);

    const panel = page.getByRole('complementary', { name: 'One request' });
    await clickUntil(rows.nth(2), panel);
    const fields = await fieldsOf(panel);
    expect(fields).toMatchObject({ error_code: 'NoSuchKey', http_status: '404' });
    expect(fields['request_id']).toMatch(/^\w+$/);

    const again = await openPage();
    await again.page.goto(page.url());
    const reopened = again.page.getByRole('complementary', { name: 'One request' });
    await reopened.locator('.field').first().waitFor();
    expect((await fieldsOf(reopened))['request_id']).toBe(fields['request_id']);
    expect(
      await again.page.getByRole('button', { name: 'Remove the filter Error is NoSuchKey' }).isVisible(),
    ).toBe(true);
  });

  test('axe finds what is planted', async () => {
    const { page, show } = await openPage();
    await show('/sources?live=off');
    await page.locator('main').evaluate((main) => {
      main.insertAdjacentHTML('beforeend', '<button class="planted"></button>');
    });
    const seeThrough = '<p style="color: #333; background: none">seen by day</p>';
    await page
      .locator('main')
      .evaluate((main, html) => main.insertAdjacentHTML('beforeend', html), seeThrough);
    const found = await seriousInBoth(page);
    expect(found.filter((finding) => finding.includes('planted')).join()).toMatch(/^button-name/);
    expect(found.filter((finding) => finding.includes('seen by day')).join()).toMatch(
      /^dark: color-contrast/,
    );
  });

  test('the palette goes where it is told, by keyboard alone', async () => {
    const { page, complaints, show } = await openPage();
    await show('/?range=24h&live=off');
    await page.keyboard.press('/');
    await page.keyboard.type('last 7 days');
    await page.keyboard.press('Enter');
    await soon(() => addressOf(page).searchParams.get('range')).toBe('7d');

    await page.keyboard.press('Control+k');
    await page.keyboard.type('anonymous');
    await page.keyboard.press('Enter');
    await soon(() => addressOf(page).pathname).toBe('/requests');
    expect(addressOf(page).searchParams.get('access_kind')).toBe('anonymous');
    expect(addressOf(page).searchParams.get('range')).toBe('7d');

    await settled(page);
    const id = (await rowsOf(page).first().getAttribute('data-row')) ?? '';
    await page.keyboard.press('Control+k');
    await page.keyboard.type(id);
    await page.keyboard.press('Enter');
    await soon(() => addressOf(page).searchParams.get('request_id')).toBe(id);
    await soon(() => rowsOf(page).count()).toBeGreaterThan(0);

    await page.keyboard.press('/');
    await page.keyboard.type('dark');
    await page.keyboard.press('Enter');
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    await page.keyboard.press('/');
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog[open]').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('what arrives is on the page without loading it anew, and is not where it is held still', async () => {
    const key = 'arrives/while-somebody-looks';
    const path = `/requests?range=1h&key=${encodeURIComponent(key)}`;
    const { page, complaints, show } = await openPage();
    await show(path);
    await page.locator('.live[data-live="live"]').waitFor();
    await page.getByText('matches these filters').waitFor();
    await page.locator('html').evaluate((html) => html.setAttribute('data-seen', 'yes'));
    const still = await openPage();
    await still.show(`${path}&live=off`);
    await ingestLine(url(), { key, agent: 'test' });
    await soon(() => rowsOf(page).count()).toBe(1);
    expect(await page.locator('html').getAttribute('data-seen')).toBe('yes');
    expect(await rowsOf(still.page).count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('a page that cannot have the stream asks by itself', async () => {
    const key = 'arrives/without-a-stream';
    const { page, show } = await openPage();
    await page.route('**/api/v1/events', (route) => route.fulfill({ status: 404, body: 'no' }));
    await show(`/requests?range=1h&key=${encodeURIComponent(key)}`);
    await page.locator('.live[data-live="polling"]').waitFor();
    await ingestLine(url(), { key, agent: 'test' });
    await soon(() => rowsOf(page).count()).toBe(1);
  });

  test('text from outside is shown as text', async () => {
    const key = '<img src=x onerror=alert(1)>';
    const agent = 'evil\u001b[2J\u202eagent<script>alert(2)</script>';
    await ingestLine(url(), { key, agent });
    const { page, complaints, show } = await openPage();
    await show(`/requests?range=1h&live=off&key=${encodeURIComponent(key)}`);
    const row = rowsOf(page);
    expect(await row.allTextContents()).toEqual([expect.stringContaining(key)]);
    const panel = page.getByRole('complementary', { name: 'One request' });
    await clickUntil(row.first(), panel.locator('.field').first());
    const fields = await fieldsOf(panel);
    expect(fields['key']).toBe(key);
    expect(fields['user_agent']).toBe('evil\\x1b[2J\\u202eagent<script>alert(2)</script>');
    expect(await page.locator('img[src="x"], .page script').count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});
