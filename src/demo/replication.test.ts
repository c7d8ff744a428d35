import { expect, test } from 'vitest';
import { type EstateFile, estateFiles, liveFiles } from './estate.ts';
import { PAIRS } from './replication-plans.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A Thursday afternoon, on no boundary of anything. */
const END_MS = Date.UTC(2025, 10, 20, 14, 37, 12);
const START_MS = END_MS - 5 * DAY_MS;

interface Told {
  readonly timeMs: number;
  readonly name: string;
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
  readonly report: { readonly failureReason?: string; readonly destinationBucket?: string };
}

interface Message {
  readonly Message?: string;
  readonly Records?: readonly {
    readonly eventName: string;
    readonly eventTime: string;
    readonly s3: {
      readonly bucket: { readonly name: string };
      readonly object: { readonly key: string; readonly versionId: string };
    };
    readonly replicationEventData?: Told['report'];
  }[];
  readonly time?: string;
  readonly 'detail-type'?: string;
  readonly detail?: {
    readonly bucket: { readonly name: string };
    readonly object: { readonly key: string; readonly 'version-id': string };
  };
}

/** One event of a message, out of SNS and EventBridge too. */
function toldBy(line: string): Told {
  const outer = JSON.parse(line) as Message;
  const message = outer.Message === undefined ? outer : (JSON.parse(outer.Message) as Message);
  const { detail, Records: [record] = [] } = message;
  if (detail !== undefined) {
    const { key, 'version-id': versionId } = detail.object;
    const name = message['detail-type'] === 'Object Created' ? 'ObjectCreated:' : 'other';
    return {
      timeMs: Date.parse(message.time ?? ''),
      name,
      bucket: detail.bucket.name,
      key,
      versionId,
      report: {},
    };
  }
  return {
    timeMs: Date.parse(record?.eventTime ?? ''),
    name: record?.eventName ?? '',
    bucket: record?.s3.bucket.name ?? '',
    key: decodeURIComponent((record?.s3.object.key ?? '').replaceAll('+', ' ')),
    versionId: record?.s3.object.versionId ?? '',
    report: record?.replicationEventData ?? {},
  };
}

function toldIn(files: Iterable<EstateFile>): readonly Told[] {
  return [...files]
    .filter((file) => file.path.startsWith('events/'))
    .flatMap((file) => file.bytes.toString().trimEnd().split('\n').map(toldBy));
}

const history = toldIn(estateFiles({ seed: 7, startMs: START_MS, endMs: END_MS }));

function pairOf(ruleId: string): { written: readonly Told[]; arrived: ReadonlyMap<string, Told> } {
  const plan = PAIRS.find((each) => each.ruleId === ruleId);
  const source = { media: 'nimbus-media', lake: 'nimbus-data-lake', billing: 'nimbus-billing' } as Record<
    string,
    string
  >;
  const isWritten = (each: Told): boolean =>
    each.name.startsWith('ObjectCreated:') &&
    each.bucket === source[plan?.source ?? ''] &&
    each.key.startsWith(plan?.prefix ?? '-');
  const arrivals = history.filter((each) => each.bucket === plan?.destination);
  return {
    written: history.filter(isWritten),
    arrived: new Map(arrivals.map((each) => [`${each.versionId} ${each.key}`, each])),
  };
}

/** Milliseconds from write to arrival of what arrived, in order of the writes. */
function latencies(ruleId: string): readonly number[] {
  const { written, arrived } = pairOf(ruleId);
  return written.flatMap((each) => {
    const arrival = arrived.get(`${each.versionId} ${each.key}`);
    return arrival === undefined ? [] : [arrival.timeMs - each.timeMs];
  });
}

