/** The answers about activity against the same answers computed here, from the requests themselves. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ActivityStore, type MadeRequest, mixedRequests, openActivityStore } from './activity-store.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 10, 20, 9, 30);
const START_MS = NOW_MS - 75 * HOUR_MS;
let store: ActivityStore;
const requests = mixedRequests(11, 4000, { startMs: START_MS, endMs: NOW_MS });

beforeAll(async () => {
  store = await openActivityStore(NOW_MS);
  // Many blocks: what the rollups hold must not depend on how requests came in.
  for (let from = 0; from < requests.length; from += 700) await store.add(requests.slice(from, from + 700));
});
afterAll(() => store.close());

/** Ranges whose edges are in the middle of days, hours, or of one hour. */
const RANGES = [
  { name: 'days and odd hours', startMs: NOW_MS - 61.5 * HOUR_MS, endMs: NOW_MS - 2.25 * HOUR_MS },
  { name: 'part of a day', startMs: NOW_MS - 13 * HOUR_MS, endMs: NOW_MS },
  { name: 'part of an hour', startMs: NOW_MS - 0.75 * HOUR_MS, endMs: NOW_MS - 0.25 * HOUR_MS },
  { name: 'everything', startMs: START_MS - HOUR_MS, endMs: NOW_MS },
];
const CASES = RANGES.flatMap((range) => [range, { ...range, bucket: 'lake' }]);

interface Case {
  readonly startMs: number;
  readonly endMs: number;
  readonly bucket?: string;
}

function inside({ startMs, endMs, bucket }: Case): MadeRequest[] {
  return requests.filter(
    (request) =>
      request.timeMs >= startMs && request.timeMs < endMs && (bucket ?? request.bucket) === request.bucket,
  );
}

function rangeText({ startMs, endMs, bucket }: Case): string {
  const iso = (ms: number): string => new Date(ms).toISOString();
  return `since=${iso(startMs)}&until=${iso(endMs)}${bucket === undefined ? '' : `&bucket=${bucket}`}`;
}

function sum<Row>(rows: readonly Row[], of: (row: Row) => number): number {
  return rows.reduce((total, row) => total + of(row), 0);
}

function grouped(rows: readonly MadeRequest[], by: (row: MadeRequest) => string): Map<string, MadeRequest[]> {
  const groups = new Map<string, MadeRequest[]>();
  for (const row of rows) groups.set(by(row), [...(groups.get(by(row)) ?? []), row]);
  return groups;
}

describe.each(CASES)('$name $bucket', (given) => {
  const rows = inside(given);

  test('activity/series sums what is inside, whatever the step', async () => {
    expect(rows.length).toBeGreaterThan(5);
    for (const steps of [5, 100, 2000]) {
      const answer = await store.get(`/activity/series?steps=${steps}&${rangeText(given)}`);
      expect(answer['totals']).toEqual({
        requests: rows.length,
        bytes_sent: sum(rows, (row) => row.bytes_sent),
        bytes_uploaded: sum(rows, (row) => row.bytes_received),
        errors_4xx: rows.filter((row) => row.http_status >= 400 && row.http_status < 500).length,
        errors_5xx: rows.filter((row) => row.http_status >= 500).length,
      });
    }
  });

  test.each([
    'operation',
    'http_status',
    'error_code',
    'requester',
    'remote_ip',
    'user_agent',
    'key',
  ] as const)('activity/top of %s', async (dimension) => {
    const answer = await store.get(`/activity/top?dimension=${dimension}&limit=1000&${rangeText(given)}`);
    const expected = [...grouped(rows, (row) => String(row[dimension]))]
      .filter(([value]) => dimension !== 'error_code' || value !== '')
      .map(([value, group]) => ({
        value,
        requests: group.length,
        bytes_sent: sum(group, (row) => row.bytes_sent),
        errors: group.filter((row) => row.http_status >= 400).length,
        share: group.length / rows.length,
      }));
    expect(answer).toMatchObject({ total_requests: rows.length, estimated: false, sampled_requests: 0 });
    expect(answer.rows.length).toBe(expected.length);
    expect(answer.rows).toEqual(expect.arrayContaining(expected));
  });

  test.each(['operation', 'bucket', 'http_status'] as const)('activity/split by %s', async (by) => {
    const answer = await store.get(`/activity/split?by=${by}&steps=40&${rangeText(given)}`);
    const series = answer['series'] as { value: string; requests: number; points: { requests: number }[] }[];
    const expected = [...grouped(rows, (row) => String(row[by]))].map(([value, group]) => [
      value,
      group.length,
    ]);
    const found = series.map(({ value, requests: n }) => [value, n]);
    expect(found.filter(([value]) => value !== 'other')).toEqual(
      expect.arrayContaining(expected.length <= 8 ? expected : []),
    );
    expect(sum(series, (one) => one.requests)).toBe(rows.length);
    expect(sum(series, (one) => sum(one.points, (point) => point.requests))).toBe(rows.length);
  });

  test('activity/access counts the kinds, and its filters open the same requests', async () => {
    const tests: Record<string, (row: MadeRequest) => boolean> = {
      anonymous: (row) => row.requester === '',
      presigned: (row) => row.authentication_type === 'QueryString',
      sigv2: (row) => row.signature_version === 'SigV2',
      old_tls: (row) => row.tls_version === 'TLSV1.1',
      no_tls: (row) => row.tls_version === '',
      acl_required: (row) => row.acl_required === 'Yes',
    };
    const { rows: kinds } = await store.get(`/activity/access?${rangeText(given)}`);
    expect(kinds.map((kind) => kind['kind'])).toEqual(Object.keys(tests));
    for (const kind of kinds) {
      const group = rows.filter((row) => tests[String(kind['kind'])]?.(row));
      expect(kind).toMatchObject({
        requests: group.length,
        bytes_sent: sum(group, (row) => row.bytes_sent),
        buckets: new Set(group.map((row) => row.bucket)).size,
      });
      const filters = new URLSearchParams(kind['filters'] as Record<string, string>).toString();
      const range = rangeText({ startMs: given.startMs, endMs: given.endMs });
      const page = await store.get(`/requests?limit=10000&${filters}&${range}`);
      expect(page.rows.length).toBe(group.length);
    }
  });
});

