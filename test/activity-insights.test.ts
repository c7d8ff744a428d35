/** Metrics, cost, storms, first-seen, slowest, and what fits a search: against the same computed here. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ActivityStore,
  made,
  type MadeRequest,
  mixedRequests,
  openActivityStore,
} from './activity-store.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 10, 20, 9, 30);
const span = { startMs: NOW_MS - 70 * HOUR_MS, endMs: NOW_MS };
const RANGE = `since=${new Date(span.startMs).toISOString()}&until=${new Date(NOW_MS).toISOString()}`;
let store: ActivityStore;

/** What CloudWatch does not count as a request, or counts once although the log has two records. */
const SPECIAL: readonly Partial<MadeRequest>[] = [
  { operation: 'REST.COPY.OBJECT_GET', bytes_sent: 0 },
  { operation: 'REST.COPY.OBJECT', bytes_sent: 300 },
  { operation: 'REST.POST.MULTI_OBJECT_DELETE', bytes_sent: 500 },
  {
    operation: 'BATCH.DELETE.OBJECT',
    http_status: 204,
    bytes_sent: 0,
    total_time_ms: null,
    turn_around_time_ms: null,
  },
  {
    operation: 'BATCH.DELETE.OBJECT',
    http_status: 204,
    bytes_sent: 0,
    total_time_ms: null,
    turn_around_time_ms: null,
  },
  {
    operation: 'S3.EXPIRE.OBJECT',
    http_status: 0,
    bytes_sent: 0,
    total_time_ms: null,
    turn_around_time_ms: null,
    remote_ip: '',
  },
  {
    operation: 'S3.TRANSITION_SIA.OBJECT',
    http_status: 0,
    bytes_sent: 0,
    total_time_ms: null,
    turn_around_time_ms: null,
    remote_ip: '',
  },
  { operation: 'REST.GET.BUCKETPOLICY' },
  { operation: 'REST.POST.UPLOADS' },
  { operation: 'REST.HEAD.OBJECT', bytes_sent: 0 },
];
const requests = [
  ...mixedRequests(5, 2500, span),
  ...SPECIAL.map((change, index) => made({ ...change, timeMs: NOW_MS - (index + 1) * HOUR_MS })),
  made({
    timeMs: NOW_MS - HOUR_MS,
    remote_ip: '10.1.2.3',
    bytes_sent: 5_000_000_000,
    requester: 'arn:aws:sts::111122223333:assumed-role/etl/one',
  }),
  made({
    timeMs: NOW_MS - HOUR_MS,
    remote_ip: '198.51.100.7',
    bytes_sent: 2_000_000_000,
    requester: 'arn:aws:sts::111122223333:assumed-role/etl/two',
  }),
];

beforeAll(async () => {
  store = await openActivityStore(NOW_MS);
  for (let from = 0; from < requests.length; from += 600) await store.add(requests.slice(from, from + 600));
});
afterAll(() => store.close());

function sum<Row>(rows: readonly Row[], of: (row: Row) => number): number {
  return rows.reduce((total, row) => total + of(row), 0);
}

const isUncounted = ({ operation }: MadeRequest): boolean =>
  /^(BATCH|S3)\.|_GET$|BUCKETPOLICY/.test(operation);
const counted = requests.filter((row) => !isUncounted(row));

