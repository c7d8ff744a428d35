/** What is published to CloudWatch: which periods, once, within the budget, over refusals and restarts. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Progress } from '../src/export/progress.ts';
import type { Publication } from '../src/export/publication.ts';
import { Publisher, type PublisherSettings } from '../src/export/publisher.ts';
import { Fault } from '../src/lib/fault.ts';
import { silentLog } from '../src/lib/log.ts';
import type { Datum, MetricSink, PutOutcome } from '../src/s3/metric-data.ts';
import { metricsOf, storeRequests } from './metric-rows.ts';
import { judged, paired } from './replication-rows.ts';
import { openStore } from './replication-store.ts';
import { tempFolder } from './temp.ts';

const MINUTE_MS = 60_000;
const SIGNAL = new AbortController().signal;
const at = (clock: string): number => Date.parse(`2026-11-20T${clock}Z`);

let store: Awaited<ReturnType<typeof openStore>>;

beforeAll(async () => {
  store = await openStore();
  await storeRequests(
    [
      ...['10:00:10', '10:04:59', '10:05:00', '10:16:00'].map((time) => ({
        bucket: 'media',
        time: `2026-11-20T${time}Z`,
      })),
      { bucket: 'logs', time: '2026-11-20T10:07:00Z' },
      { bucket: 'two-statuses', time: '2026-11-20T15:01:00Z', status: 404 },
      { bucket: 'two-statuses', time: '2026-11-20T15:02:00Z' },
      // 1,100 values: a minute each of 11 buckets.
      ...Array.from({ length: 1100 }, (_, index) => ({
        bucket: `many-${index % 11}`,
        time: new Date(at('02:00') + Math.floor(index / 11) * MINUTE_MS).toISOString(),
      })),
    ],
    store.engine,
  );
  const pairs = ['all', 'docs'].map((rule) => ({ source: 'media', destination: 'copy', rule }));
  await paired(pairs, store.engine);
  await judged(
    pairs.map(({ rule, ...pair }) => ({
      ...pair,
      pair: `media/copy/${rule}`,
      key: rule,
      status: 'COMPLETED',
      written: '2026-11-20T10:01:00Z',
      replicated: '2026-11-20T10:01:09Z',
      bytes: 1_048_576,
    })),
    store.engine,
  );
});
afterAll(() => store.close());

const REQUESTS: Publication = {
  namespace: 'Bucketwatch',
  name: 'Requests',
  metric: 'AllRequests',
  statistic: 'Sum',
  where: {},
  periodMs: 5 * MINUTE_MS,
  unit: 'Count',
};

const SETTINGS: PublisherSettings = {
  publications: [REQUESTS],
  everyMs: 5 * MINUTE_MS,
  delayMs: 2 * MINUTE_MS,
  catchUpMs: 86_400_000,
  seriesMax: 1000,
  budgetUsd: 10,
};

/** What CloudWatch would have: a value a line, and whatever it is to answer. */
class Recorder implements Pick<MetricSink, 'put'> {
  readonly requests: { readonly namespace: string; readonly data: readonly Datum[] }[] = [];
  answers: ((namespace: string) => PutOutcome)[] = [];

  put(namespace: string, data: readonly Datum[]): Promise<PutOutcome> {
    this.requests.push({ namespace, data });
    const outcome = this.answers.shift()?.(namespace) ?? ({ kind: 'taken' } as const);
    return Promise.resolve(outcome);
  }

  /** What was put since it was last asked: `Requests media 10:00=2`. */
  taken(): string[] {
    return this.requests.splice(0).flatMap(({ data }) =>
      data.map(({ name, dimensions, timeMs, value }) => {
        const values = dimensions.map(([, text]) => text).join(' ');
        return `${name} ${values} ${new Date(timeMs).toISOString().slice(11, 16)}=${Number(value.toFixed(1))}`;
      }),
    );
  }
}

