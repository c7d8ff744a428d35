/** Data events of CloudTrail as events of objects, beside notifications of the same writes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type App, openApp } from '../src/app.ts';
import { configSchema } from '../src/config/schema.ts';
import { systemClock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import { openFiles } from '../src/sources/files.ts';
import { tempFolder } from './temp.ts';

interface Call {
  readonly eventName: string;
  readonly requestID: string;
  readonly requestParameters: Readonly<Record<string, string>>;
  readonly responseElements?: Readonly<Record<string, string>>;
  readonly errorCode?: string;
  readonly bytesTransferredIn?: number;
  readonly invokedBy?: string;
}

function documentOf(calls: readonly Call[]): string {
  const records = calls.map(({ bytesTransferredIn, invokedBy, ...call }, index) => ({
    eventVersion: '1.11',
    userIdentity: { type: 'AssumedRole', principalId: 'AROAEXAMPLE:app', ...(invokedBy && { invokedBy }) },
    eventTime: '2026-05-03T22:00:07Z',
    eventSource: 's3.amazonaws.com',
    awsRegion: 'eu-west-1',
    additionalEventData: { bytesTransferredIn: bytesTransferredIn ?? 0 },
    eventID: `00000000-0000-0000-0000-00000000000${index}`,
    ...call,
  }));
  return JSON.stringify({ Records: records });
}

async function appWith(files: Readonly<Record<string, string>>): Promise<App> {
  const folder = tempFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const data = join(tempFolder(), 'data');
  const app = await openApp(configSchema.parse({ data }), {}, { clock: systemClock, log: silentLog });
  onTestFinished(() => app.close());
  for (const name of Object.keys(files)) {
    const source = openFiles({ name, path: join(folder, name), pollMs: 0 }, { clock: systemClock });
    await app.ingest(source, AbortSignal.timeout(30_000));
  }
  return app;
}

const NAMED = { bucketName: 'media', key: 'a b.jpg' };

test('calls that write are events of objects, each with the version it made', async () => {
  const app = await appWith({
    'trail.json': documentOf([
      {
        eventName: 'PutObject',
        requestID: 'R1',
        requestParameters: NAMED,
        responseElements: { 'x-amz-version-id': 'v1' },
        bytesTransferredIn: 42,
      },
      {
        eventName: 'PutObject',
        requestID: 'R2',
        requestParameters: { ...NAMED, bucketName: 'media-copy' },
        responseElements: { 'x-amz-version-id': 'v1' },
        invokedBy: 's3.amazonaws.com',
      },
      {
        eventName: 'CopyObject',
        requestID: 'R3',
        requestParameters: NAMED,
        responseElements: { 'x-amz-version-id': 'v2' },
        bytesTransferredIn: 9,
      },
      {
        eventName: 'CompleteMultipartUpload',
        requestID: 'R4',
        requestParameters: NAMED,
        responseElements: { 'x-amz-version-id': 'null' },
      },
      {
        eventName: 'DeleteObject',
        requestID: 'R5',
        requestParameters: NAMED,
        responseElements: { 'x-amz-version-id': 'm1', 'x-amz-delete-marker': 'true' },
      },
      {
        eventName: 'DeleteObject',
        requestID: 'R6',
        requestParameters: { ...NAMED, versionId: 'v1' },
        responseElements: { 'x-amz-version-id': 'v1' },
      },
      { eventName: 'PutObjectTagging', requestID: 'R7', requestParameters: { ...NAMED, versionId: 'v2' } },
      { eventName: 'PutObjectAcl', requestID: 'R8', requestParameters: NAMED },
    ]),
  });
  const rows = await app.engine.query(
    `select event_name, bucket, version_id, size_bytes, occurrence from object_events order by request_id`,
  );
  const row = (event_name: string, version_id: string, more: object) => ({
    event_name,
    bucket: 'media',
    version_id,
    size_bytes: null,
    ...more,
  });
  const at = (id: string) => ({ occurrence: `2026-05-03 22:00:07 ${id}` });
  expect(rows).toEqual([
    row('ObjectCreated:Put', 'v1', { ...at('R1'), size_bytes: 42 }),
    row('ObjectCreated:Put', 'v1', { ...at('R2'), bucket: 'media-copy' }),
    row('ObjectCreated:Copy', 'v2', at('R3')),
    row('ObjectCreated:CompleteMultipartUpload', '', at('R4')),
    row('ObjectRemoved:DeleteMarkerCreated', 'm1', at('R5')),
    row('ObjectRemoved:Delete', 'v1', at('R6')),
    row('ObjectTagging:Put', 'v2', at('R7')),
    row('ObjectAcl:Put', '', at('R8')),
  ]);
});

test('calls that failed, read or name no key are none', async () => {
  const app = await appWith({
    'trail.json': documentOf([
      { eventName: 'PutObject', requestID: 'R1', requestParameters: NAMED, errorCode: 'AccessDenied' },
      { eventName: 'GetObject', requestID: 'R2', requestParameters: NAMED },
      { eventName: 'DeleteObjects', requestID: 'R3', requestParameters: { bucketName: 'media' } },
      { eventName: 'PutObject', requestID: 'R4', requestParameters: { bucketName: 'media' } },
    ]),
  });
  expect(await app.engine.query('select * from api_calls')).toHaveLength(4);
  expect(await app.engine.query('select * from object_events')).toEqual([]);
});

test('a copy in a second trail is no second event; what a notification tells wins', async () => {
  const put: Call = {
    eventName: 'PutObject',
    requestID: 'R1',
    requestParameters: NAMED,
    responseElements: { 'x-amz-version-id': 'v1' },
    bytesTransferredIn: 42,
  };
  const tag: Call = {
    eventName: 'PutObjectTagging',
    requestID: 'R2',
    requestParameters: { ...NAMED, versionId: 'v1' },
  };
  const notified = (eventName: string, requestId: string, object: object): object => ({
    eventVersion: '2.3',
    eventSource: 'aws:s3',
    awsRegion: 'eu-west-1',
    eventTime: '2026-05-03T22:00:07.345Z',
    eventName,
    responseElements: { 'x-amz-request-id': requestId },
    s3: {
      bucket: { name: 'media' },
      object: { key: 'a+b.jpg', versionId: 'v1', eTag: 'e', ...object },
    },
  });
  const app = await appWith({
    'trail.json': documentOf([put, tag]),
    'other-trail.json': documentOf([put, tag]).replaceAll('"1.11"', '"1.09"'),
    'event.json': JSON.stringify({
      Records: [
        notified('ObjectCreated:Put', 'R1', { size: 42, sequencer: '0055AED6DCD90281E5' }),
        notified('ObjectTagging:Put', 'R2', {}),
      ],
    }),
  });
  const events = await app.engine.query(
    'select event_name, completeness from object_events order by event_name, completeness',
  );
  expect(events).toEqual([
    { event_name: 'ObjectCreated:Put', completeness: 0 },
    { event_name: 'ObjectCreated:Put', completeness: 2 },
    { event_name: 'ObjectTagging:Put', completeness: 2 },
  ]);
  const [version] = await app.engine.query(
    `select toString(created.2) as created, size.2 as size, feeds from object_versions where key = 'a b.jpg'`,
  );
  expect(version).toEqual({ created: '2026-05-03 22:00:07.345', size: 42, feeds: 5 });
});