test('activity/series has percentiles within 1.1 % of the exact ones', async () => {
  const given = { startMs: NOW_MS - 48 * HOUR_MS, endMs: NOW_MS - 24 * HOUR_MS };
  for (const steps of [1, 24]) {
    const answer = await store.get(`/activity/series?steps=${steps}&${rangeText(given)}`);
    const stepMs = 1000 * Number(answer['step_seconds']);
    for (const point of answer['points'] as Record<string, unknown>[]) {
      const startMs = Date.parse(String(point['time']));
      const times = inside(given)
        .filter(({ timeMs }) => timeMs >= startMs && timeMs < startMs + stepMs)
        .flatMap(({ total_time_ms: ms }) => (ms === null ? [] : [ms]))
        .sort((one, other) => one - other);
      const exact = times[Math.floor(times.length / 2)] ?? 0;
      const near = [
        times[Math.floor(times.length / 2) - 1] ?? exact,
        exact,
        times[Math.floor(times.length / 2) + 1] ?? exact,
      ];
      const found = Number(point['total_time_ms_p50']);
      expect(found).toBeGreaterThanOrEqual(Math.min(...near) * 0.989 - 1);
      expect(found).toBeLessThanOrEqual(Math.max(...near) * 1.011 + 1);
    }
  }
});

test('activity/split puts all but the busiest eight together', async () => {
  const startMs = NOW_MS - 200 * HOUR_MS;
  const extra = mixedRequests(12, 300, { startMs, endMs: startMs + HOUR_MS }).map((row, index) => ({
    ...row,
    operation: `REST.GET.THING${index % 12}`,
  }));
  await store.add(extra);
  const answer = await store.get(
    `/activity/split?by=operation&${rangeText({ startMs, endMs: startMs + HOUR_MS })}`,
  );
  const series = answer['series'] as { value: string; requests: number }[];
  expect(series.map(({ requests: n }) => n)).toEqual([25, 25, 25, 25, 25, 25, 25, 25, 100]);
  expect(series.at(-1)?.value).toBe('other');
});

test('the newest event of a range is found in a full hour, in a part of one, and not outside', async () => {
  for (const given of CASES) {
    const { coverage } = await store.get(`/activity/access?${rangeText(given)}`);
    const newestMs = Math.max(...inside(given).map(({ timeMs }) => timeMs));
    expect(coverage).toMatchObject({
      newest_event: `${new Date(Math.floor(newestMs / 60_000) * 60_000).toISOString().slice(0, 19)}Z`,
    });
  }
  const nothing = { startMs: NOW_MS - 500 * HOUR_MS, endMs: NOW_MS - 400 * HOUR_MS };
  expect(await store.get(`/activity/access?${rangeText(nothing)}`)).toMatchObject({
    coverage: { newest_event: null },
  });
});

describe('more requests than can be read', () => {
  const startMs = NOW_MS - 900 * HOUR_MS;
  const given = { startMs, endMs: startMs + 30 * HOUR_MS };
  const COUNT = 900_000;

  beforeAll(async () => {
    await store.app.engine.command(
      `insert into requests (batch_id, line_number, bucket, time, key, operation, http_status, bytes_sent)
       select 1000000 + intDiv(number, 1000), number % 1000 + 1, 'large', toDateTime(${startMs / 1000} + intDiv(number, 10)),
         if(number % 10 = 3, 'hot/key', concat('cold/', toString(number))), 'REST.GET.OBJECT', 200, 100
       from numbers(${COUNT})`,
      { limits: { timeMs: 60_000 } },
    );
  });

  test('top keys and prefixes are an estimate, and say of how many requests', async () => {
    const keys = await store.get(`/activity/top?dimension=key&limit=3&bucket=large&${rangeText(given)}`);
    expect(keys).toMatchObject({ total_requests: COUNT, estimated: true });
    expect(Number(keys['sampled_requests'])).toBeGreaterThan(COUNT / 40);
    expect(keys.rows[0]?.['value']).toBe('hot/key');
    const [row] = keys.rows;
    expect(Number(row?.['requests']) / (COUNT / 10)).toBeCloseTo(1, 1);
    expect(Number(row?.['bytes_sent']) / Number(row?.['requests'])).toBeCloseTo(100, 1);
    const prefixes = await store.get(`/activity/top?dimension=prefix&bucket=large&${rangeText(given)}`);
    expect(prefixes.rows.map((one) => one['value'])).toEqual(['cold/', 'hot/']);
    expect(Number(prefixes.rows[0]?.['share'])).toBeCloseTo(0.9, 2);
  });

  test('what the sums know stays exact', async () => {
    const answer = await store.get(`/activity/top?dimension=operation&bucket=large&${rangeText(given)}`);
    expect(answer).toMatchObject({ estimated: false, rows: [{ requests: COUNT, bytes_sent: COUNT * 100 }] });
  });
});
