/** Events of a source with a namespace: bucket ids, over crashes, retries and equal bytes. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { parseConfig } from '../src/config/load.ts';
import { configSchema } from '../src/config/schema.ts';
import { decodeEvents } from '../src/formats/s3-event/decode.ts';
import { batchIdOf } from '../src/intake/arrival.ts';
import { Spool } from '../src/intake/spool.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import { openSource } from '../src/sources/all.ts';
import { tempFolder } from './temp.ts';

const signal = (): AbortSignal => AbortSignal.timeout(30_000);

function event(key: string, more: object = {}): string {
  const object = { key, size: 3, eTag: 'e', sequencer: '0055AED6DCD90281E5' };
  const record = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    eventTime: '2026-03-01T10:00:00.000Z',
    eventName: 'ObjectCreated:Put',
    s3: { bucket: { name: 'media' }, object },
    ...more,
  };
  return JSON.stringify({ Records: [record] });
}

async function open(data: string): Promise<App> {
  const app = await openApp(configSchema.parse({ data }), {}, { clock: systemClock, log: silentLog });
  onTestFinished(() => app.close());
  return app;
}

/** Loads a folder of event files as a source of the configuration does. */
async function load(app: App, path: string, namespace?: string) {
  const { sources } = configSchema.parse({
    sources: [
      {
        kind: 'files',
        name: namespace ?? 'plain',
        path,
        format: 's3-event',
        ...(namespace === undefined ? {} : { namespace }),
      },
    ],
  });
  const [section] = sources;
  if (section === undefined) throw new Error('no source');
  const parts = { clock: systemClock, folder: tempFolder(), parking: { park: async () => {} } };
  return app.ingest(openSource(section, parts), signal());
}

async function buckets(app: App): Promise<unknown[]> {
  return app.engine.query(
    'select bucket, key, replication_destination_bucket as destination from object_events order by bucket, key',
  );
}

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = tempFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

test('buckets of events, and destinations they name, are of the namespace', async () => {
  const app = await open(join(tempFolder(), 'data'));
  const replicationEventData = { destinationBucket: 'arn:aws:s3:::copy', replicationRuleId: 'r' };
  const failed = { eventName: 'Replication:OperationFailedReplication', replicationEventData };
  const path = folderWith({ a: event('a'), b: event('b', failed) });
  expect(await load(app, path, 'siteB')).toMatchObject({ loaded: 2, facts: 2 });
  expect(await buckets(app)).toEqual([
    { bucket: 'siteB:media', key: 'a', destination: '' },
    { bucket: 'siteB:media', key: 'b', destination: 'siteB:copy' },
  ]);
});

test('the same bytes of two stores are events of both, and of each once', async () => {
  const app = await open(join(tempFolder(), 'data'));
  const path = folderWith({ a: event('a') });
  for (const namespace of [undefined, 'siteB', 'siteB', undefined]) await load(app, path, namespace);
  expect(await buckets(app)).toMatchObject([{ bucket: 'media' }, { bucket: 'siteB:media' }]);
});

test('a sealed load that was left by a crash has the namespace on disk', async () => {
  const data = join(tempFolder(), 'data');
  mkdirSync(data);
  const spool = new Spool(join(data, 'spool'));
  await spool.open();
  const path = spool.incomingPath();
  const bytes = Buffer.from(event('a'));
  writeFileSync(path, bytes);
  const identity = `siteB:sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const batch = {
    batchId: batchIdOf(identity),
    source: 'siteB',
    origin: 'file:///a',
    identity,
    sizeBytes: bytes.byteLength,
    expandedBytes: bytes.byteLength,
    isCompressed: false,
    receivedMs: systemClock.nowMs(),
    namespace: 'siteB',
    path,
    spoolBytes: bytes.byteLength,
  };
  await spool.seal({ format: 's3-event', isLarge: false, batches: [batch], decode: decodeEvents });
  const app = await open(data);
  expect(await buckets(app)).toMatchObject([{ bucket: 'siteB:media', key: 'a' }]);
  expect(await app.engine.query('select namespace, state from batches')).toEqual([
    { namespace: 'siteB', state: 'loaded' },
  ]);
  expect(await load(app, folderWith({ a: event('a') }), 'siteB')).toMatchObject({ known: 1, loaded: 0 });
});

test('what was rejected keeps its namespace in a retry: a record, and a whole file that was mended', async () => {
  const app = await open(join(tempFolder(), 'data'));
  const path = folderWith({ a: '', b: `${event('b', { eventVersion: '9.0' })}\n` });
  expect(await load(app, path, 'siteB')).toMatchObject({ rejected: 1, rejects: 1 });
  writeFileSync(join(path, 'a'), event('a'));
  await app.engine.applyDdl(
    `alter table rejects update line = replace(line, '"9.0"', '"2.1"') where 1 settings mutations_sync = 1`,
  );
  expect(await app.retryRejected(signal())).toMatchObject({ facts: 2 });
  expect(await buckets(app)).toMatchObject([
    { bucket: 'siteB:media', key: 'a' },
    { bucket: 'siteB:media', key: 'b' },
  ]);
});

describe('configuration', () => {
  const source = (text: string): string => `sources:\n  - { name: a, namespace: siteB, ${text} }\n`;

  test.each([
    ['kind: files, path: x, format: access-log', 'needs format: s3-event or inventory'],
    ['kind: files, path: x', 'needs format: s3-event or inventory'],
    ['kind: bucket-listing, uri: s3://logs/, format: cloudtrail', 'needs format: s3-event or inventory'],
    ['kind: webhook, secret: "${SECRET}", format: minio-audit', 'needs format: s3-event or inventory'],
    ['kind: queue, url: "https://sqs.eu-west-1.amazonaws.com/1/q"', 'needs messages: events'],
  ])('%s: refused', (text, message) => {
    const reading = parseConfig(source(text), { environment: { SECRET: 'x'.repeat(16) }, folder: '.' });
    expect(reading).toMatchObject({ ok: false, problems: [{ path: 'sources.0.namespace', message }] });
  });

  test.each([
    'kind: files, path: x, format: s3-event',
    'kind: bucket-listing, uri: s3://events/, format: s3-event',
    'kind: webhook, secret: "${SECRET}"',
    'kind: queue, url: "https://sqs.eu-west-1.amazonaws.com/1/q", messages: events',
  ])('%s: taken', (text) => {
    const reading = parseConfig(source(text), { environment: { SECRET: 'x'.repeat(16) }, folder: '.' });
    expect(reading).toMatchObject({ ok: true, config: { sources: [{ namespace: 'siteB' }] } });
  });
});
