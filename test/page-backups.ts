/** Backups in a real browser: a part of the page's suite. What the API answers is made up, of its shapes. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { answerWith as answerAlarmsWith, NO_ALARMS } from './page-alarm-answers.ts';
import {
  answerWith,
  BUCKET,
  type Estate,
  fewSeries,
  HOSTILE,
  iso,
  NOON_MS,
  runsOf,
  seriesRow,
} from './page-backup-answers.ts';
import { addressOf, type DemoPages, rowsOf, seriousFindings, settled, soon } from './page-parts.ts';

const PHONE = { width: 360, height: 740 };
const LISTED = '/backups?live=off';
const ORDERS = `${LISTED}&series_bucket=${BUCKET}&series=db%2Forders`;
const CARTS = `${LISTED}&series_bucket=${BUCKET}&series=db%2Fcarts`;
const DAY_MS = 86_400_000;

export function backupTests({ openPage }: DemoPages): void {
  /** A page that sees these series. */
  async function openWith(estate: Estate, options: Parameters<typeof openPage>[0] = {}) {
    const opened = await openPage(options);
    const told = await answerWith(opened.page, estate);
    return { ...opened, told };
  }

  test.each(['light', 'dark'] as const)(
    'the calendar, a run, a series and a question have nothing serious for axe, %s',
    async (colorScheme) => {
      const { page, complaints, show } = await openWith(fewSeries(), { colorScheme });
      await show(LISTED);
      expect(await seriousFindings(page)).toEqual([]);
      await cellOf(page, 'db/users', 0).click();
      await page.getByRole('complementary', { name: 'One run' }).waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      for (const path of [ORDERS, CARTS]) {
        await show(path);
        expect(await page.locator('.problem').count()).toBe(0);
        expect(await seriousFindings(page)).toEqual([]);
      }
      await page.getByRole('button', { name: 'Pause…' }).click();
      expect(await seriousFindings(page)).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );

  test('the calendar and a series fit 360 px, today in sight, and have nothing serious for axe there', async () => {
    const { page, show } = await openWith(fewSeries(), { viewport: PHONE });
    for (const path of [LISTED, ORDERS]) {
      await show(path);
      expect(await page.locator('html').evaluate((html) => html.scrollWidth)).toBe(360);
      expect(await seriousFindings(page)).toEqual([]);
    }
    await show(LISTED);
    const today = await cellOf(page, 'db/orders', 0).boundingBox();
    const name = await page.getByRole('grid').getByRole('rowheader').first().boundingBox();
    expect((today?.x ?? 999) + (today?.width ?? 0)).toBeLessThanOrEqual(360);
    expect(name?.x).toBeGreaterThanOrEqual(0);
  });

  test('it says what is wrong: a sentence, a badge, counts that filter, a cell a day', async () => {
    const { page, show } = await openWith(fewSeries());
    await show(LISTED);
    expect(await page.locator('.verdict').textContent()).toBe('Missing1 of 5 backups are missing.');
    const badge = page.locator('.rail-link', { hasText: 'Backups' }).locator('.badge');
    expect(await badge.textContent()).toContain('2');
    expect(await cellOf(page, 'db/orders', 0).getAttribute('aria-label')).toMatch(
      /^db\/orders, \d+ [A-Z][a-z]{2}: Too small: 1\.2 MiB, 71 % less/,
    );
    const letters = await page
      .getByRole('row', { name: /^db\/orders/ })
      .locator('td[data-day]')
      .allTextContents();
    expect(letters.join('')).toBe('OOOOOOOOOOMOOS');
    const users = await page
      .getByRole('row', { name: /^db\/users/ })
      .locator('td[data-day]')
      .allTextContents();
    expect(users.join(' ')).toMatch(/^ +O O O O M$/);

    await page.getByRole('group', { name: 'Verdict' }).getByRole('button', { name: 'Too small 1' }).click();
    await soon(() => page.getByRole('grid').getByRole('rowheader').allTextContents()).toEqual([
      expect.stringContaining('db/orders'),
    ]);
    expect(addressOf(page).searchParams.get('verdict')).toBe('too-small');
  });

  test('the range is how many days there are: 14 at least, 90 at most', async () => {
    const { page, show } = await openWith(fewSeries());
    for (const [range, days] of [
      ['24h', 14],
      ['30d', 30],
      ['90d', 90],
    ] as const) {
      await show(`${LISTED}&range=${range}`);
      expect(await page.locator('thead th.calendar-day').count()).toBe(days);
    }
  });

  test('days are those of the reader', async () => {
    const due = iso(NOON_MS - DAY_MS / 2 - 3_600_000);
    const [run] = runsOf('db/late-evening', 1, { 0: 'missing' });
    const runs = run === undefined ? [] : [{ ...run, due }];
    const estate = { rows: [seriesRow('db/late-evening', runs, { next_due: null })], runs };
    for (const [timezoneId, daysAgo] of [
      ['UTC', 1],
      ['Europe/Berlin', 0],
    ] as const) {
      const { page, show } = await openWith(estate, { timezoneId });
      await show(`${LISTED}&since=${iso(NOON_MS - DAY_MS)}&until=${iso(NOON_MS)}`);
      expect(await cellOf(page, 'db/late-evening', daysAgo).textContent()).toBe('M');
    }
  });

  test('by keys alone: through the days, into a run, to the one before, out, and to its series', async () => {
    const { page, show } = await openWith(fewSeries());
    await show(LISTED);
    const focused = async () => (await page.locator(':focus').getAttribute('aria-label')) ?? '';
    await cellOf(page, 'db/users', 0).focus();
    await page.keyboard.press('ArrowDown');
    await soon(focused).toMatch(/^db\/orders/);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await soon(focused).toContain('Missing');
    await page.keyboard.press('Enter');
    const panel = page.getByRole('complementary', { name: 'One run' });
    await panel.getByText('Nothing came by the deadline.').waitFor();
    const due = addressOf(page).searchParams.get('run');
    await page.keyboard.press('ArrowLeft');
    await soon(() => addressOf(page).searchParams.get('run')).not.toBe(due);
    await page.keyboard.press('Escape');
    await soon(() => panel.count()).toBe(0);
    await soon(focused).toContain('Missing');
    await page.getByRole('link', { name: 'db/orders' }).focus();
    await page.keyboard.press('Enter');
    await soon(() => addressOf(page).searchParams.get('series')).toBe('db/orders');
  });

  test('an address shows the same run again, in the calendar and in its series', async () => {
    const { page, show } = await openWith(fewSeries());
    await show(LISTED);
    await cellOf(page, 'db/orders', 3).click();
    const panel = page.getByRole('complementary', { name: 'One run' });
    await panel.waitFor();
    await show(addressOf(page).pathname + addressOf(page).search);
    await panel.getByText('Nothing came by the deadline.').waitFor();
    await panel.getByRole('link', { name: 'All about this series' }).click();
    await settled(page);
    expect(await panel.count()).toBe(0);
    await rowsOf(page, 'Runs').nth(0).click();
    await panel.getByText('1.2 MiB, 71 % less').waitFor();
    expect(await panel.textContent()).toContain('usually 4.1 MiB');
  });

  test('a series says when it is due next, how safe it is, by which rule, and who did what', async () => {
    const { page, show } = await openWith(fewSeries());
    await show(ORDERS);
    const text = (await page.locator('.page').textContent()) ?? '';
    for (const said of [
      'Every day at 01:00 UTC',
      'with 30 min of grace',
      'Versions are off',
      'No rule that replicates',
      'down: 0.5',
      '<img src=x onerror=alert(1)>\\u202e\\x07',
      'regular: 2,101 keys, 1 new file',
    ])
      expect(text).toContain(said);
    expect(await page.locator('.next-dues > li').count()).toBe(5);
    expect(await page.locator('.plot canvas').count()).toBe(1);
    expect(await page.locator('img[src="x"]').count()).toBe(0);
  });

  test('a pause is asked for, told with its reason and end, and what came of it is said', async () => {
    const { page, told, show } = await openWith(fewSeries());
    await show(ORDERS);
    await page.getByRole('button', { name: 'Pause…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Pause db/orders?' });
    await dialog.getByLabel('How long').selectOption('for a week');
    await dialog.getByLabel('Reason').fill('The database is moved.');
    await dialog.getByLabel('Your name').fill('Ines');
    await dialog.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByText('Done: it is so from now on.').waitFor();
    expect(await dialog.count()).toBe(0);
    const [path, body] = told[0] ?? [];
    expect(path).toBe('/act');
    expect(body).toMatchObject({
      bucket: BUCKET,
      series: 'db/orders',
      act: 'pause',
      author: 'Ines',
      reason: 'The database is moved.',
    });
    const untilMs = Date.parse((body as { until: string }).until);
    expect(Math.abs(untilMs - Date.now() - 7 * DAY_MS)).toBeLessThan(60_000);
  });

  test('what is offered fits how the series stands', async () => {
    const { page, told, show } = await openWith(fewSeries());
    await show(`${LISTED}&series_bucket=${BUCKET}&series=fs%2Fnas`);
    expect(await page.locator('.paused-by').textContent()).toBe(
      'Paused by Mara until somebody resumes it: It is moved.',
    );
    expect(await page.getByRole('button', { name: 'Pause…' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
    await soon(() => told.length).toBe(1);
    await show(ORDERS);
    await page.getByRole('button', { name: 'Accept the new size…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Accept the new size' }).click();
    await soon(() => told.map(([, body]) => (body as { act: string }).act)).toEqual([
      'resume',
      'accept-size',
    ]);
  });

  test('what is refused is said where it was asked, with the request and the way out', async () => {
    const { page, show } = await openWith(fewSeries());
    const problem = {
      title: 'It cannot be done',
      detail: 'The file is read-only.',
      code: 'denied',
      status: 403,
    };
    await page.route('**/api/v1/backups/act', (route) => route.fulfill({ status: 403, json: problem }));
    await show(ORDERS);
    await page.getByRole('button', { name: 'Retire…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Retire db/orders?' });
    await dialog.getByRole('button', { name: 'Retire', exact: true }).click();
    const box = dialog.locator('.problem');
    await box.waitFor();
    expect(await box.textContent()).toContain('The file is read-only.');
    expect(await box.textContent()).toContain('POST /api/v1/backups/act');
    await page.keyboard.press('Escape');
    await soon(() => dialog.count()).toBe(0);
  });

  test('found series: what accepting them would have meant, and what it writes', async () => {
    const { page, told, show } = await openWith(fewSeries());
    await show(LISTED);
    const found = page.getByRole('region', { name: 'Found series' }).first();
    expect(await found.textContent()).toContain('1 series was found and waits to be accepted');
    expect(await found.textContent()).toContain('Would have fired 1 time:');
    expect(await found.getByRole('button', { name: 'Accept chosen' }).isDisabled()).toBe(true);
    await found.getByLabel('Choose db/carts').check();
    await found.getByRole('button', { name: 'Accept 1 chosen' }).click();
    const dialog = page.getByRole('dialog', { name: 'Accept db/carts?' });
    expect(await dialog.locator('pre').textContent()).toBe('- name: db/carts\n  grace: 30m\n');
    expect(told).toEqual([]);
    await dialog.getByRole('button', { name: 'Write it and watch' }).click();
    await page.getByText('Written to /etc/bucketwatch.yaml').waitFor();
    expect(told).toEqual([['/accept', { ids: [{ bucket: BUCKET, series: 'db/carts' }] }]]);
  });

  test('a look now, and the links for others, when they are asked for', async () => {
    const { page, told, show } = await openWith(fewSeries());
    await show(ORDERS);
    await page.getByRole('button', { name: 'Look now' }).click();
    await page.getByText('2,101 keys in 3 requests, 1 new').waitFor();
    expect(told).toEqual([['/look', { bucket: BUCKET }]]);
    await page.getByRole('button', { name: 'Status link and badge' }).click();
    const links = page.locator('.series-links');
    await soon(() => links.textContent()).toContain(`${addressOf(page).origin}/status/secret`);
    expect(await links.textContent()).toContain(`](${addressOf(page).origin}/status/secret)`);
  });

  test('from the overview: the days of the worst, and what is wrong with its first step', async () => {
    const { page, show } = await openWith(fewSeries());
    await answerAlarmsWith(page, NO_ALARMS);
    await show('/?range=24h&live=off');
    const strip = page.getByRole('region', { name: 'Backups', exact: true });
    expect(await strip.locator('thead th.calendar-day').count()).toBe(14);
    await page
      .getByRole('link', { name: `Backup db/users in ${BUCKET} is missing` })
      .first()
      .click();
    await soon(() => addressOf(page).searchParams.get('series')).toBe('db/users');
    await show('/?range=24h&live=off');
    await cellOf(page, 'db/orders', 3).click();
    await page.getByRole('complementary', { name: 'One run' }).waitFor();
    expect(addressOf(page).pathname).toBe('/backups');
  });

  test('the palette goes to a series', async () => {
    const { page, show } = await openWith(fewSeries());
    await show('/activity?range=24h&live=off');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('series db/fine');
    await page.getByRole('option', { name: 'db/fine' }).first().waitFor();
    await page.keyboard.press('Enter');
    await soon(() => addressOf(page).searchParams.get('series')).toBe('db/fine');
    expect(addressOf(page).pathname).toBe('/backups');
  });

  test('a thousand series: only those in sight are drawn, and one is found by its name', async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `hosts/node-${String(index).padStart(4, '0')}`);
    const rows = names.map((name) => seriesRow(name, runsOf(name, 14)));
    const { page, show } = await openWith({ rows, runs: [] });
    await show(LISTED);
    expect(await page.getByRole('grid').getByRole('rowheader').count()).toBeLessThan(60);
    await page.locator('.calendar-scroll').evaluate((box) => box.scrollTo({ top: box.scrollHeight }));
    await page.getByRole('link', { name: 'hosts/node-0999' }).waitFor();
    await page.getByRole('searchbox', { name: 'Series named' }).fill('NODE-0123');
    await soon(() => page.getByRole('grid').getByRole('rowheader').allTextContents()).toEqual([
      expect.stringContaining('hosts/node-0123'),
    ]);
    expect(addressOf(page).searchParams.get('named')).toBe('NODE-0123');
  });

  test('names from outside are shown as text, however long', async () => {
    const names = [HOSTILE, `${'long/'.repeat(200)}end`];
    const rows = names.map((name) => seriesRow(name, runsOf(name, 3, { 0: 'too-small' })));
    const { page, complaints, show } = await openWith({
      rows,
      runs: rows.flatMap(({ newest }) => newest ?? []),
    });
    await show(LISTED);
    const shown = await page.getByRole('grid').getByRole('rowheader').allTextContents();
    expect(shown.join()).toContain('<img src=x onerror=alert(1)>\\u202e\\x07');
    expect(await cellOf(page, '<img', 0).getAttribute('aria-label')).toContain('\\u202e\\x07');
    for (const name of names) {
      await show(`${LISTED}&series_bucket=${BUCKET}&series=${encodeURIComponent(name)}`);
      expect(await page.locator('html').evaluate((html) => html.scrollWidth)).toBe(1280);
    }
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('without a series the page says which lines have a bucket watched', async () => {
    const { page, show } = await openWith({ rows: [], runs: [] });
    await show(LISTED);
    await page.getByRole('heading', { name: 'No backup series was found yet' }).waitFor();
    expect(await page.locator('.pasteable').first().textContent()).toContain('discover:');
    expect(await page.getByRole('table', { name: 'Watched buckets' }).textContent()).toContain(BUCKET);
    expect(await seriousFindings(page)).toEqual([]);
    await show('/?range=24h&live=off');
    expect(await page.getByRole('link', { name: 'What makes backups visible' }).isVisible()).toBe(true);
  });

  test('an answer that cannot be had says so, with the request and the way out', async () => {
    const { page, show } = await openPage();
    const problem = {
      title: 'It cannot be asked now',
      detail: 'The store is closing.',
      code: 'limit',
      status: 400,
    };
    await page.route('**/api/v1/backups*', (route) => route.fulfill({ status: 400, json: problem }));
    await show(LISTED);
    const box = page.locator('.problem').first();
    expect(await box.textContent()).toContain('The store is closing.');
    expect(await box.textContent()).toContain('GET /api/v1/backups');
    expect(await box.getByRole('button', { name: 'Try again' }).isVisible()).toBe(true);
  });
}

/** The cell of a series so many days before the last. */
function cellOf(page: Page, series: string, daysBefore: number) {
  return page
    .getByRole('row', { name: new RegExp(`^${series}`) })
    .locator('td[data-day]')
    .nth(-1 - daysBefore);
}
