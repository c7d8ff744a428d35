import { describe, expect, test } from 'vitest';
import { compareKeys, endOf, listPrefix, lookBack, timedKey } from './bucket-listing-keys.ts';

const MINUTE_MS = 60_000;
const TRAIL = 'AWSLogs/123456789012/CloudTrail/eu-west-1/';

interface Row {
  readonly what: string;
  readonly key: string;
  readonly root: string;
  readonly prefix: string;
  readonly layout: string;
  readonly time: string;
  /** What lies 15 minutes back. */
  readonly back: string;
}

const ROWS: readonly Row[] = [
  {
    what: 'a classic access log',
    key: 'logs/app-2026-05-03-00-05-09-1A2B',
    root: 'logs/',
    prefix: 'logs/app-',
    layout: 'names',
    time: '2026-05-03T00:05:09.000Z',
    back: 'logs/app-2026-05-02-23-50-09',
  },
  {
    what: 'a classic access log whose prefix holds something like a date',
    key: 'app-2021-2026-05-03-00-05-09-1A2B',
    root: '',
    prefix: 'app-2021-',
    layout: 'names',
    time: '2026-05-03T00:05:09.000Z',
    back: 'app-2021-2026-05-02-23-50-09',
  },
  {
    what: 'a partitioned access log by delivery time',
    key: 'p/123456789012/us-east-1/shop/2026/03/01/2026-03-01-00-10-00-AB',
    root: 'p/',
    prefix: 'p/123456789012/us-east-1/shop/',
    layout: 'days',
    time: '2026-03-01T00:10:00.000Z',
    back: 'p/123456789012/us-east-1/shop/2026/02/28/2026-02-28-23-55-00',
  },
  {
    what: 'a partitioned access log by event time: the whole day is at midnight',
    key: 'p/123456789012/us-east-1/shop/2026/03/01/2026-03-01-00-00-00-AB',
    root: 'p/',
    prefix: 'p/123456789012/us-east-1/shop/',
    layout: 'days',
    time: '2026-03-01T00:00:00.000Z',
    back: 'p/123456789012/us-east-1/shop/2026/02/28/',
  },
  {
    what: 'a CloudTrail file',
    key: `${TRAIL}2026/01/01/123456789012_CloudTrail_eu-west-1_20260101T0005Z_aBcD.json.gz`,
    root: '',
    prefix: TRAIL,
    layout: 'days',
    time: '2026-01-01T00:05:00.000Z',
    back: `${TRAIL}2025/12/31/123456789012_CloudTrail_eu-west-1_20251231T2350Z`,
  },
  {
    what: 'names of several writers in a day folder: only the day is in order',
    key: 'lb/2026/05/03/one_20260503T1200Z_x.log',
    root: 'lb/',
    prefix: 'lb/',
    layout: 'days',
    time: '2026-05-03T00:00:00.000Z',
    back: 'lb/2026/05/02/',
  },
  {
    what: 'a root within the year',
    key: 'x/2026/05/03/13/part',
    root: 'x/2026/05/',
    prefix: 'x/',
    layout: 'days',
    time: '2026-05-03T00:00:00.000Z',
    back: 'x/2026/05/02/',
  },
  {
    what: 'a day in the root says nothing about the names below',
    key: 'old/2019/11/02/logs/2026-05-03-00-05-09-1A2B',
    root: 'old/2019/11/02/logs/',
    prefix: 'old/2019/11/02/logs/',
    layout: 'names',
    time: '2026-05-03T00:05:09.000Z',
    back: 'old/2019/11/02/logs/2026-05-02-23-50-09',
  },
];

describe('timedKey() and lookBack()', () => {
  test.each(ROWS)('$what', ({ key, root, prefix, layout, time, back }) => {
    const timed = timedKey(key, root);
    expect(timed).toMatchObject({ prefix, layout, timeMs: Date.parse(time) });
    expect(timed === undefined ? '' : lookBack(timed, 15 * MINUTE_MS)).toBe(back);
  });

  test.each(ROWS)('with no overlap it still sorts before the key: $what', ({ key, root }) => {
    const timed = timedKey(key, root);
    expect(timed === undefined ? 0 : compareKeys(lookBack(timed, 0), key)).toBe(-1);
  });

  test.each([
    'readme.txt',
    '2026/report.csv',
    'app-2026-13-01-00-00-00-X',
    'app-2026-05-03',
    'x/2026/00/01/y',
  ])('timedKey() finds no time in %s', (key) => {
    expect(timedKey(key, '')).toBeUndefined();
  });
});

describe('where a stream is listed', () => {
  test('listPrefix() asks for years, and for no more than is watched', () => {
    expect(listPrefix({ prefix: 'logs/app-', layout: 'names' }, 'logs/')).toBe('logs/app-20');
    expect(listPrefix({ prefix: 'x/', layout: 'days' }, 'x/2026/05/')).toBe('x/2026/05/');
  });

  test('endOf() sorts after the last year and before a name that goes on otherwise', () => {
    const end = endOf({ prefix: 'logs/app-', layout: 'names' });
    expect(compareKeys('logs/app-2099-12-31-23-59-59-F', end)).toBe(-1);
    expect(compareKeys('logs/app-20th', end)).toBe(1);
  });
});

test('compareKeys() orders as UTF-8 does, not as UTF-16', () => {
  expect(compareKeys('\u{1F600}', '￿')).toBe(1);
});
