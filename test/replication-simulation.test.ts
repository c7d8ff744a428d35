/**
 * 100,000 versions in three pairs, with events lost, doubled, reordered and late by hours, and a judge that dies and is
 * started again. What the events do not tell is looked up under a budget. In the end every state is the truth.
 * REPLICATION_SEED repeats a run.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { randomOf } from '../src/demo/random.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import { openJudge } from '../src/monitors/replication/judge.ts';
import { openFiles } from '../src/sources/files.ts';
import { dyingEngine, type StoredEvent, storeBatch, storePairs, sumsBothWays } from './replication-store.ts';
import { keptFolder } from './temp.ts';

const SEED = Number(process.env['REPLICATION_SEED'] ?? 20260501);
const VERSIONS = 100_000;
const START_MS = Date.UTC(2026, 4, 1);
const HOUR_MS = 3_600_000;
const SPAN_MS = 24 * HOUR_MS;
const TARGET_MS = 900_000;
const REQUESTS_PER_HOUR = 2_000;
const LOST = 0.02;
const DOUBLED = 0.05;
const LATE = 0.02;
const ROUNDS = 5;
/** Events of the first round that come as notifications in files. */
const NOTIFIED = 6_000;
const PAIRS = [
  { source: 'sim-a', destination: 'sim-b' },
  { source: 'sim-a', destination: 'sim-c' },
  { source: 'sim-x', destination: 'sim-y' },
] as const;

type Fate = 'arrives' | 'fails' | 'fails-then-arrives' | 'waits' | 'is-removed';

/** A version, and what becomes of it at each destination. */
interface Truth {
  readonly source: string;
  readonly key: string;
  readonly version_id: string;
  readonly writtenMs: number;
  readonly size: number;
  readonly fates: ReadonlyMap<string, Fate>;
}

interface Told {
  readonly event: StoredEvent;
  readonly heardMs: number;
}

