/** The parts of Overview, Activity and Sources in a browser, and what their charts let people do. */
import { expect, test } from 'vitest';
import type { Storms } from '../src/serve/activity-api.ts';
import { addressOf, type DemoPages, rowsOf, seriousFindings, soon } from './page-parts.ts';

/** But for the first of each, which are among the pages. */
const SECTIONS = [
  ...['top', 'metrics', 'access', 'storms', 'slow', 'cost', 'new'].map(
    (part) => `/activity?range=7d&live=off&part=${part}`,
  ),
  ...['completeness', 'rejects', 'ledger', 'connect'].map(
    (part) => `/sources?range=7d&live=off&part=${part}`,
  ),
];

export function sectionTests({ openPage, url }: DemoPages): void {
  test.each(SECTIONS)('%s loads, fits 360 px, and has nothing serious for axe', async (path) => {
    const { page, complaints, show } = await openPage({ viewport: { width: 360, height: 740 } });
    await show(path);
    expect(await page.locator('.problem').count()).toBe(0);
    expect(await page.locator('html').evaluate((html) => html.scrollWidth)).toBe(360);
    expect(await seriousFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('a chart: arrow keys move its cursor, and its values are a table, too', async () => {
    const { page, show } = await openPage();
    await show('/activity?range=7d&live=off');
    const charts = page.locator('.plot');
    const times = page.locator('.legend-when');
    await soon(async () => {
      await charts.first().focus();
      await page.keyboard.press('Home');
      return times.first().textContent();
    }).toMatch(/^[A-Z][a-z]{2} \d+ \d\d:\d\d/);
    const first = await times.first().textContent();
    await page.keyboard.press('ArrowRight');
    await soon(() => times.first().textContent()).not.toBe(first);
    expect(await page.locator('.legend [role="status"]').first().textContent()).toContain('2xx ');

    await page.locator('.value-table > summary').first().click();
    const table = page.getByRole('region', { name: /^Values: Requests over time/ });
    await soon(() => table.locator('tbody tr').count()).toBeGreaterThan(50);
  });

  test('a chart: a legend entry is shown alone, in the address, and a drag is the range', async () => {
    const { page, show } = await openPage();
    await show('/activity?range=7d&live=off');
    const entry = page.locator('.legend').first().getByRole('button', { name: /^5xx/ });
    await entry.click();
    await soon(() => addressOf(page).searchParams.get('only.status')).toBe('5xx');
    expect(await entry.getAttribute('aria-pressed')).toBe('true');

    const box = await page.locator('.plot .u-over').first().boundingBox();
    if (box === null) throw new Error('the chart has no area');
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.25, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, y, { steps: 4 });
    await page.mouse.up();
    await soon(() => addressOf(page).searchParams.has('since')).toBe(true);
    const { searchParams } = addressOf(page);
    const days =
      (Date.parse(searchParams.get('until') ?? '') - Date.parse(searchParams.get('since') ?? '')) /
      86_400_000;
    expect(days).toBeGreaterThan(1.5);
    expect(days).toBeLessThan(2);
    await page.goBack();
    await soon(() => addressOf(page).searchParams.get('range')).toBe('7d');
  });

  test('the overview says what is wrong first, and each leads to its own rows', async () => {
    const { page, show } = await openPage();
    await show('/?range=7d&live=off');
    const since = new Date(Date.now() - 7 * 86_400_000).toISOString();
    const response = await fetch(`${url()}/api/v1/activity/storms?since=${since}`);
    const { rows } = (await response.json()) as Storms;
    const storm = rows.find(({ kind }) => kind === '404');
    expect(storm).toBeDefined();
    const more = page.locator('.attention .more');
    if ((await more.count()) > 0) await more.click();
    await page
      .getByRole('link', { name: `Storm of 404 in ${storm?.bucket}` })
      .first()
      .click();
    await soon(() => rowsOf(page).count()).toBeGreaterThan(50);
    expect(addressOf(page).searchParams.get('bucket')).toBe(storm?.bucket);
    expect(addressOf(page).searchParams.get('since')).toBe(storm?.started);
    const texts = await rowsOf(page).allTextContents();
    expect(texts.filter((text) => !text.includes('404'))).toEqual([]);
  });

  test('a reject shows the record with what is wrong in it marked', async () => {
    const { page, show } = await openPage();
    await show('/sources?part=rejects&live=off');
    await rowsOf(page, 'Rejects').first().click();
    const panel = page.getByRole('complementary', { name: 'One reject' });
    await panel.locator('.reject-line mark').waitFor();
    expect(await panel.locator('.reject-line mark').textContent()).toBe('ends here');
  });
}