function pendingOf(ruleId: string): readonly Told[] {
  const { written, arrived } = pairOf(ruleId);
  return written.filter((each) => !arrived.has(`${each.versionId} ${each.key}`));
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

test('every arrival has key and version id of a write at the source', () => {
  for (const { ruleId } of PAIRS) {
    const { written, arrived } = pairOf(ruleId);
    const writes = new Set(written.map((each) => `${each.versionId} ${each.key}`));
    expect(arrived.size).toBeGreaterThan(80);
    expect([...arrived.keys()].filter((id) => !writes.has(id))).toEqual([]);
  }
});

test('the healthy pair is seconds behind and has nothing older than two minutes pending', () => {
  const waits = latencies('uploads-to-ireland');
  expect(median(waits)).toBeGreaterThan(3_000);
  expect(median(waits)).toBeLessThan(10_000);
  expect(Math.max(...waits)).toBeLessThan(120_000);
  const pending = pendingOf('uploads-to-ireland').filter((each) => each.timeMs < END_MS - 120_000);
  expect(pending).toEqual([]);
});

test('the lagging pair falls behind in its last six hours, by about three', () => {
  const pending = pendingOf('curated-to-stockholm');
  const oldestMs = END_MS - Math.min(...pending.map((each) => each.timeMs));
  expect(pending.length).toBeGreaterThan(8);
  expect(oldestMs).toBeGreaterThan(2 * HOUR_MS);
  expect(oldestMs).toBeLessThan(3.2 * HOUR_MS);
  const early = pairOf('curated-to-stockholm').written.findIndex(
    (each) => each.timeMs > END_MS - 6 * HOUR_MS,
  );
  expect(Math.max(...latencies('curated-to-stockholm').slice(0, early))).toBeLessThan(15 * 60_000);
});

test('what takes longer than the threshold is reported as missed, and as replicated when it arrives', () => {
  const late = history.filter((each) => each.bucket === 'nimbus-data-lake');
  const missed = late.filter((each) => each.name === 'Replication:OperationMissedThreshold');
  const replicated = late.filter((each) => each.name === 'Replication:OperationReplicatedAfterThreshold');
  const overdue = pendingOf('curated-to-stockholm').filter((each) => each.timeMs < END_MS - 16 * 60_000);
  const slow = latencies('curated-to-stockholm').filter((waitMs) => waitMs > 15 * 60_000);
  expect(replicated).toHaveLength(slow.length);
  expect(missed).toHaveLength(slow.length + overdue.length);
  expect(slow.length).toBeGreaterThan(0);
});

test('the failing pair fails for want of its key, and some objects arrive', () => {
  const { arrived } = pairOf('invoices-to-ireland');
  const failed = history.filter((each) => each.name === 'Replication:OperationFailedReplication');
  expect(new Set(failed.map((each) => each.report.failureReason))).toEqual(new Set(['DstKmsKeyNotFound']));
  expect(failed.filter((each) => arrived.has(`${each.versionId} ${each.key}`))).toEqual([]);
  expect(failed.length).toBeGreaterThan(60);
  const sinceMs = Math.min(...failed.map((each) => each.timeMs));
  expect([...arrived.values()].filter((each) => each.timeMs > sinceMs).length).toBeGreaterThan(20);
});

test('nothing is told before it happened, and live files tell the same however they are cut', () => {
  expect(history.filter((each) => each.name.startsWith('Replication:') && each.timeMs >= END_MS)).toEqual([]);
  const live = (stepMs: number): readonly string[] => {
    const spans = Array.from({ length: (2 * HOUR_MS) / stepMs }, (_, index) => END_MS + index * stepMs);
    return spans
      .flatMap((startMs) =>
        toldIn(liveFiles({ seed: 7, startMs, endMs: startMs + stepMs, historyEndMs: END_MS })).map((each) => {
          const isReplica = each.bucket.endsWith('-replica');
          if (isReplica) expect(each.timeMs).toBeLessThan(startMs + stepMs);
          return `${each.bucket} ${each.name} ${each.versionId} ${each.timeMs.toString()}`;
        }),
      )
      .toSorted();
  };
  const hourly = live(HOUR_MS);
  expect(hourly.length).toBeGreaterThan(30);
  expect(live(HOUR_MS / 6)).toEqual(hourly);
});

test('what was under way when the history ended arrives live, and the lag has an end', () => {
  const pending = new Set(pendingOf('curated-to-stockholm').map((each) => each.versionId));
  const later = toldIn(
    liveFiles({ seed: 7, startMs: END_MS, endMs: END_MS + 5 * HOUR_MS, historyEndMs: END_MS }),
  );
  const arrived = later.filter(
    (each) => each.bucket === 'nimbus-lake-replica' && pending.has(each.versionId),
  );
  expect(new Set(arrived.map((each) => each.versionId))).toEqual(pending);
});

test('a look at the configuration is made at the start and each midnight; it has the three rules', () => {
  const files = [...estateFiles({ seed: 7, startMs: START_MS, endMs: END_MS })].filter((each) =>
    each.path.startsWith('bucket-configs/'),
  );
  expect(files).toHaveLength(6);
  const lines = (files[0]?.bytes.toString().trimEnd().split('\n') ?? []).map(
    (line) => JSON.parse(line) as { bucket: string; aspect: string; state: string },
  );
  expect(lines.filter((each) => each.aspect === 'bucket')).toHaveLength(9);
  const replicated = lines.filter((each) => each.aspect === 'replication' && each.state === 'present');
  expect(replicated.map((each) => each.bucket)).toEqual([
    'nimbus-data-lake',
    'nimbus-media',
    'nimbus-billing',
  ]);
});