describe('metrics', () => {
  async function total(name: string, statistic: string): Promise<unknown> {
    const answer = await store.get(`/metrics/${name}?statistic=${statistic}&${RANGE}`);
    return answer['total'];
  }
  const of = (operations: readonly string[]): number =>
    requests.filter((row) => operations.includes(row.operation)).length;

  test('count requests as CloudWatch does', async () => {
    expect(await total('AllRequests', 'Sum')).toBe(counted.length);
    expect(await total('GetRequests', 'Sum')).toBe(of(['REST.GET.OBJECT']));
    expect(await total('ListRequests', 'Sum')).toBe(of(['REST.GET.BUCKET']));
    expect(await total('PutRequests', 'Sum')).toBe(of(['REST.PUT.OBJECT', 'REST.COPY.OBJECT']));
    expect(await total('DeleteRequests', 'Sum')).toBe(
      of(['REST.DELETE.OBJECT', 'REST.POST.MULTI_OBJECT_DELETE']),
    );
    expect(await total('HeadRequests', 'Sum')).toBe(1);
    expect(await total('PostRequests', 'Sum')).toBe(1);
    expect(await total('SelectRequests', 'Sum')).toBeNull();
  });

  test('errors: Average is the rate, Sum the number, Minimum and Maximum 0 and 1', async () => {
    const errors = counted.filter((row) => row.http_status >= 400 && row.http_status < 500).length;
    expect(await total('4xxErrors', 'Sum')).toBe(errors);
    expect(await total('4xxErrors', 'Average')).toBeCloseTo(errors / counted.length, 10);
    expect(await total('4xxErrors', 'SampleCount')).toBe(counted.length);
    expect(await total('5xxErrors', 'Minimum')).toBe(0);
    expect(await total('5xxErrors', 'Max')).toBe(1);
  });

  test('bytes are of the requests that have any', async () => {
    const sent = counted.map((row) => row.bytes_sent).filter((bytes) => bytes > 0);
    expect(await total('BytesDownloaded', 'Sum')).toBe(sum(sent, (bytes) => bytes));
    expect(await total('BytesDownloaded', 'SampleCount')).toBe(sent.length);
    expect(await total('BytesDownloaded', 'Minimum')).toBe(Math.min(...sent));
    expect(await total('BytesDownloaded', 'Maximum')).toBe(5_000_000_000);
    expect(await total('BytesUploaded', 'Average')).toBeCloseTo(
      sum(counted, (row) => row.bytes_received) / counted.filter((row) => row.bytes_received > 0).length,
      6,
    );
    const sorted = sent.toSorted((one, other) => one - other);
    expect(Number(await total('BytesDownloaded', 'p50'))).toBeCloseTo(
      sorted[Math.floor(sorted.length / 2)] ?? 0,
      -1.3,
    );
  });

  test('latencies', async () => {
    const times = requests.flatMap((row) =>
      row.turn_around_time_ms === null ? [] : [row.turn_around_time_ms],
    );
    expect(await total('FirstByteLatency', 'Sum')).toBe(sum(times, (ms) => ms));
    expect(await total('FirstByteLatency', 'SampleCount')).toBe(times.length);
    expect(await total('FirstByteLatency', 'p0')).toBe(Math.min(...times));
    expect(await total('FirstByteLatency', 'p100')).toBe(Math.max(...times));
    const exact = times.toSorted((one, other) => one - other)[Math.floor(times.length * 0.9)] ?? 0;
    expect(Math.abs(Number(await total('FirstByteLatency', 'p90')) - exact)).toBeLessThan(exact * 0.03);
  });

  test('points add up to the total', async () => {
    const answer = await store.get(`/metrics/AllRequests?steps=500&${RANGE}`);
    expect(sum(answer['points'] as { value: number | null }[], ({ value }) => value ?? 0)).toBe(
      answer['total'],
    );
  });

  test('refuse names and statistics there are not', async () => {
    await expect(total('BucketBytes', 'Sum')).rejects.toThrow('404');
    await expect(total('GetRequests', 'Average')).rejects.toThrow('400');
    await expect(total('BytesDownloaded', 'p100')).rejects.toThrow('400');
    await expect(total('FirstByteLatency', 'p101')).rejects.toThrow('400');
  });
});

test('activity/slow gives the slowest, in order', async () => {
  const { rows } = await store.get(`/activity/slow?limit=25&${RANGE}`);
  const expected = requests
    .flatMap((row) => (row.total_time_ms === null ? [] : [row.total_time_ms]))
    .sort((one, other) => other - one)
    .slice(0, 25);
  expect(rows.map((row) => row['total_time_ms'])).toEqual(expected);
});

test.each(['bucket', 'principal', 'operation', 'requester', 'prefix'])(
  'activity/cost by %s adds up to the bill',
  async (by) => {
    const free = /^(REST\.DELETE|BATCH|S3\.EXPIRE)\.|MULTI_OBJECT_DELETE|_GET$/;
    const put = /^REST\.(PUT|COPY|POST)\.|^REST\.GET\.BUCKET$/;
    const price = ({ operation }: MadeRequest): number =>
      free.test(operation) ? 0 : put.test(operation) ? 0.005 : operation.startsWith('S3.') ? 0.01 : 0.0004;
    const charged = requests.filter(
      (row) => row.http_status < 500 && !(row.requester === '' && row.http_status === 403),
    );
    const outside = requests.filter((row) => row.remote_ip !== '' && !row.remote_ip.startsWith('10.'));
    const answer = await store.get(`/activity/cost?by=${by}&limit=1000&${RANGE}`);
    expect(answer['request_cost']).toBeCloseTo(sum(charged, price) / 1000, 9);
    expect(answer['transfer_cost']).toBeCloseTo((sum(outside, (row) => row.bytes_sent) / 2 ** 30) * 0.09, 9);
    expect(sum(answer.rows, (row) => Number(row['cost']))).toBeCloseTo(Number(answer['total_cost']), 9);
    expect(sum(answer.rows, (row) => Number(row['requests']))).toBe(requests.length);
  },
);

