import { describe, expect, test } from 'vitest';
import { dimensionValue, requestsOf } from '../s3/metric-data.ts';
import { type Publication, publishedSeries } from './publication.ts';

const PUBLICATION: Publication = {
  namespace: 'Bucketwatch',
  name: 'Errors',
  metric: '4xxErrors',
  statistic: '',
  where: {},
  periodMs: 300_000,
};

describe('publishedSeries()', () => {
  const points = [{ startMs: 300_000, value: 2 }];

  test('has the labels that the dimensions name, under those names, and the unit', () => {
    const publication = { ...PUBLICATION, dimensions: { bucket: 'BucketName' }, unit: 'Count' };
    const { data } = publishedSeries(publication, { labels: { bucket: 'media', operation: 'x' }, points });
    expect(data).toEqual([
      { name: 'Errors', dimensions: [['BucketName', 'media']], unit: 'Count', timeMs: 300_000, value: 2 },
    ]);
  });

  test('has all labels where the dimensions are not named, but those without a value', () => {
    const { data } = publishedSeries(PUBLICATION, { labels: { bucket: 'büro', rule: '', of: ' ' }, points });
    expect(data[0]?.dimensions).toEqual([['bucket', 'b%C3%BCro']]);
    expect(data[0]).not.toHaveProperty('unit');
  });

  test('leaves out values that CloudWatch does not take', () => {
    const values = [Number.NaN, Infinity, 2 ** 361, -(2 ** 361), 0, 2 ** 360];
    const strange = values.map((value, index) => ({ startMs: index, value }));
    const { data } = publishedSeries(PUBLICATION, { labels: {}, points: strange });
    expect(data.map(({ value }) => value)).toEqual([0, 2 ** 360]);
  });

  test('has an id by namespace, name and dimensions, whatever their order', () => {
    const id = (labels: Record<string, string>, change: Partial<Publication> = {}): string =>
      publishedSeries({ ...PUBLICATION, ...change }, { labels, points }).id;
    const one = id({ a: '1', b: '2' });
    expect(id({ b: '2', a: '1' })).toBe(one);
    const others = [id({ a: '1' }), id({ a: '2', b: '1' }), id({ a: '1', b: '2' }, { name: 'x' })];
    expect(new Set([one, ...others]).size).toBe(4);
  });
});

describe('dimensionValue()', () => {
  const digest = (): string => 'digest';

  test.each([
    ['media', 'media'],
    ['a\nb\u{1f600}', 'a%0Ab%F0%9F%98%80'],
    ['\ud800', '%EF%BF%BD'],
    ['', undefined],
    ['  ', undefined],
    ['x'.repeat(1024), 'x'.repeat(1024)],
    ['x'.repeat(1025), `${'x'.repeat(1017)}~digest`],
  ])('%j', (text, expected) => {
    expect(dimensionValue(text, digest)).toBe(expected);
  });
});

describe('requestsOf()', () => {
  const datum = (size: number) => ({
    name: 'n',
    dimensions: [['d', 'x'.repeat(size)]] as const,
    timeMs: 0,
    value: 1,
  });

  test('a request has 1,000 values at most, in their order', () => {
    const data = Array.from({ length: 2001 }, (_, index) => ({ ...datum(1), timeMs: index }));
    const requests = requestsOf(data);
    expect(requests.map(({ length }) => length)).toEqual([1000, 1000, 1]);
    expect(requests.flat()).toEqual(data);
  });

  test('and a megabyte', () => {
    // 1,024 characters, 300 for the value, 60 around each of four texts, and 2 of name and dimension: 1,566.
    const data = Array.from({ length: 700 }, () => datum(1024));
    expect(requestsOf(data).map(({ length }) => length)).toEqual([638, 62]);
  });

  test('nothing is no request', () => {
    expect(requestsOf([])).toEqual([]);
  });
});
