import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backupsSettings } from '../../backup-series.ts';
import { configSchema } from '../../config/schema.ts';
import { Book, type Change, type Told } from './book.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.parse('2026-11-01T02:05:00Z');

/** A file as it was written, and who told of it. */
interface Writing {
  readonly key: string;
  readonly day: number;
  readonly ms: number;
  readonly content: number;
  readonly isMultipart: boolean;
  readonly isVersioned: boolean;
  readonly isListed: boolean;
}

const writing = fc.record({
  key: fc.constantFrom('db/latest.gz', 'db/orders-1.gz'),
  day: fc.integer({ min: 0, max: 5 }),
  ms: fc.integer({ min: 0, max: 999 }),
  content: fc.integer({ min: 1, max: 2 }),
  isMultipart: fc.boolean(),
  isVersioned: fc.boolean(),
  isListed: fc.boolean(),
});

/** What a notification, EventBridge, CloudTrail and a listing say of it; a key is written once a day. */
function reportsOf({ key, day, ms, content, isMultipart, isVersioned, isListed }: Writing): Told[] {
  const secondMs = START_MS + day * DAY_MS;
  const etag = isMultipart ? `c${content}-12` : `c${content}`;
  const versionId = isVersioned ? `v${day}` : '';
  const sizeBytes = 1000 + content;
  const notified: Told = { key, versionId, etag, sizeBytes, atMs: secondMs + ms, feed: 'event' };
  const listed: Told = { ...notified, versionId: '', atMs: secondMs, feed: 'listing' };
  // EventBridge has whole seconds.
  const bridged: Told = { ...notified, atMs: secondMs };
  // Of multipart uploads CloudTrail has no size, and so is not told.
  const trailed = isMultipart ? [] : [{ ...notified, etag: '', atMs: secondMs }];
  return [notified, bridged, ...trailed, ...(isListed ? [listed] : [])];
}

/** The table as the changes leave it. */
function rowsAfter(told: readonly Told[]): { rows: unknown[]; files: unknown[] } {
  const config = configSchema.parse({
    backups: { series: [{ name: 'orders', bucket: 'vault', pattern: 'db/*.gz', schedule: { every: '1d' } }] },
  });
  const book = new Book();
  book.watch({ bucket: 'vault', expected: backupsSettings(config.backups).expected });
  const rows = new Map<string, unknown>();
  const idOf = ({ key, atMs, feed }: Change['file']): string => `${key} ${atMs} ${feed}`;
  for (const one of told) {
    const change = book.tell('vault', one);
    if (change?.instead !== undefined) rows.delete(idOf(change.instead));
    if (change !== undefined) rows.set(idOf(change.file), change.file);
  }
  const inOrder = (files: readonly unknown[]): unknown[] =>
    files.map((file) => JSON.stringify(file, Object.keys(file as object).sort())).sort();
  return { rows: inOrder([...rows.values()]), files: inOrder(book.find('vault', 'orders')?.files ?? []) };
}

test('the book has each file once, in whatever order and however often it is told, and so has the table', () => {
  fc.assert(
    fc.property(
      fc
        .uniqueArray(writing, { selector: ({ key, day }) => `${key} ${day}`, maxLength: 6 })
        .map((writings) => ({ writings, reports: writings.flatMap(reportsOf) }))
        .chain(({ writings, reports }) =>
          fc.record({
            writings: fc.constant(writings),
            told: fc
              .tuple(
                fc.shuffledSubarray(reports, { minLength: reports.length }),
                fc.shuffledSubarray(reports),
              )
              .map(([all, again]) => [...all, ...again]),
          }),
        ),
      ({ writings, told }) => {
        const { rows, files } = rowsAfter(told);
        expect(rows).toEqual(files);
        expect(files).toHaveLength(writings.length);
        const inTime = told.toSorted((a, b) => a.atMs - b.atMs);
        expect(rows).toEqual(rowsAfter(inTime).rows);
      },
    ),
    { numRuns: 500 },
  );
});