describe('activity/first-seen', () => {
  test('has the first time of each, in pages', async () => {
    const found: Record<string, unknown>[] = [];
    let cursor = '';
    for (let page = 0; page < 20; page += 1) {
      const answer = await store.get(`/activity/first-seen?limit=7&bucket=lake&${RANGE}${cursor}`);
      found.push(...answer.rows);
      const next = answer['next_cursor'];
      if (typeof next !== 'string') break;
      cursor = `&cursor=${next}`;
    }
    const first = new Map<string, number>();
    const note = (key: string, ms: number): void => void first.set(key, Math.min(ms, first.get(key) ?? ms));
    for (const row of requests.filter(({ bucket }) => bucket === 'lake')) {
      note(`action ${row.requester} ${row.operation}`, row.timeMs);
      const program = row.user_agent.startsWith('Mozilla') ? 'Firefox' : row.user_agent.split('/')[0];
      note(`user_agent ${row.requester} ${program}`, row.timeMs);
      if (row.requester !== '') note(`remote_ip  ${row.remote_ip}`, row.timeMs);
    }
    expect(
      Object.fromEntries(
        found.map((row) => [
          [row['kind'], row['principal'], row['value']].map(String).join(' '),
          Date.parse(String(row['first_seen'])),
        ]),
      ),
    ).toEqual(Object.fromEntries(first));
  });

  test('takes sessions of one role for one principal', async () => {
    const { rows } = await store.get(`/activity/first-seen?kind=action&limit=1000&${RANGE}`);
    const roles = rows.filter((row) => String(row['principal']).includes('assumed-role'));
    expect(roles.map((row) => [row['principal'], row['requests']])).toEqual([
      ['arn:aws:sts::111122223333:assumed-role/etl', 2],
    ]);
  });
});

describe('what fits a search', () => {
  const cases: readonly (readonly [string, (row: MadeRequest) => boolean])[] = [
    ['', () => true],
    ['http_status=4xx', (row) => row.http_status >= 400 && row.http_status < 500],
    [
      'bucket=lake&operation=REST.PUT.*',
      (row) => row.bucket === 'lake' && row.operation.startsWith('REST.PUT.'),
    ],
    ['key=photos/*&requester=-', (row) => row.key.startsWith('photos/') && row.requester === ''],
    ['access_kind=sigv2', (row) => row.signature_version === 'SigV2'],
    [
      'access=write&error_code=!-',
      (row) => !/\.(GET|HEAD)\.|_GET$/.test(row.operation) && row.error_code !== '',
    ],
  ];
  test.each(cases)('over time and by value: %s', async (filters, fits) => {
    const expected = requests.filter(fits);
    for (const steps of [3, 300]) {
      const answer = await store.get(`/requests/histogram?steps=${steps}&${filters}&${RANGE}`);
      expect(answer).toMatchObject({ total: expected.length, estimated: false });
      const points = answer['points'] as { total: number; errors: number }[];
      expect(sum(points, (point) => point.errors)).toBe(
        expected.filter((row) => row.http_status >= 400).length,
      );
    }
    const { rows } = await store.get(`/requests/top?dimension=remote_ip&limit=1000&${filters}&${RANGE}`);
    expect(sum(rows, (row) => Number(row['count']))).toBe(expected.length);
  });
});

