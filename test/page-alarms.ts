/** Alarms in a real browser: a part of the page's suite. What the API answers is made up, of its shapes. */
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  ago,
  alarmRow,
  answerWith,
  BACKUP,
  ERRORS,
  type Estate,
  fewAlarms,
  HOSTILE,
  muchTold,
} from './page-alarm-answers.ts';
import {
  addressOf,
  type DemoPages,
  parsedCsv,
  rowsOf,
  seriousFindings,
  settled,
  soon,
  textOf,
} from './page-parts.ts';

const PHONE = { width: 360, height: 740 };
const NOW = '/alarms?range=24h&live=off';
const DELIVERIES = `${NOW}&part=deliveries`;
const PARTS = [NOW, `${NOW}&part=history`, `${NOW}&part=silences`, DELIVERIES, `${NOW}&part=definitions`];
const MESSAGE = `${DELIVERIES}&open=1000`;
const OPEN = `${NOW}&alarm=${encodeURIComponent(ERRORS)}`;

export function alarmTests({ openPage, url }: DemoPages): void {
  /** A page that sees these alarms. */
  async function openWith(estate: Estate, options: Parameters<typeof openPage>[0] = {}) {
    const opened = await openPage(options);
    const told = await answerWith(opened.page, estate);
    return { ...opened, told };
  }

  test('every part, an alarm and a question have nothing serious for axe', async () => {
    const { page, complaints, show } = await openWith({ ...fewAlarms(), told: muchTold() });
    for (const path of [...PARTS, MESSAGE]) {
      await show(path);
      expect(await page.locator('.problem').count()).toBe(0);
      expect(await seriousFindings(page)).toEqual([]);
    }
    await show(NOW);
    await page.getByRole('button', { name: 'Silence…' }).first().click();
    await page.getByRole('dialog').getByLabel('Reason').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('an alarm, its history and a message have nothing serious for axe in the dark', async () => {
    const { page, show } = await openWith({ ...fewAlarms(), told: muchTold() }, { colorScheme: 'dark' });
    await show(`${OPEN}&part=history`);
    await page.getByRole('region', { name: 'Definition' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await show(MESSAGE);
    expect(await seriousFindings(page)).toEqual([]);
  });

  test('every part and an alarm fit 360 px, also with names that are long and hostile', async () => {
    const { alarms, ...estate } = fewAlarms();
    const hostile = alarmRow('hostile', {
      title: `${HOSTILE} ${'سجل'.repeat(40)}`,
      sentence: `${HOSTILE} ${'x'.repeat(500)}`,
      labels: { monitor: HOSTILE, key: 'k'.repeat(900) },
    });
    const { page, complaints, show } = await openWith(
      { ...estate, alarms: [...alarms, hostile], told: muchTold() },
      { viewport: PHONE },
    );
    for (const path of [...PARTS, MESSAGE, OPEN, `${NOW}&alarm=hostile`]) {
      await show(path);
      expect(await page.locator('html').evaluate((html) => html.scrollWidth)).toBe(360);
    }
    expect(await seriousFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('it says what is wrong: a sentence, a badge, the worst first, with evidence and what to do', async () => {
    const { page, show } = await openWith(fewAlarms());
    await show(NOW);
    expect(await page.locator('.verdict').textContent()).toBe(
      'Critical3 alarms need attention, 1 of them critical.',
    );
    const badge = page.locator('.rail-link', { hasText: 'Alarms' }).locator('.badge');
    expect(await badge.textContent()).toBe('3 need attention');
    const wrong = page.getByRole('region', { name: 'In ALARM' });
    const titles = await wrong.locator('.alarm-title > a').allTextContents();
    expect(titles).toEqual([
      'Server errors in media',
      'Backup db/orders in vault is late',
      'Backup db/users in vault is late',
    ]);
    const first = wrong.locator('.alarm-item').first();
    expect(await first.textContent()).toContain('See which operation they have in common');
    expect(await first.getByRole('table', { name: 'Evidence' }).locator('tbody tr').count()).toBe(3);
    expect(await wrong.getByRole('heading', { level: 3 }).allTextContents()).toEqual([
      'server-errors 1 alarm',
      'backup-late 2 alarms',
    ]);
    await wrong.getByRole('group', { name: 'Group by' }).getByRole('button', { name: 'Bucket' }).click();
    await soon(() => wrong.getByRole('heading', { level: 3 }).allTextContents()).toEqual([
      'media 1 alarm',
      'vault 2 alarms',
    ]);
    expect(addressOf(page).searchParams.get('group')).toBe('bucket');
    const inHand = page.getByRole('region', { name: 'In hand' });
    expect(await inHand.textContent()).toMatch(/Acknowledged by Ada .*Batch job of the month/);
  });

  test('the bucket in view is what alarms are of, beside those about none', async () => {
    const { page, show } = await openWith(fewAlarms());
    await show(`${NOW}&bucket=vault`);
    expect(await page.locator('.verdict p').textContent()).toBe(
      '2 alarms about vault or the sources need attention.',
    );
    expect(await page.getByRole('region', { name: 'In ALARM' }).locator('.alarm-item').count()).toBe(2);
  });

  test('what is fine is folded, and found by its labels', async () => {
    const { page, show } = await openWith(fewAlarms());
    await show(NOW);
    await page.getByText('24 alarms are OK').click();
    const rows = rowsOf(page, 'Alarms: OK');
    await soon(() => rows.count()).toBe(24);
    await page.getByRole('searchbox', { name: 'Find in Alarms: OK' }).fill('bucket-11');
    await soon(() => rows.count()).toBe(1);
    await rows.first().click();
    await soon(() => addressOf(page).searchParams.get('alarm')).toBe(
      'failed-replications{bucket="bucket-11"}',
    );
  });

  test('nothing in ALARM is said calmly, with when that was seen; nothing evaluated is not called fine', async () => {
    const { page, show } = await openWith({
      ...fewAlarms(),
      alarms: fewAlarms().alarms.filter(({ state }) => state === 'OK'),
      evaluatedAt: ago(0.05),
    });
    await show(NOW);
    const wrong = page.getByRole('region', { name: 'In ALARM' });
    expect(await wrong.textContent()).toMatch(/Nothing needs attentionEvaluated \d+ min ago/);
    expect(await page.locator('.verdict .status').textContent()).toBe('Fine');
    const none = { ...fewAlarms(), alarms: [], evaluatedAt: null };
    const early = await openWith(none);
    await early.show(NOW);
    expect(await early.page.locator('.verdict .status').textContent()).toBe('Not evaluated yet');
  });

  test('acknowledged in place: what is sent, and what came of it', async () => {
    const { page, show, told } = await openWith(fewAlarms());
    await show(NOW);
    const item = page.locator('.alarm-item').nth(1);
    await item.getByRole('button', { name: 'Acknowledge…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Acknowledge Backup db/orders in vault is late?' });
    await dialog.getByLabel('How long').selectOption({ label: 'for 4 hours' });
    await dialog.getByLabel('Reason').fill('on it');
    await dialog.getByLabel('Your name').fill('Ada');
    const beforeMs = Date.now();
    await dialog.getByRole('button', { name: 'Acknowledge' }).click();
    await item.getByText('Done: acknowledge.').waitFor();
    const [{ path, body } = { path: '', body: {} }] = told;
    expect(path).toBe('/alarms/acknowledge');
    expect(body).toMatchObject({ alarm: BACKUP, author: 'Ada', reason: 'on it' });
    const untilMs = Date.parse((body as { until: string }).until);
    expect(Math.abs(untilMs - beforeMs - 4 * 3_600_000)).toBeLessThan(60_000);
  });

  test('silenced in place: its labels are filled in, and can be made wider', async () => {
    const { page, show, told } = await openWith(fewAlarms());
    await show(NOW);
    await page.locator('.alarm-item').nth(1).getByRole('button', { name: 'Silence…' }).click();
    const dialog = page.getByRole('dialog');
    const labels = await dialog.getByLabel('Label', { exact: true }).all();
    expect(await Promise.all(labels.map((label) => label.inputValue()))).toEqual([
      'alarm',
      'monitor',
      'bucket',
      'series',
    ]);
    const fitting = dialog.locator('.fitting');
    expect(await fitting.textContent()).toBe('Fits 1 alarm; 1 in ALARM now.');
    await dialog.getByRole('button', { name: 'Without series' }).click();
    await soon(() => fitting.textContent()).toBe('Fits 2 alarms; 2 in ALARM now.');
    await dialog.getByRole('button', { name: 'Silence', exact: true }).click();
    expect(told).toEqual([]);
    await dialog.getByLabel('Reason').fill('the store is moved');
    await dialog.getByRole('button', { name: 'Silence', exact: true }).click();
    await soon(() => told.length).toBe(1);
    expect(told[0]).toMatchObject({
      path: '/silences',
      body: {
        matchers: [
          { label: 'alarm', values: ['backup-late{*'] },
          { label: 'monitor', values: ['backups'] },
          { label: 'bucket', values: ['vault'] },
        ],
        reason: 'the store is moved',
      },
    });
  });

  test('an address shows an alarm again: its chart, what became of it, its rule', async () => {
    const { page, complaints, show } = await openWith(fewAlarms());
    await show(OPEN);
    const panel = page.getByRole('complementary', { name: 'One alarm' });
    await panel.getByRole('application', { name: /Points of Server errors in media, 60 periods/ }).waitFor();
    expect(await panel.getByRole('region', { name: 'Definition' }).textContent()).toContain(
      'Sum of 5xxErrors above 10 for 3 of 3 periods of 5 min',
    );
    const changes = panel.getByRole('region', { name: 'Changes' }).locator('.timeline-entry');
    expect(await changes.locator('.status').allTextContents()).toEqual(['ALARM', 'OK', 'ALARM']);
    await panel.getByText('Values').click();
    const values = panel.getByRole('region', { name: /^Values/ }).locator('tbody tr');
    await values.first().waitFor();
    expect(await values.count()).toBe(54);
    expect(await shadedShare(panel)).toBeGreaterThan(0.05);
    expect(complaints).toEqual([]);
  });

  test('by keys alone: into an alarm, to the next, and out', async () => {
    const { page, show } = await openWith(fewAlarms());
    await show(NOW);
    const first = page.getByRole('link', { name: 'Server errors in media' });
    await first.focus();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('complementary', { name: 'One alarm' });
    await panel.getByRole('heading', { name: 'Server errors in media' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await panel.getByRole('heading', { name: 'Backup db/orders in vault is late' }).waitFor();
    await page.keyboard.press('Escape');
    await soon(() => panel.count()).toBe(0);
    expect(await first.evaluate((link) => link.matches(':focus'))).toBe(true);
  });

  test('an alarm leads to what it is about', async () => {
    const { page, show } = await openWith(fewAlarms());
    await show(NOW);
    await page.locator('.alarm-item').nth(1).getByRole('link', { name: 'Its series' }).click();
    await soon(() => addressOf(page).pathname).toBe('/backups');
    expect(addressOf(page).searchParams.get('series')).toBe('db/orders');
  });

  test('history: a lane an alarm in letters and words, changes that are filtered and saved', async () => {
    const { page, show } = await openWith(fewAlarms());
    await show(`${NOW}&part=history`);
    const lanes = page.getByRole('list', { name: 'Alarms over time' });
    const errors = lanes.locator('.lane', { hasText: 'Server errors in media' });
    const words = await errors.locator('.lane-span').allTextContents();
    expect(words.slice(0, 3)).toEqual(['OK', 'A', 'OK']);
    expect(await errors.getByRole('img').getAttribute('aria-label')).toMatch(
      /^In ALARM for [\d.]+ h in 2 stretches/,
    );
    const rows = rowsOf(page, 'Changes');
    expect(await rows.count()).toBe(7);
    await page.getByRole('group', { name: 'Changed to' }).getByRole('button', { name: 'To ALARM' }).click();
    await page.getByRole('combobox', { name: 'Severity' }).selectOption('critical');
    await soon(() => rows.count()).toBe(2);
    await page.getByText('Export', { exact: true }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('group', { name: 'The 2 rows shown' }).getByRole('button', { name: 'CSV' }).click(),
    ]);
    const [head = [], ...saved] = parsedCsv(await textOf(download));
    expect(saved.map((row) => row[head.indexOf('alarm')])).toEqual([ERRORS, ERRORS]);
    await rows.first().click();
    await page.getByRole('complementary', { name: 'One alarm' }).waitFor();
  });

  test('silences: who and why, what they fit; one is ended', async () => {
    const { page, show, told } = await openWith(fewAlarms());
    await show(`${NOW}&part=silences`);
    const rows = page.getByRole('table', { name: 'Silences', exact: true }).locator('tbody tr');
    expect(await rows.count()).toBe(2);
    expect(await rows.first().textContent()).toMatch(/Active.*Batch job of the monthby Ada.*1 in ALARM/);
    await rows.first().getByRole('button', { name: 'End…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click();
    await soon(() => told.map(({ path }) => path)).toEqual(['/silences/s-active/end']);
  });

  test('deliveries: how channels do, what waits, each try with its text, filtered and page by page', async () => {
    const { page, complaints, show } = await openWith({ ...fewAlarms(), told: muchTold() });
    await show(DELIVERIES);
    const channels = page.getByRole('table', { name: 'Channels' }).locator('tbody tr');
    expect(await channels.nth(0).textContent()).toMatch(/^opsslackDelivers/);
    expect(await channels.nth(1).textContent()).toMatch(
      /^pagerpagerdutyFailing2 failures in a row, since .* ago: HTTP 503: <img .*\\u202e\\x07/,
    );
    const waiting = page.getByRole('table', { name: 'Waiting' }).locator('tbody tr');
    expect(await waiting.allTextContents()).toEqual(['Server errors in mediapagerit failed a moment ago']);
    const rows = rowsOf(page, 'Messages');
    expect(await rows.count()).toBe(100);
    await page.getByRole('button', { name: 'Load more' }).click();
    await soon(() => page.getByText('123 messages, that is all').count()).toBe(1);

    await page.getByRole('combobox', { name: 'Channel' }).selectOption('pager');
    await soon(() => rows.count()).toBe(2);
    const outcomes = page.getByRole('group', { name: 'Outcome' });
    await outcomes.getByRole('button', { name: 'Delivered' }).click();
    await page.getByText('No message is like this.').waitFor();
    await page.getByRole('combobox', { name: 'Channel' }).selectOption('');
    await outcomes.getByRole('button', { name: 'Not sent' }).click();
    await soon(() => rows.count()).toBe(1);
    expect(await rows.first().textContent()).toMatch(
      /Not sent.*Backup db\/orders in vault is late.*silenced by Ada/,
    );
    expect(addressOf(page).searchParams.get('outcome')).toBe('settled');

    await outcomes.getByRole('button', { name: 'All sent' }).click();
    await rows.first().press('Enter');
    const panel = page.getByRole('complementary', { name: 'One message' });
    const lines = panel.getByRole('region', { name: 'Text' }).locator('.message-text > p');
    await soon(() => lines.count()).toBe(4);
    expect(await lines.nth(2).textContent()).toBe('ALARM, critical: Server errors in media');
    await page.keyboard.press('ArrowDown');
    await soon(() => panel.locator('.alarm-standing .status').textContent()).toBe('Failed');
    await panel.getByRole('link', { name: 'Server errors in media' }).click();
    await page.getByRole('complementary', { name: 'One alarm' }).waitFor();
    expect(await panel.count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('an alarm says who is told of it, what keeps it quiet, and leads to what was told', async () => {
    const { page, show } = await openWith({ ...fewAlarms(), told: muchTold() });
    await show(OPEN);
    const told = page.getByRole('region', { name: 'Who is told' });
    const targets = told.locator('.told-list > li');
    await soon(() => targets.count()).toBe(2);
    expect(await targets.nth(0).textContent()).toMatch(
      /^ops at onceslack, route grave; told ALARM [\d.]+ \w+ ago$/,
    );
    expect(await targets.nth(1).textContent()).toBe(
      'pager after 15 min in ALARM that nobody acknowledgedpagerduty, route grave' +
        'Not told now: silenced by Ada, muted: nightsWaits: it failed a moment ago',
    );
    await told.getByRole('link', { name: 'What was told of it' }).click();
    await soon(() => rowsOf(page, 'Messages').count()).toBe(3);
    await page.getByRole('link', { name: 'Messages of all alarms' }).click();
    await soon(() => rowsOf(page, 'Messages').count()).toBe(100);
  });

  test('without a channel it says how to add one, without a message that there is none', async () => {
    const { page, show } = await openWith(fewAlarms());
    await show(DELIVERIES);
    await page.getByRole('heading', { name: 'Nobody is told of alarms yet' }).waitFor();
    expect(await page.locator('.pasteable').textContent()).toContain('kind: slack, name: ops');
    expect(await page.getByRole('region', { name: 'Messages' }).count()).toBe(0);
    const early = await openWith({ ...fewAlarms(), told: { ...muchTold(), messages: [] } });
    await early.show(DELIVERIES);
    expect(await early.page.locator('.panel-empty').textContent()).toMatch(/^Nothing was sent yet\./);
  });

  test('the palette leads to an alarm, and to its silence', async () => {
    const { page, show } = await openWith(fewAlarms());
    await show('/sources?range=24h&live=off');
    await page.keyboard.press('/');
    await page.keyboard.type('silence server errors');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Silence Server errors in media?' });
    await dialog.getByLabel('Reason').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await soon(() => addressOf(page).searchParams.has('silence')).toBe(false);
  });

  test('the overview tells alarms first, each with what can be done', async () => {
    const { page, show } = await openWith(fewAlarms());
    await show('/?range=24h&live=off');
    const list = page.getByRole('region', { name: 'Needs attention' });
    const first = list.locator('.attention-row').first();
    expect(await first.textContent()).toContain('Server errors in media');
    await first.getByRole('button', { name: 'Acknowledge…' }).waitFor();
    expect(await list.textContent()).not.toContain('Replication media → media-replica lags');
    await first.getByRole('link', { name: 'Server errors in media' }).click();
    await settled(page);
    await page.getByRole('complementary', { name: 'One alarm' }).waitFor();
  });

  test("the server's own answers are shown without a problem", async () => {
    const { page, complaints, show } = await openPage();
    for (const path of PARTS) {
      await show(path);
      expect(await page.locator('.problem').count()).toBe(0);
    }
    const response = await fetch(`${url()}/api/v1/alarms`);
    const { sentence } = (await response.json()) as { readonly sentence: string };
    await soon(() => page.locator('.verdict p').textContent()).toBe(sentence);
    expect(complaints).toEqual([]);
  });
}

/** As much of a canvas as is read here, in the page. */
interface Canvas {
  readonly width: number;
  readonly height: number;
  getContext(kind: '2d'): {
    getImageData(x: number, y: number, width: number, height: number): { readonly data: readonly number[] };
  };
}

/** How much of the chart in a panel is shaded, from the pixels of one row near its top. */
async function shadedShare(panel: Locator): Promise<number> {
  return panel.locator('canvas').evaluate((element) => {
    const canvas = element as unknown as Canvas;
    const { data } = canvas
      .getContext('2d')
      .getImageData(0, Math.round(canvas.height * 0.1), canvas.width, 1);
    let shaded = 0;
    for (let index = 0; index < data.length; index += 4)
      if ((data[index + 3] ?? 0) > 0 && (data[index] ?? 0) > (data[index + 2] ?? 0)) shaded += 1;
    return shaded / canvas.width;
  });
}
