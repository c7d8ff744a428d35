/** Replication in a real browser: a part of the page's suite, on the same demo. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Pair, ReplicationObjects } from '../dashboard/src/lib/replication-row.ts';
import { answerWith, NO_ALARMS } from './page-alarm-answers.ts';
import { addressOf, type DemoPages, rowsOf, seriousFindings, settled, soon, textOf } from './page-parts.ts';

/** From the demo's history being loaded until its pairs are found and judged; seconds when the machine is idle. */
const JUDGED_MS = 240_000;
const PHONE = { width: 360, height: 740 };
const LISTED = '/replication?range=24h&live=off';

export function replicationTests({ openPage, url }: DemoPages): void {
  /** The demo's three pairs, once what was loaded of them is judged. */
  async function judgedPairs(): Promise<Readonly<Record<'ok' | 'lagging' | 'failing', Pair>>> {
    const read = async (): Promise<readonly Pair[]> => {
      const response = await fetch(`${url()}/api/v1/replication/pairs`);
      return ((await response.json()) as { rows: readonly Pair[] }).rows;
    };
    const verdicts = async (): Promise<readonly string[]> =>
      (await read()).map(({ verdict }) => verdict).toSorted();
    await expect.poll(verdicts, { timeout: JUDGED_MS, interval: 500 }).toEqual(['failing', 'lagging', 'ok']);
    const rows = await read();
    const of = (verdict: Pair['verdict']): Pair => {
      const pair = rows.find((row) => row.verdict === verdict);
      if (pair === undefined) throw new Error(`the demo has no pair that is ${verdict}`);
      return pair;
    };
    return { ok: of('ok'), lagging: of('lagging'), failing: of('failing') };
  }

  async function objectsOf(pair: Pair, status: string): Promise<ReplicationObjects['rows']> {
    const query = new URLSearchParams({ pair: pair.id, status, limit: '5' });
    const response = await fetch(`${url()}/api/v1/replication/objects?${query.toString()}`);
    return ((await response.json()) as ReplicationObjects).rows;
  }

  test.each(['light', 'dark'] as const)(
    'pairs and each pair have nothing serious for axe, %s',
    async (colorScheme) => {
      const pairs = await judgedPairs();
      const { page, complaints, show } = await openPage({ colorScheme });
      await show(LISTED);
      expect(await page.getByRole('table', { name: 'Pairs' }).locator('tbody tr').count()).toBe(3);
      expect(await seriousFindings(page)).toEqual([]);
      for (const pair of [pairs.failing, pairs.ok]) {
        await show(pairPath(pair));
        expect(await page.locator('.problem').count()).toBe(0);
        expect(await seriousFindings(page)).toEqual([]);
      }
      expect(complaints).toEqual([]);
    },
  );

  test('pairs and a pair fit 360 px, and have nothing serious for axe there', async () => {
    const pairs = await judgedPairs();
    const { page, show } = await openPage({ viewport: PHONE });
    for (const path of [LISTED, pairPath(pairs.failing), pairPath(pairs.lagging)]) {
      await show(path);
      expect(await page.locator('html').evaluate((html) => html.scrollWidth)).toBe(360);
      expect(await seriousFindings(page)).toEqual([]);
    }
  });

  test('the pairs say what is wrong: a sentence, figures as in the API, a badge', async () => {
    const pairs = await judgedPairs();
    const { page, show } = await openPage();
    await show(LISTED);
    const rows = page.getByRole('table', { name: 'Pairs' }).locator('tbody tr');
    const texts = await rows.allTextContents();
    expect(texts.map((text) => /Failing|Lagging|In target/.exec(text)?.[0])).toEqual([
      'Failing',
      'Lagging',
      'In target',
    ]);
    const said = await rows.nth(1).getByRole('img', { name: /^RPO/ }).getAttribute('aria-label');
    expect(said).toMatch(/^RPO [\d.]+ (?:h|min), target 15 min$/);
    expect(pairs.lagging.rpo_seconds).toBeGreaterThan(3600);
    expect(await page.locator('.verdict p').first().textContent()).not.toBe('');
    expect(
      await page.locator('.rail-link', { hasText: 'Replication' }).locator('.badge').textContent(),
    ).toContain('2');
  });

  test('from the overview to a failed object: its pair, the cause with its fix, the object, its history', async () => {
    const { failing } = await judgedPairs();
    const { page, complaints, show } = await openPage();
    await answerWith(page, NO_ALARMS);
    await show('/?range=24h&live=off');
    await page
      .getByRole('link', { name: `Replication ${failing.source} → ${failing.destination} fails` })
      .first()
      .click();
    await soon(() => addressOf(page).searchParams.get('pair')).toBe(failing.id);
    await settled(page);
    const cause = page.getByRole('table', { name: 'Failed, by cause' }).locator('tbody tr').first();
    expect(await cause.textContent()).toContain('DstKmsKeyNotFound');
    expect(await cause.locator('.fix-permission code').textContent()).toContain('kms:');
    await page.getByRole('group', { name: 'Status' }).getByRole('button', { name: 'Failed' }).click();
    await rowsOf(page, 'Objects').first().click();
    const panel = page.getByRole('complementary', { name: 'One object' });
    await panel.locator('.timeline-entry[data-status="alarm"]').waitFor();
    expect(await panel.locator('.object-destinations').first().textContent()).toContain('DstKmsKeyNotFound');
    expect(await seriousFindings(page)).toEqual([]);
    const { searchParams } = addressOf(page);
    expect(searchParams.get('object_bucket')).toBe(failing.source);

    const again = await openPage();
    await again.show(addressOf(page).pathname + addressOf(page).search);
    const pasted = again.page.getByRole('complementary', { name: 'One object' });
    await pasted.locator('.timeline-entry').first().waitFor();
    expect(await pasted.locator('.object-name').textContent()).toContain(searchParams.get('object_key'));
    expect(complaints).toEqual([]);
  });

  test('the manifest of what failed names each object by bucket, key and version', async () => {
    const { failing } = await judgedPairs();
    const { page, show } = await openPage();
    await show(pairPath(failing));
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Manifest (CSV)' }).click(),
    ]);
    const lines = (await textOf(download)).trimEnd().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(failing.failed_objects);
    expect(lines.filter((line) => !line.startsWith(failing.source))).toEqual([]);
  });

  test('by keys alone: into a pair, down its objects, into one, to the next, and out', async () => {
    const { failing } = await judgedPairs();
    const { page, show } = await openPage();
    await show(LISTED);
    await page.getByRole('table', { name: 'Pairs' }).getByRole('link').first().focus();
    await page.keyboard.press('Enter');
    await soon(() => addressOf(page).searchParams.get('pair')).toBe(failing.id);
    await settled(page);
    await rowsOf(page, 'Objects').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const panel = page.getByRole('complementary', { name: 'One object' });
    await panel.waitFor();
    const first = addressOf(page).searchParams.get('object_version');
    await page.keyboard.press('ArrowDown');
    await soon(() => addressOf(page).searchParams.get('object_version')).not.toBe(first);
    await page.keyboard.press('Escape');
    await soon(() => panel.count()).toBe(0);
    expect(addressOf(page).searchParams.has('object_key')).toBe(false);
    await page.getByRole('link', { name: 'All pairs' }).focus();
    await page.keyboard.press('Enter');
    await soon(() => addressOf(page).searchParams.has('pair')).toBe(false);
  });

  test('an object is looked up by its key, and an unknown one says so', async () => {
    const { ok } = await judgedPairs();
    const [object] = await objectsOf(ok, 'COMPLETED');
    expect(object).toBeDefined();
    const { page, show } = await openPage();
    await show(LISTED);
    await lookUp(page, { bucket: ok.source, key: object?.key ?? '' });
    const panel = page.getByRole('complementary', { name: 'One object' });
    await panel.locator('.timeline-entry').first().waitFor();
    expect(await panel.locator('.object-destinations').first().textContent()).toContain('Arrived');
    expect(await panel.textContent()).toContain(ok.destination);

    await lookUp(page, { bucket: ok.source, key: 'never/was' });
    await panel.getByText('Nothing is known of this object').waitFor();
  });

  test('the palette goes to a pair', async () => {
    const { lagging } = await judgedPairs();
    const { page, show } = await openPage();
    await show('/activity?range=24h&live=off');
    await page.keyboard.press('Control+k');
    await page.keyboard.type(`pair ${lagging.destination}`);
    // The alarms of a pair have its buckets in their titles.
    const kind = page.locator('.muted', { hasText: /^Replication pair$/ });
    await page.getByRole('option', { name: lagging.destination }).filter({ has: kind }).first().click();
    await soon(() => addressOf(page).searchParams.get('pair')).toBe(lagging.id);
    expect(addressOf(page).searchParams.get('range')).toBe('24h');
  });

  test('keys from outside are shown as text, whatever is in them', async () => {
    const { lagging } = await judgedPairs();
    const [pending] = await objectsOf(lagging, 'PENDING');
    const keys = ['<img src=x onerror=alert(1)>', 'a\u202eb\u0007', `${'long/'.repeat(200)}end.parquet`];
    const rows = keys.map((key) => ({ ...pending, key }));
    const { page, complaints, show } = await openPage();
    await page.route('**/api/v1/replication/objects*', (route) =>
      route.fulfill({ json: { rows, next_cursor: null } }),
    );
    await show(`${pairPath(lagging)}&status=PENDING`);
    const shown = await rowsOf(page, 'Objects').allTextContents();
    expect(shown[0]).toContain('<img src=x onerror=alert(1)>');
    expect(shown[1]).toContain('a\\u202eb\\x07');
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    expect(await page.locator('html').evaluate((html) => html.scrollWidth)).toBe(1280);
    expect(complaints).toEqual([]);
  });

  test('without a pair the page says which lines make one visible', async () => {
    const { page, show } = await openPage();
    await page.route('**/api/v1/replication/pairs*', async (route) => {
      const answer = (await (await route.fetch()).json()) as object;
      await route.fulfill({ json: { ...answer, sentence: 'No pair is known.', rows: [] } });
    });
    await show(LISTED);
    await page.getByRole('heading', { name: 'No pair of buckets is known yet' }).waitFor();
    expect(await page.locator('.pasteable').first().textContent()).toContain('estate:');
    expect(await seriousFindings(page)).toEqual([]);
    await show('/?range=24h&live=off');
    expect(await page.getByRole('link', { name: 'What makes pairs visible' }).isVisible()).toBe(true);
  });

  test('an answer that cannot be had says so, with the request and the way out', async () => {
    const { page, show } = await openPage();
    const problem = {
      title: 'It cannot be asked now',
      detail: 'The store is closing.',
      code: 'limit',
      status: 400,
    };
    await page.route('**/api/v1/replication/pairs*', (route) =>
      route.fulfill({ status: 400, json: problem }),
    );
    await show(LISTED);
    const box = page.locator('.problem').first();
    expect(await box.textContent()).toContain('The store is closing.');
    expect(await box.textContent()).toContain('GET /api/v1/replication/pairs');
    expect(await box.getByRole('button', { name: 'Try again' }).isVisible()).toBe(true);
  });
}

function pairPath(pair: Pair): string {
  return `${LISTED}&pair=${encodeURIComponent(pair.id)}`;
}

async function lookUp(page: Page, object: { readonly bucket: string; readonly key: string }): Promise<void> {
  await page.getByLabel('Bucket of the object').selectOption(object.bucket);
  await page.getByLabel('Key of the object').fill(object.key);
  await page.getByRole('button', { name: 'Look up' }).click();
}