describe('activity/storms', () => {
  const endMs = Date.UTC(2026, 9, 1);
  const startMs = endMs - 10 * 24 * HOUR_MS;
  const at = (ms: number): string => new Date(ms).toISOString();
  /** A bucket with some of everything, all day, and a listing each night. */
  const usual = (bucket: string): MadeRequest[] =>
    Array.from({ length: 10 * 24 * 60 }, (_, minute) => minute).flatMap((minute) => {
      const timeMs = startMs + minute * 60_000;
      const listings =
        minute % 1440 < 30
          ? Array.from({ length: 6 }, () => made({ bucket, timeMs, operation: 'REST.GET.BUCKET' }))
          : [];
      const missing =
        minute % 9 === 0 ? [made({ bucket, timeMs, http_status: 404, error_code: 'NoSuchKey' })] : [];
      return [...listings, ...missing];
    });

  beforeAll(async () => {
    await store.add(usual('quiet'));
    await store.add(usual('stormy'));
    const burstMs = endMs - 30 * HOUR_MS;
    await store.add(
      Array.from({ length: 600 }, (_, index) =>
        made({
          bucket: 'stormy',
          timeMs: burstMs + index * 2000,
          http_status: 404,
          requester: index % 10 === 0 ? '' : 'arn:aws:iam::111122223333:user/scanner',
          remote_ip: '203.0.113.9',
        }),
      ),
    );
  });

  test('finds a burst with its start, end and culprit', async () => {
    const { rows } = await store.get(`/activity/storms?since=${at(endMs - 48 * HOUR_MS)}&until=${at(endMs)}`);
    expect(rows).toMatchObject([
      {
        kind: '404',
        bucket: 'stormy',
        started: '2026-09-29T18:00:00Z',
        ended: '2026-09-29T18:20:00Z',
        requester: 'arn:aws:iam::111122223333:user/scanner',
        remote_ip: '203.0.113.9',
      },
    ]);
    expect(Number(rows[0]?.['requests'])).toBeGreaterThanOrEqual(600);
    expect(Number(rows[0]?.['share'])).toBeCloseTo(0.9, 1);
  });

  test('finds none in a bucket that is as always, nightly listings included', async () => {
    const { rows } = await store.get(
      `/activity/storms?bucket=quiet&since=${at(startMs + 24 * HOUR_MS)}&until=${at(endMs)}`,
    );
    expect(rows).toEqual([]);
  });

  describe('of listings', () => {
    const listings = (bucket: string, timeMs: number, count: number, lastsMs: number): MadeRequest[] =>
      Array.from({ length: count }, (_, index) =>
        made({
          bucket,
          timeMs: timeMs + Math.floor((index * lastsMs) / count / 1000) * 1000,
          operation: index % 2 === 0 ? 'REST.GET.BUCKET' : 'REST.GET.BUCKETVERSIONS',
        }),
      );
    const stormsOf = async (bucket: string, sinceMs: number) => {
      const { rows } = await store.get(
        `/activity/storms?bucket=${bucket}&since=${at(sinceMs)}&until=${at(endMs)}`,
      );
      return rows;
    };

    test.each([3, 10])(
      'are none of a bucket that listed steadily since its first log, %d days ago',
      async (days) => {
        const bucket = `steady${days}`;
        const lastsMs = days * 24 * HOUR_MS;
        await store.add(listings(bucket, endMs - lastsMs, days * 1440 * 4, lastsMs));
        expect(await stormsOf(bucket, endMs - 24 * HOUR_MS)).toEqual([]);
        expect(await stormsOf(bucket, endMs - 90 * 24 * HOUR_MS)).toEqual([]);
      },
    );

    test('are found in a bucket that had none of any kind for longer than is looked back', async () => {
      await store.add([
        made({ bucket: 'asleep', timeMs: endMs - 40 * 24 * HOUR_MS }),
        ...listings('asleep', endMs - 5 * HOUR_MS, 200, HOUR_MS / 12),
      ]);
      expect(await stormsOf('asleep', endMs - 24 * HOUR_MS)).toMatchObject([
        { requests: 200, usual_per_minute: 0 },
      ]);
    });

    test('are not of an ordinary busy hour beside a burst', async () => {
      const jobMs = endMs - 14 * HOUR_MS;
      for (let day = 0; day < 9; day += 1)
        await store.add(listings('job', jobMs - day * 24 * HOUR_MS, 600, HOUR_MS));
      await store.add(listings('job', jobMs + 1.5 * HOUR_MS, 100, HOUR_MS / 12));
      expect(await stormsOf('job', endMs - 24 * HOUR_MS)).toMatchObject([
        { started: '2026-09-30T11:30:00Z', ended: '2026-09-30T11:35:00Z', requests: 100 },
      ]);
    });

    test('are of the range only, and link to exactly their requests', async () => {
      const burstMs = endMs - 6 * HOUR_MS + HOUR_MS / 12;
      await store.add([
        made({ bucket: 'listed', timeMs: endMs - 20 * 24 * HOUR_MS }),
        ...listings('listed', burstMs, 200, HOUR_MS / 12),
        made({ bucket: 'listed', timeMs: burstMs, operation: 'REST.GET.BUCKETPOLICY' }),
      ]);
      expect(await stormsOf('listed', burstMs + HOUR_MS / 2)).toEqual([]);
      const [storm] = await stormsOf('listed', burstMs + HOUR_MS / 30);
      expect(storm).toMatchObject({ kind: 'LIST', requests: 200 });
      const filters = new URLSearchParams(storm?.['filters'] as Record<string, string>).toString();
      expect(await store.get(`/requests/histogram?${filters}`)).toMatchObject({ total: 200 });
      const linked = await store.get(`/requests?limit=1000&${filters}`);
      expect(new Set(linked.rows.map((row) => row['operation']))).toEqual(
        new Set(['REST.GET.BUCKET', 'REST.GET.BUCKETVERSIONS']),
      );
    });
  });
});

