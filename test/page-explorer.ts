/** The explorers of requests and calls in a real browser: a part of the page's suite, on the same demo. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Analyses } from '../dashboard/src/explorer/answers.ts';
import {
  addressOf,
  clickUntil,
  type DemoPages,
  ingestLine,
  parsedCsv,
  rowsOf,
  seriousFindings,
  settled,
  soon,
  textOf,
} from './page-parts.ts';

export function explorerTests({ openPage, url }: DemoPages): void {
  test('an open panel, the palette and every menu have nothing serious for axe', async () => {
    const { page, show } = await openPage();
    await show('/requests?range=7d&live=off');
    for (const menu of ['Views', 'Columns', 'Export']) {
      await page.locator('summary', { hasText: menu }).click();
      expect(await seriousFindings(page)).toEqual([]);
      await page.keyboard.press('Escape');
    }
    const timeline = page.getByRole('button', { name: 'Timeline' });
    await clickUntil(rowsOf(page).nth(1), timeline);
    await timeline.click();
    await settled(page);
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Search and go' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });

  test('a filter can be negated, turned around, and taken away', async () => {
    const { page, show } = await openPage();
    await show('/requests?range=7d&live=off');
    await page.getByLabel('Filter by').selectOption('http_status');
    await page.getByLabel('Relation').selectOption('not');
    await page.getByLabel('Value of Status').fill('2xx');
    await page.keyboard.press('Enter');
    await soon(() => addressOf(page).searchParams.get('http_status')).toBe('!2xx');
    await soon(() => statusesOf(page)).not.toContain('2');
    expect(await statusesOf(page)).toMatch(/[345]/);
    await page.getByRole('button', { name: 'Turn around the filter Status is not like 2xx' }).click();
    await soon(() => statusesOf(page)).toBe('2');
    await page.getByRole('button', { name: 'Remove the filter Status is like 2xx' }).click();
    await soon(() => addressOf(page).searchParams.has('http_status')).toBe(false);
  });

  test('a value beside the list keeps its rows or leaves them out, and so does a cell by key', async () => {
    const { page, show } = await openPage({ viewport: { width: 1500, height: 900 } });
    await show('/requests?range=7d&live=off');
    await page.getByRole('button', { name: /^Only Status 404/ }).click();
    await soon(() => statusesOf(page)).toBe('4');
    await page
      .getByRole('button', { name: /^Without Error / })
      .first()
      .focus();
    await page.keyboard.press('Enter');
    await soon(() => addressOf(page).searchParams.get('error_code')).toMatch(/^!/);
    await show('/requests?range=7d&live=off');
    await rowsOf(page).first().focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', '-']) await page.keyboard.press(key);
    await soon(() => addressOf(page).searchParams.get('operation')).toMatch(/^!\w+\./);
  });

  test('the histogram counts what the list holds; dragging over it zooms, Back restores', async () => {
    const { page, show } = await openPage();
    await show('/requests?range=7d&live=off&http_status=503');
    const words = page.locator('.histogram-words strong');
    const whole = Number(((await words.textContent()) ?? '').replace(/\D/g, ''));
    const since = new Date(Date.now() - 7 * 86_400_000).toISOString();
    const answer = await fetch(`${url()}/api/v1/requests?since=${since}&http_status=503&limit=10000`);
    const { rows } = (await answer.json()) as { rows: unknown[] };
    expect(whole).toBe(rows.length);
    const box = await page.locator('.histogram-plot').boundingBox();
    if (box === null) throw new Error('no histogram');
    await page.mouse.move(box.x + box.width * 0.25, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 20, { steps: 4 });
    await page.mouse.up();
    await soon(() => addressOf(page).searchParams.has('since')).toBe(true);
    const { searchParams } = addressOf(page);
    const lengthMs =
      Date.parse(searchParams.get('until') ?? '') - Date.parse(searchParams.get('since') ?? '');
    expect(lengthMs / 86_400_000).toBeCloseTo(7 / 4, 1);
    await page.goBack();
    expect(addressOf(page).searchParams.get('range')).toBe('7d');
    await soon(() => words.textContent()).toContain(String(whole));
  });

  test('columns are chosen, and the address shows them again', async () => {
    const { page, show } = await openPage();
    await show('/requests?range=7d&live=off');
    await page.locator('summary', { hasText: 'Columns' }).click();
    await page.getByLabel('User agent', { exact: true }).check();
    await page.getByLabel('Bucket', { exact: true }).and(page.getByRole('checkbox')).uncheck();
    const again = await openPage();
    await again.show(addressOf(page).pathname + addressOf(page).search);
    const titles = await again.page.getByRole('columnheader').allTextContents();
    expect(titles).toContain('User agent');
    expect(titles).not.toContain('Bucket');
  });

  test('a long list draws only what is in sight, and its panel goes through it by arrow keys', async () => {
    const { page, complaints, show } = await openPage();
    await show('/requests?range=7d&live=off');
    for (const count of [200, 300, 400]) {
      await page.getByRole('button', { name: 'Load more' }).click();
      await page.getByText(`The newest ${count} requests`).waitFor();
    }
    const table = page.getByRole('table', { name: 'requests' });
    expect(await table.getAttribute('aria-rowcount')).toBe('401');
    expect(await rowsOf(page).count()).toBeLessThan(120);
    await page.locator('.explorer .table-scroll').evaluate((place) => {
      place.scrollTop = place.scrollHeight;
    });
    await clickUntil(table.locator('tr[aria-rowindex="401"]'), page.locator('.side-panel'));
    for (let step = 0; step < 60; step += 1) await page.keyboard.press('ArrowUp');
    const row = table.locator('tr[aria-current="true"]');
    expect(await row.getAttribute('aria-rowindex')).toBe('341');
    await soon(() => row.isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await page.locator('.side-panel').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('a saved file parses back to what is shown, and a spreadsheet cannot run it', async () => {
    await ingestLine(url(), { key: '=HYPERLINK("http://example.com","x")', agent: '+1, "two"' });
    const { page, show } = await openPage();
    await show(`/requests?range=1h&live=off&key=${encodeURIComponent('=HYPERLINK*')}`);
    const [header = [], cells = []] = parsedCsv(await saved(page, 'CSV', 0));
    const cell = (column: string) => cells[header.indexOf(column)];
    expect(cell('key')).toBe(`'=HYPERLINK("http://example.com","x")`);
    const rows = JSON.parse(await saved(page, 'JSON', 0)) as Record<string, unknown>[];
    expect(rows).toHaveLength(1);
    expect(rows[0]?.['key']).toBe('=HYPERLINK("http://example.com","x")');
    expect(cell('request_id')).toBe(rows[0]?.['request_id']);
    expect(header).toEqual(Object.keys(rows[0] ?? {}));
  });

  test('all that match are saved, not only the rows shown', async () => {
    const { page, show } = await openPage();
    const minuteMs = Math.floor(Date.now() / 60_000) * 60_000;
    const hours = (count: number) => new Date(minuteMs - count * 3_600_000).toISOString();
    await show(`/requests?since=${hours(170)}&until=${hours(2)}&live=off&http_status=4xx`);
    const rows = JSON.parse(await saved(page, 'JSON', 1)) as Record<string, unknown>[];
    const count = ((await page.locator('.histogram-words strong').textContent()) ?? '').replace(/\D/g, '');
    expect(rows.length).toBeGreaterThan(1000);
    expect(rows.length).toBe(Number(count));
    expect(new Set(rows.map((row) => `${String(row['batch_id'])}:${String(row['line_number'])}`)).size).toBe(
      rows.length,
    );
    await page.getByText(/^Saved [\d,]+ rows\.$/).waitFor();
  });

  test('the timeline of a request has it from the feeds, and the address opens it again', async () => {
    const { page, show } = await openPage();
    await show('/calls?range=7d&live=off&event_name=PutObject');
    const tab = page.getByRole('button', { name: 'Timeline' });
    await clickUntil(rowsOf(page, 'calls').first(), tab);
    await tab.click();
    await page.locator('.timeline-entry').first().waitFor();
    const again = await openPage();
    await again.page.goto(page.url());
    await again.page.locator('.timeline-entry').first().waitFor();
    expect(await again.page.locator('.timeline').textContent()).toContain('PutObject');
  });

  test('a question with a name is answered', async () => {
    const { rows } = (await (await fetch(`${url()}/api/v1/analyses`)).json()) as Analyses;
    const ready = rows.find(
      ({ feed, parameters }) => feed === 'access-log' && !parameters.some(({ required }) => required),
    );
    const { page, complaints, show } = await openPage();
    await show('/requests?range=7d&live=off');
    await page.locator('summary', { hasText: 'Views' }).click();
    await page.getByRole('link', { name: ready?.title ?? '', exact: true }).click();
    await page.getByRole('table', { name: ready?.title ?? '' }).waitFor();
    expect(addressOf(page).searchParams.get('analysis')).toBe(ready?.name);
    expect(complaints).toEqual([]);
  });

  test('a view is saved under a name and found again', async () => {
    const { page, show } = await openPage();
    await show('/requests?range=7d&live=off&http_status=!200&cols=time,key');
    await page.locator('summary', { hasText: 'Views' }).click();
    await page.getByLabel('Name of this view').fill('What went wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'What went wrong' }).waitFor();
    await show('/?live=off');
    await page.keyboard.press('/');
    await page.keyboard.type('what went');
    await page.keyboard.press('Enter');
    await soon(() => addressOf(page).searchParams.get('http_status')).toBe('!200');
    await soon(() => page.getByRole('columnheader').allTextContents()).toEqual(['Time', 'Key']);
  });

  test('an exact value is told on hover and on focus', async () => {
    const { page, show } = await openPage();
    await show('/requests?range=7d&live=off&operation=REST.GET.OBJECT&http_status=200');
    const tip = page.locator('#tip');
    await rowsOf(page).first().locator('td[data-column="bytes_sent"] [data-tip]').hover();
    await soon(() => tip.textContent()).toMatch(/^[\d,]+ bytes$/);
    await rowsOf(page).nth(2).focus();
    await page.keyboard.press('ArrowRight');
    await soon(() => tip.textContent()).toContain('UTC');
    expect(await tip.isVisible()).toBe(true);
  });
}

/** The first digits of the statuses in the list, each once, in order. */
async function statusesOf(page: Page): Promise<string> {
  const texts = await page.locator('td[data-column="http_status"]').allTextContents();
  return [...new Set(texts.map((text) => text.slice(0, 1)))].toSorted().join('');
}

/** Saves through the menu: the rows shown (0) or all that match (1). */
async function saved(page: Page, format: 'CSV' | 'JSON', which: 0 | 1): Promise<string> {
  const menu = page.locator('.menu', { has: page.locator('summary', { hasText: 'Export' }) });
  await menu.locator('summary').click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    menu.getByRole('button', { name: format }).nth(which).click(),
  ]);
  return textOf(download);
}
