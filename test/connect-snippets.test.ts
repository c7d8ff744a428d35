/** What the page gives people to paste is a configuration that this program takes. */
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { DISCOVER_CONFIG } from '../dashboard/src/pages/backups/backups-snippet.ts';
import { ESTATE_CONFIG } from '../dashboard/src/pages/replication/estate-snippet.ts';
import { CONNECT_SNIPPETS } from '../dashboard/src/pages/sources/connect-snippets.ts';
import { configSchema } from '../src/config/schema.ts';

test.each(CONNECT_SNIPPETS)(
  'the lines to connect "$id" are a configuration with that source',
  ({ config }) => {
    const parsed = configSchema.safeParse(parse(config));
    expect(parsed.error?.issues ?? []).toEqual([]);
    expect(parsed.data?.sources).toHaveLength(1);
  },
);

test('the lines that are commented out are settings, too', () => {
  const bucket = CONNECT_SNIPPETS.find(({ id }) => id === 'bucket')?.config ?? '';
  const whole = bucket.replaceAll(/^ {4}# (\w+: )/gm, '    $1');
  expect(whole).toContain('\n    endpoint: ');
  expect(configSchema.safeParse(parse(whole)).error?.issues ?? []).toEqual([]);
});

test('the lines that make pairs visible are a configuration with a store', () => {
  const parsed = configSchema.safeParse(parse(ESTATE_CONFIG));
  expect(parsed.error?.issues ?? []).toEqual([]);
  expect(parsed.data?.estate).toHaveLength(1);
});

test('the lines that have a bucket watched for backups are a configuration that does', () => {
  const parsed = configSchema.safeParse(parse(DISCOVER_CONFIG));
  expect(parsed.error?.issues ?? []).toEqual([]);
  expect(parsed.data?.backups.discover).toMatchObject([{ bucket: 'your-backup-bucket', accept: 'ask' }]);
});