/** Passes of publishers over one file, each as after a restart. */
function installation(change: Partial<PublisherSettings> = {}) {
  const path = join(tempFolder(), 'published.json');
  const sink = new Recorder();
  const pass = async (
    nowMs: number,
    more: Partial<PublisherSettings> = {},
    completeUntil = (): Promise<number | undefined> => Promise.resolve(nowMs),
  ): Promise<string> => {
    const publisher = new Publisher(
      { ...SETTINGS, ...change, ...more },
      {
        metrics: metricsOf(store.engine, nowMs, completeUntil),
        sink,
        progress: new Progress(path),
        clock: { nowMs: () => nowMs, sleep: () => Promise.resolve() },
        log: silentLog,
      },
    );
    return publisher.run(SIGNAL).then(
      () => '',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  };
  return { path, sink, pass };
}

const refused = (): PutOutcome => ({ kind: 'refused', fault: new Fault('unavailable', 'Throttled.') });
const unknown = (): PutOutcome => ({ kind: 'unknown', fault: new Fault('unavailable', 'No answer.') });

describe('periods', () => {
  test('the first is the one under way, each is published when it is over and its delay is past, and once', async () => {
    const { pass, sink } = installation();
    expect(await pass(at('10:03'))).toBe('');
    expect(await pass(at('10:06:59'))).toBe('');
    expect(sink.taken()).toEqual([]);
    expect(await pass(at('10:07'))).toBe('');
    expect(sink.taken()).toEqual(['Requests media 10:00=2']);
    expect(await pass(at('10:07'))).toBe('');
    expect(sink.taken()).toEqual([]);
    expect(await pass(at('10:22'))).toBe('');
    expect(sink.taken()).toEqual([
      'Requests logs 10:05=1',
      'Requests media 10:05=1',
      'Requests media 10:15=1',
    ]);
  });

  test('those of a source that is late wait for it, and all while it is not known how late it is', async () => {
    const { pass, sink } = installation();
    await pass(at('10:03'), {}, () => Promise.resolve(undefined));
    await pass(at('13:00'), {}, () => Promise.resolve(at('10:03')));
    await pass(at('13:10'), {}, () => Promise.resolve(at('10:09:59')));
    expect(sink.taken()).toEqual(['Requests media 10:00=2']);
    await pass(at('13:15'), {}, () => Promise.resolve(at('10:10')));
    expect(sink.taken()).toEqual(['Requests logs 10:05=1', 'Requests media 10:05=1']);
  });

  test('after an outage they are caught up, no further back than catch_up', async () => {
    const { pass, sink } = installation();
    await pass(at('10:02'));
    await pass(at('11:10'), { catchUpMs: 65 * MINUTE_MS });
    expect(sink.taken()).toEqual([
      'Requests logs 10:05=1',
      'Requests media 10:05=1',
      'Requests media 10:15=1',
    ]);
  });

  test('a publication that is asked differently goes on where it was', async () => {
    const { pass, sink } = installation();
    await pass(at('10:02'));
    await pass(at('10:07'));
    expect(sink.taken()).toEqual(['Requests media 10:00=2']);
    await pass(at('10:30'), {
      publications: [{ ...REQUESTS, where: { bucket: 'media' }, periodMs: 10 * MINUTE_MS }],
    });
    expect(sink.taken()).toEqual(['Requests media 10:10=1']);
  });
});

describe('what CloudWatch does not take', () => {
  test('is put again at the next pass when it was refused', async () => {
    const { pass, sink } = installation();
    await pass(at('10:02'));
    sink.answers = [refused];
    expect(await pass(at('10:07'))).toBe('Throttled.');
    sink.taken();
    expect(await pass(at('10:08'))).toBe('');
    expect(sink.taken()).toEqual(['Requests media 10:00=2']);
  });

  test('is not put again when it may have been taken, and is told', async () => {
    const { pass, sink } = installation();
    await pass(at('10:02'));
    sink.answers = [unknown];
    expect(await pass(at('10:07'))).toBe(
      'No answer. Whether 1 value was taken is not known: none is put again, for it might count twice.',
    );
    sink.taken();
    expect(await pass(at('10:12'))).toBe('');
    expect(sink.taken()).toEqual(['Requests logs 10:05=1', 'Requests media 10:05=1']);
  });

  test('is not put again when the program was killed while it was sent', async () => {
    const { pass, sink } = installation();
    await pass(at('10:02'));
    sink.answers = [
      () => {
        throw new Error('killed');
      },
    ];
    expect(await pass(at('10:07'))).toBe('killed');
    sink.taken();
    expect(await pass(at('10:12'))).toBe('');
    expect(sink.taken()).toEqual(['Requests logs 10:05=1', 'Requests media 10:05=1']);
  });

  test('of two requests only the one that was refused is put again', async () => {
    const { pass, sink } = installation({ publications: [{ ...REQUESTS, periodMs: MINUTE_MS }] });
    await pass(at('02:01'));
    sink.answers = [() => ({ kind: 'taken' }), refused];
    expect(await pass(at('03:40'))).toBe('Throttled.');
    expect(sink.requests.map(({ data }) => data.length)).toEqual([1000, 78]);
    const first = sink.requests[0]?.data.length;
    const both = sink.taken();
    expect(await pass(at('03:41'))).toBe('');
    const again = sink.taken();
    // The minute that closed meanwhile comes along.
    expect(again.slice(0, 78)).toEqual(both.slice(first));
    expect(again).toHaveLength(78 + 11);
  });

  test('nor is what was taken, when the question is another by then', async () => {
    const byMinute = { ...REQUESTS, periodMs: MINUTE_MS };
    const { pass, sink } = installation({ publications: [byMinute] });
    await pass(at('02:01'));
    sink.answers = [() => ({ kind: 'taken' }), refused];
    await pass(at('03:40'));
    const taken = sink.taken().slice(0, 1000);
    const where = { bucket: 'many-3' };
    expect(await pass(at('03:40'), { publications: [{ ...byMinute, where }] })).toBe('');
    const again = sink.taken();
    expect(again).toHaveLength(7);
    expect(again.filter((line) => taken.includes(line))).toEqual([]);
  });

  test('of one namespace does not keep back another', async () => {
    const publications = [REQUESTS, { ...REQUESTS, namespace: 'Elsewhere' }];
    const { pass, sink } = installation({ publications });
    await pass(at('10:02'));
    sink.answers = [refused];
    expect(await pass(at('10:07'))).toBe('Throttled.');
    expect(sink.requests.map(({ namespace }) => namespace)).toEqual(['Bucketwatch', 'Elsewhere']);
    sink.taken();
    await pass(at('10:08'));
    expect(sink.requests.map(({ namespace }) => namespace)).toEqual(['Bucketwatch']);
  });
});

test('a file that cannot be read is no reason to begin anew', async () => {
  const { pass, path } = installation();
  writeFileSync(path, '{');
  expect(await pass(at('10:07'))).toMatch(
    /^Cannot publish to CloudWatch: .*published\.json, which says how far/,
  );
});

describe('budget', () => {
  test('without one nothing is sent, and the estimate says which line is missing', async () => {
    const { budgetUsd: _, ...none } = SETTINGS;
    const path = join(tempFolder(), 'published.json');
    const sink = new Recorder();
    const clock = { nowMs: () => at('12:00'), sleep: () => Promise.resolve() };
    const metrics = metricsOf(store.engine, at('12:00'), () => Promise.resolve(at('12:00')));
    const publisher = new Publisher(none, {
      metrics,
      sink,
      progress: new Progress(path),
      clock,
      log: silentLog,
    });
    // 14 buckets x 0.30 and 8,760 + 14 x 8.76 requests.
    await expect(publisher.run(SIGNAL)).rejects.toThrow(
      /^Cannot publish to CloudWatch: nothing says what it may cost\. As things are it is 14 custom metrics and 8,883 requests, about 4\.29 USD a month \(list prices of us-east-1 .*\)\. .* below cloudwatch: budget: 5$/,
    );
    expect(sink.requests).toEqual([]);
    expect(existsSync(path)).toBe(false);
  });

  test('series beyond it are left out and counted, those that are there stay', async () => {
    // One is 0.30 and 0.09 for requests.
    const { pass, sink } = installation({ budgetUsd: 0.5 });
    await pass(at('10:02'));
    expect(await pass(at('10:07'))).toBe('');
    sink.taken();
    expect(await pass(at('10:22'))).toBe(
      'Cannot publish every series to CloudWatch; left out are 1 beyond cloudwatch.budget of 0.5 USD a month ' +
        '(what is published is 1 custom metric and 8,769 requests, about 0.39 USD a month). All others are published.',
    );
    expect(sink.taken()).toEqual(['Requests media 10:05=1', 'Requests media 10:15=1']);
  });

  test('so are those beyond the limit', async () => {
    const { pass, sink } = installation({ seriesMax: 1 });
    await pass(at('10:07:01'));
    expect(await pass(at('10:22'))).toMatch(
      /; left out are 1 beyond cloudwatch\.series, which is 1\. All others/,
    );
    expect(sink.taken()).toEqual(['Requests logs 10:05=1']);
  });

  test('and those with the name of another', async () => {
    const where = { http_status: '*' };
    const publications = [{ ...REQUESTS, where, dimensions: {} }];
    const { pass, sink } = installation({ publications });
    await pass(at('15:02'));
    expect(await pass(at('15:07'))).toMatch(
      /; left out are 1 with the name and dimensions of another \(split them/,
    );
    expect(sink.taken()).toEqual(['Requests  15:00=1']);
  });
});

test('rules of one pair are one series where dimensions do not name the rule, and a speed is of all of it', async () => {
  const dimensions = { source: 'SourceBucket', destination: 'DestBucket' };
  const common = { namespace: 'CRRMonitor', where: {}, periodMs: 5 * MINUTE_MS, dimensions };
  const { pass, sink } = installation({
    publications: [
      { ...common, name: 'ReplicationObjects', metric: 'ReplicationObjects', statistic: 'Sum' },
      { ...common, name: 'ReplicationSpeed', metric: 'ReplicationSpeed', statistic: 'Average' },
      { ...common, name: 'Rate', metric: 'rate(ReplicatedBytes)', statistic: '' },
    ],
  });
  await pass(at('10:02'));
  expect(await pass(at('10:07'))).toBe('');
  // 2 x 1,048,576 bytes x 8 / 1024 / (18 + 1) s; 2 x 1,048,576 bytes / 300 s.
  expect(sink.taken()).toEqual([
    'ReplicationObjects media copy 10:00=2',
    'ReplicationSpeed media copy 10:00=862.3',
    'Rate media copy 10:00=6990.5',
  ]);
});