describe('analyses', () => {
  test('object-deletions of one key', async () => {
    const row = requests.find((one) => one.operation === 'REST.DELETE.OBJECT' && one.bucket === 'web');
    const query = new URLSearchParams({ bucket: 'web', key: row?.key ?? '' }).toString();
    const { rows } = await store.get(`/analyses/object-deletions?${query}&limit=1000&${RANGE}`);
    const expected = requests.filter(
      (one) => one.operation === 'REST.DELETE.OBJECT' && one.bucket === 'web' && one.key === row?.key,
    );
    expect(rows.length).toBe(expected.length);
    expect(rows.length).toBeGreaterThan(0);
  });

  test('bytes-to-address sums by bucket and operation', async () => {
    const { rows } = await store.get(`/analyses/bytes-to-address?remote_ip=198.51.100.7&${RANGE}`);
    expect(rows).toEqual([
      { bucket: 'media', operation: 'REST.GET.OBJECT', requests: 1, bytes: 2_000_000_000 },
    ]);
  });

  test.each(['sigv2-requesters', 'readers-and-writers', 'anonymous-requests', 'acl-required'])(
    '%s finds what there is',
    async (name) => {
      const fits: Record<string, (row: MadeRequest) => boolean> = {
        'sigv2-requesters': (row) => row.signature_version === 'SigV2',
        'readers-and-writers': (row) => /\.(GET|PUT)\.OBJECT$/.test(row.operation),
        'anonymous-requests': (row) => row.requester === '',
        'acl-required': (row) => row.acl_required === 'Yes',
      };
      const { rows } = await store.get(`/analyses/${name}?limit=10000&${RANGE}`);
      const found = sum(rows, (row) =>
        Number(row['requests'] ?? Number(row['gets'] ?? 1) + Number(row['puts'] ?? 0)),
      );
      expect(found).toBe(requests.filter((row) => fits[name]?.(row)).length);
    },
  );

  test('security-changes come from CloudTrail', async () => {
    await store.app.engine.insertRows({
      table: 'api_calls',
      rows: ['PutBucketPolicy', 'GetBucketPolicy', 'DeletePublicAccessBlock'].map((event_name, index) => ({
        event_id: `e${index}`,
        event_name,
        event_time: new Date(NOW_MS - (index + 1) * HOUR_MS).toISOString(),
        bucket: 'media',
        request_id: 'R7',
        raw: '{"requestParameters":{"bucketName":"media"}}',
      })),
    });
    const { rows } = await store.get(`/analyses/security-changes?bucket=media&${RANGE}`);
    expect(rows.map((row) => row['event_name'])).toEqual(['PutBucketPolicy', 'DeletePublicAccessBlock']);
  });

  test('refuse names and parameters there are not, and missing ones', async () => {
    await expect(store.get(`/analyses/nothing?${RANGE}`)).rejects.toThrow('404');
    await expect(store.get(`/analyses/acl-required?key=a&${RANGE}`)).rejects.toThrow('it takes bucket');
    await expect(store.get(`/analyses/key-operations?${RANGE}`)).rejects.toThrow('it needs');
  });

  test('a timeline joins the feeds by request, and by object', async () => {
    const byRequest = await store.get(`/timeline?request_id=R7&${RANGE}`);
    const times = byRequest.rows.map((row) => String(row['time']));
    expect(times).toEqual(times.toSorted());
    expect(byRequest.rows.map((row) => String(row['feed'])).toSorted()).toEqual([
      'access-log',
      'cloudtrail',
      'cloudtrail',
      'cloudtrail',
    ]);
    const row = requests[7];
    const query = new URLSearchParams({ bucket: row?.bucket ?? '', key: row?.key ?? '' }).toString();
    const byObject = await store.get(`/timeline?${query}&${RANGE}`);
    expect(byObject.rows.length).toBe(
      requests.filter((one) => one.bucket === row?.bucket && one.key === row.key).length,
    );
    expect(byObject.rows[0]?.['record']).toMatchObject({ key: row?.key, bucket: row?.bucket });
    await expect(store.get(`/timeline?key=a&${RANGE}`)).rejects.toThrow('400');
  });
});