test('every state is the truth in the end, and the sums are those of the states', {
  timeout: 300_000,
}, async () => {
  process.stdout.write(`replication simulation: REPLICATION_SEED=${SEED}\n`);
  const folder = keptFolder();
  const random = randomOf(SEED);
  const truths = Array.from({ length: VERSIONS }, (_, number) => truthOf(number, random));
  const told = truths.flatMap((truth) => eventsOf(truth, random)).sort((a, b) => a.heardMs - b.heardMs);
  let app = await open(folder);
  try {
    await storePairs(PAIRS, app.engine);
    app = await notifyThroughFiles(told.splice(0, NOTIFIED), folder, app);
    const size = Math.ceil(told.length / ROUNDS);
    for (let round = 0; round < ROUNDS; round += 1) {
      const events = told.slice(round * size, (round + 1) * size).map(({ event }) => event);
      await storeBatch(1_000 + round, events, app.engine);
      await dieJudging(random, app);
      await app.close();
      app = await open(folder);
      await openJudge({ engine: app.engine, clock: systemClock }).run(new AbortController().signal);
    }
    const before = await differences(truths, app);
    expect(before.length).toBeGreaterThan(VERSIONS * LOST);
    const hours = await lookUp(truths, app);
    expect(Math.max(...hours)).toBeLessThanOrEqual(REQUESTS_PER_HOUR);
    expect(hours.length).toBeGreaterThan(1);
    expect(await differences(truths, app)).toEqual([]);
    const { stored, recomputed } = await sumsBothWays(app.engine);
    expect(stored.length).toBeGreaterThan(500);
    expect(stored).toEqual(recomputed);
  } finally {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

function open(folder: string): Promise<App> {
  const config = configSchema.parse({ data: join(folder, 'data') });
  return openApp(config, {}, { clock: systemClock, log: silentLog });
}

/** At most one destination of a version fails: the header of the original then tells which. */
function truthOf(number: number, random: () => number): Truth {
  const source = number % 2 === 0 ? 'sim-a' : 'sim-x';
  const destinations = PAIRS.filter((pair) => pair.source === source).map(({ destination }) => destination);
  const isRemoved = random() < 0.003;
  const unlucky = destinations[Math.floor(random() * destinations.length)];
  const fateOfUnlucky = random();
  const fates = destinations.map((destination): [string, Fate] => {
    if (isRemoved) return [destination, 'is-removed'];
    if (destination !== unlucky || fateOfUnlucky > 0.02) return [destination, 'arrives'];
    if (fateOfUnlucky < 0.01) return [destination, 'fails'];
    return [destination, fateOfUnlucky < 0.013 ? 'fails-then-arrives' : 'waits'];
  });
  return {
    source,
    key: `objects/${number % 70_001}`,
    version_id: `v${number}`,
    writtenMs: START_MS + Math.floor(random() * SPAN_MS),
    size: Math.floor(random() * 1_000_000),
    fates: new Map(fates),
  };
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}

function eventOf(truth: Truth, name: string, atMs: number, more: Record<string, unknown> = {}): StoredEvent {
  return {
    bucket: truth.source,
    event_name: name,
    event_time: timeText(atMs),
    key: truth.key,
    version_id: truth.version_id,
    ...more,
  };
}

/** The events of a version as they are heard: some never, some twice, some hours late. */
function eventsOf(truth: Truth, random: () => number): Told[] {
  const created = (bucket: string, ms: number): StoredEvent =>
    eventOf(truth, 'ObjectCreated:Put', ms, {
      bucket,
      size_bytes: truth.size,
      sequencer_padded: ms.toString(16).toUpperCase().padStart(16, '0'),
    });
  const happened = [created(truth.source, truth.writtenMs)];
  for (const [destination, fate] of truth.fates) {
    const latencyMs = Math.floor(1000 * Math.exp(random() * 6));
    if (fate === 'arrives') happened.push(created(destination, truth.writtenMs + latencyMs));
    if (fate === 'fails-then-arrives')
      happened.push(created(destination, truth.writtenMs + latencyMs + 5 * HOUR_MS));
    if (fate === 'fails' || fate === 'fails-then-arrives')
      happened.push(
        eventOf(truth, 'Replication:OperationFailedReplication', truth.writtenMs + latencyMs, {
          replication_destination_bucket: destination,
          replication_failure_reason: 'DstKmsKeyNotFound',
          replication_operation: 'OBJECT_PUT',
        }),
      );
  }
  if ([...truth.fates.values()].includes('is-removed'))
    happened.push(eventOf(truth, 'ObjectRemoved:Delete', truth.writtenMs + 500));
  return happened.flatMap((event) => heard(event, random));
}

function heard(event: StoredEvent, random: () => number): Told[] {
  if (random() < LOST) return [];
  const times = random() < DOUBLED ? 2 : 1;
  return Array.from({ length: times }, () => {
    const lateMs = random() < LATE ? random() * 8 * HOUR_MS : random() * 60_000;
    return { event, heardMs: Date.parse(`${event.event_time.replace(' ', 'T')}Z`) + lateMs };
  });
}

/** The first events as notifications in files, with a restart between two halves. */
async function notifyThroughFiles(told: readonly Told[], folder: string, first: App): Promise<App> {
  let app = first;
  const half = Math.ceil(told.length / 2);
  for (const part of [0, 1]) {
    const path = join(folder, `events-${part}`);
    mkdirSync(path);
    const events = told.slice(part * half, (part + 1) * half);
    for (let start = 0; start < events.length; start += 100) {
      const records = events.slice(start, start + 100).map(({ event }) => recordOf(event));
      writeFileSync(join(path, `${start}.json`), JSON.stringify({ Records: records }));
    }
    const source = openFiles({ name: `part ${part}`, path, pollMs: 0 }, { clock: systemClock });
    const counts = await app.ingest(source, new AbortController().signal);
    expect(counts).toMatchObject({ rejected: 0, rejects: 0 });
    await openJudge({ engine: app.engine, clock: systemClock }).run(new AbortController().signal);
    await app.close();
    app = await open(folder);
  }
  return app;
}

/** The event as S3 notifies it. */
function recordOf(event: StoredEvent): object {
  const text = (column: string): string => (event[column] as string | undefined) ?? '';
  return {
    eventVersion: '2.3',
    eventSource: 'aws:s3',
    awsRegion: 'us-east-1',
    eventTime: `${event.event_time.replace(' ', 'T')}Z`,
    eventName: event.event_name,
    s3: {
      bucket: { name: event.bucket, arn: `arn:aws:s3:::${event.bucket}` },
      object: {
        key: event.key,
        versionId: event.version_id,
        ...(event['size_bytes'] === undefined ? {} : { size: event['size_bytes'] }),
        ...(text('sequencer_padded') === '' ? {} : { sequencer: text('sequencer_padded') }),
      },
    },
    ...(text('replication_destination_bucket') === ''
      ? {}
      : {
          replicationEventData: {
            replicationRuleId: 'r',
            destinationBucket: `arn:aws:s3:::${text('replication_destination_bucket')}`,
            s3Operation: text('replication_operation'),
            failureReason: text('replication_failure_reason'),
          },
        }),
  };
}

/** A judge that dies somewhere in the middle; the app's own has to cope. */
async function dieJudging(random: () => number, app: App): Promise<void> {
  const engine = dyingEngine(app.engine, Math.floor(random() * 12), random() < 0.5 ? 'before' : 'after');
  const dying = openJudge({ engine, clock: systemClock }).run(new AbortController().signal);
  await dying.catch((error: unknown) => {
    if (!(error instanceof Error) || error.message !== 'dead') throw error;
  });
}

/** What the store answers to a look at a version in a bucket. */
function answerOf(truth: Truth, bucket: string): Record<string, unknown> | undefined {
  const fates = [...truth.fates.values()];
  if (bucket === truth.source) {
    if (fates.includes('is-removed')) return undefined;
    const header = fates.includes('fails') ? 'FAILED' : fates.includes('waits') ? 'PENDING' : 'COMPLETED';
    return { replication_status: header };
  }
  const fate = truth.fates.get(bucket);
  return fate === 'arrives' || fate === 'fails-then-arrives' ? { replication_status: 'REPLICA' } : undefined;
}

const LOOKED_MS = START_MS + SPAN_MS + 24 * HOUR_MS;

function observed(
  truth: Truth,
  bucket: string,
  envelope: string,
  answer = answerOf(truth, bucket),
): StoredEvent {
  return eventOf(truth, `ObjectObserved:${answer === undefined ? 'Missing' : 'Present'}`, LOOKED_MS, {
    bucket,
    envelope,
    ...answer,
    ...(answer === undefined
      ? {}
      : { last_modified: timeText(Math.floor(truth.writtenMs / 1000) * 1000), size_bytes: truth.size }),
  });
}

/**
 * Recovers what no event told: first a listing of the sources, a request a page of 1,000, then single versions that
 * are pending beyond the target or failed, one or two requests each, hour after hour under the budget. Gives the requests of each
 * hour.
 */
async function lookUp(truths: readonly Truth[], app: App): Promise<number[]> {
  const versions = new Map(truths.map((truth) => [truth.version_id, truth]));
  const hours = [await listSources(truths, app)];
  const looked = new Set<string>();
  for (let batch = 2_000; batch < 2_100; batch += 1) {
    const open = (await openNow(app)).filter(({ pair_id, version_id }) => !looked.has(pair_id + version_id));
    if (open.length === 0) return hours;
    const events: StoredEvent[] = [];
    let requests = 0;
    for (const { pair_id, version_id, source, destination } of open) {
      const truth = versions.get(version_id);
      if (truth === undefined) throw new Error(`no such version: ${version_id}`);
      const asked = answerOf(truth, destination) === undefined ? [destination, source] : [destination];
      if (requests + asked.length > REQUESTS_PER_HOUR) break;
      requests += asked.length;
      events.push(...asked.map((bucket) => observed(truth, bucket, 'head')));
      looked.add(pair_id + version_id);
    }
    hours.push(requests);
    await storeBatch(batch, events, app.engine);
    await openJudge({ engine: app.engine, clock: systemClock }).run(new AbortController().signal);
  }
  throw new Error('looking up does not end');
}

interface OpenVersion {
  readonly pair_id: string;
  readonly version_id: string;
  readonly source: string;
  readonly destination: string;
}

/** What is pending beyond the target or failed: only that is looked up. */
function openNow(app: App): Promise<OpenVersion[]> {
  return app.engine.query<OpenVersion>(
    `select pair_id, version_id, source, destination
     from replications
     where (status in ('PENDING', 'FAILED') or reason = 'failed-at-one-of-several')
       and written_at < fromUnixTimestamp64Milli({before:Int64}, 'UTC')
     order by written_at`,
    { params: { before: LOOKED_MS - TARGET_MS } },
  );
}

/** Tells of versions at the sources that nothing is known of; gives the requests that took. */
async function listSources(truths: readonly Truth[], app: App): Promise<number> {
  const known = await app.engine.query<{ version_id: string }>(
    "select distinct version_id from object_versions where bucket in ('sim-a', 'sim-x')",
    { limits: { resultRows: 10 * VERSIONS } },
  );
  const knownIds = new Set(known.map(({ version_id }) => version_id));
  const unknown = truths.filter(({ version_id }) => !knownIds.has(version_id));
  const listed = unknown.filter((truth) => answerOf(truth, truth.source) !== undefined);
  const events = listed.map((truth) => observed(truth, truth.source, 'listing', {}));
  await storeBatch(1_999, events, app.engine);
  await openJudge({ engine: app.engine, clock: systemClock }).run(new AbortController().signal);
  return Math.ceil(truths.length / 1_000);
}

const STATUS_OF: Readonly<Record<Fate, string>> = {
  arrives: 'COMPLETED',
  fails: 'FAILED',
  'fails-then-arrives': 'COMPLETED',
  waits: 'PENDING',
  'is-removed': 'UNKNOWN',
};

/** Where states are not the truth. Of a version that was removed before anybody heard of it there is none. */
async function differences(truths: readonly Truth[], app: App): Promise<string[]> {
  const rows = await app.engine.query<{ id: string; status: string }>(
    "select concat(pair_id, ' ', version_id) as id, status from replications where status != 'NONE'",
    { limits: { resultRows: 10 * VERSIONS } },
  );
  const states = new Map(rows.map(({ id, status }) => [id, status]));
  expect(states.size).toBe(rows.length);
  const expected = truths.flatMap(({ source, version_id, fates }) =>
    [...fates].map(([destination, fate]) => ({ id: `${source}/${destination}/r ${version_id}`, fate })),
  );
  return expected
    .filter(({ id, fate }) => {
      const status = states.get(id);
      return status !== STATUS_OF[fate] && !(status === undefined && fate === 'is-removed');
    })
    .map(({ id, fate }) => `${id}: ${states.get(id)}, and it ${fate}`);
}
