/** What answers about single objects mean: each status a store gives, from a server that gives exactly that. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../lib/clock.ts';
import { Fault } from '../lib/fault.ts';
import { openS3 } from './client.ts';
import type { S3 } from './s3.ts';

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const DATE = 'Sun, 03 May 2026 22:00:07 GMT';
const DATE_MS = Date.UTC(2026, 4, 3, 22, 0, 7);
const MODIFIED = 'Sun, 03 May 2026 21:58:00 GMT';
const THERE = { etag: '"e"', 'content-length': '5', 'last-modified': MODIFIED, date: DATE };
const OBJECT = { bucket: 'media', key: 'a b.jpg', versionId: 'v1' } as const;

/** A store that answers each request by its method and path, and the requests it had. */
async function storeWith(answer: (asked: Asked) => Answer): Promise<{ s3: S3; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
      asked.push(one);
      const { status, headers = {}, body: text = '' } = answer(one);
      response.sendDate = false;
      response.writeHead(status, { 'content-type': 'application/xml', ...headers });
      response.end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const s3 = openS3({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    accessKeyId: 'test',
    secretAccessKey: 'topsecret',
  });
  onTestFinished(() => {
    s3.close();
    server.closeAllConnections();
    server.close();
  });
  return { s3, asked };
}

/** Objects answer as given, the bucket is there. */
function objects(answer: Answer): (asked: Asked) => Answer {
  return ({ url }) => (/^\/media\/?(\?|$)/.test(url) ? { status: 200 } : answer);
}

function soon(): AbortSignal {
  return AbortSignal.timeout(10_000);
}

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Fault) return error;
  throw new Error('no fault', { cause: error });
}

describe('headObject()', () => {
  test('gives what the headers say, the store’s clock too', async () => {
    const headers = { ...THERE, 'x-amz-version-id': 'v1', 'x-amz-replication-status': 'PENDING' };
    const { s3, asked } = await storeWith(objects({ status: 200, headers }));
    expect(await s3.headObject(OBJECT, soon())).toEqual({
      kind: 'present',
      versionId: 'v1',
      sizeBytes: 5,
      etag: 'e',
      modifiedMs: DATE_MS - 127_000,
      replicationStatus: 'PENDING',
      isLegalHold: false,
      isDeleteMarker: false,
      storeMs: DATE_MS,
    });
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'HEAD /media/a%20b.jpg?versionId=v1',
    ]);
    expect(s3.requests).toEqual({ HEAD: 1 });
  });

  test.each([
    ['COMPLETED', 'COMPLETED'],
    ['COMPLETE', 'COMPLETED'],
    ['FAILED', 'FAILED'],
    ['REPLICA', 'REPLICA'],
  ])('replication status %s is %s', async (given, read) => {
    const headers = { ...THERE, 'x-amz-replication-status': given };
    const { s3 } = await storeWith(objects({ status: 200, headers }));
    expect(await s3.headObject(OBJECT, soon())).toMatchObject({ replicationStatus: read });
  });

  const UNTIL = '2026-12-21T00:00:00.000Z';
  const until = { 'x-amz-object-lock-retain-until-date': UNTIL };
  const lockedUntil = Date.parse(UNTIL);
  test.each([
    [
      { 'x-amz-object-lock-mode': 'COMPLIANCE', ...until },
      { mode: 'COMPLIANCE', untilMs: lockedUntil },
      false,
    ],
    [
      { 'x-amz-object-lock-mode': 'GOVERNANCE', ...until },
      { mode: 'GOVERNANCE', untilMs: lockedUntil },
      false,
    ],
    [{ 'x-amz-object-lock-legal-hold': 'ON' }, undefined, true],
    [{ 'x-amz-object-lock-legal-hold': 'OFF' }, undefined, false],
    [{ 'x-amz-object-lock-mode': 'NONE', ...until }, undefined, false],
    [{ 'x-amz-object-lock-mode': 'GOVERNANCE' }, undefined, false],
    [until, undefined, false],
  ])('the headers %j are the lock %j, legal hold %s', async (lockHeaders, lock, isLegalHold) => {
    const { s3 } = await storeWith(objects({ status: 200, headers: { ...THERE, ...lockHeaders } }));
    const answer = await s3.headObject(OBJECT, soon());
    expect(answer.kind === 'present' && [answer.lock, answer.isLegalHold]).toEqual([lock, isLegalHold]);
  });

  test('without a version the newest is asked for; the version S3 calls null is none', async () => {
    const { s3, asked } = await storeWith(
      objects({ status: 200, headers: { ...THERE, 'x-amz-version-id': 'null' } }),
    );
    expect(await s3.headObject({ bucket: 'media', key: 'a' }, soon())).toMatchObject({ versionId: '' });
    expect(asked[0]?.url).toBe('/media/a');
  });

  test('a missing object is told from a missing bucket, which is asked for once in ten minutes', async () => {
    // The SDK repeats what was refused by a clock far from ours.
    const date = new Date(systemClock.nowMs()).toUTCString();
    const { s3, asked } = await storeWith(objects({ status: 404, headers: { date } }));
    const missing = { kind: 'missing', isBehindDeleteMarker: false, storeMs: Date.parse(date) };
    expect(await s3.headObject(OBJECT, soon())).toEqual(missing);
    expect(await s3.headObject(OBJECT, soon())).toEqual(missing);
    const paths = asked.map(({ url }) => url.split('?')[0]);
    expect(paths).toEqual(['/media/a%20b.jpg', '/media/', '/media/a%20b.jpg']);
    const gone = await storeWith(() => ({ status: 404, headers: { date } }));
    expect(await faultOf(gone.s3.headObject(OBJECT, soon()))).toMatchObject({
      code: 'not_found',
      retry: false,
      message:
        'Cannot look up s3://media/a b.jpg: there is no such bucket; check its name, the account and the endpoint.',
    });
  });

  test('a delete marker is there when its version is asked for, and hides the newest', async () => {
    const marker = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': 'v1', date: DATE };
    const asVersion = await storeWith(
      objects({ status: 405, headers: { ...marker, 'last-modified': MODIFIED } }),
    );
    expect(await asVersion.s3.headObject(OBJECT, soon())).toMatchObject({
      kind: 'present',
      isDeleteMarker: true,
      versionId: 'v1',
      sizeBytes: 0,
      modifiedMs: DATE_MS - 127_000,
    });
    const asNewest = await storeWith(objects({ status: 404, headers: marker }));
    expect(await asNewest.s3.headObject({ bucket: 'media', key: 'a' }, soon())).toMatchObject({
      kind: 'missing',
      isBehindDeleteMarker: true,
    });
  });

  test('denied is an answer; it says that without listing missing objects look the same', async () => {
    const { s3 } = await storeWith(objects({ status: 403, headers: { date: DATE } }));
    expect(await s3.headObject(OBJECT, soon())).toEqual({
      kind: 'denied',
      reason:
        'access denied (HTTP 403); it needs s3:GetObjectVersion on arn:aws:s3:::media/*; ' +
        'without s3:ListBucket on arn:aws:s3:::media the store says the same of what is not there',
      storeMs: DATE_MS,
    });
  });

  test.each([
    { status: 503, code: 'unavailable', retry: true, says: 'busy or failing' },
    { status: 429, code: 'unavailable', retry: true, says: 'busy or failing' },
    { status: 500, code: 'unavailable', retry: true, says: 'busy or failing' },
    { status: 405, code: 'unsupported', retry: false, says: 'does not offer this operation' },
    { status: 400, code: 'invalid', retry: false, says: 'refused it' },
    { status: 200, code: 'invalid', retry: false, says: 'not that of an S3 store' },
  ])('$status says nothing about the object: $code', async ({ status, code, retry, says }) => {
    const { s3 } = await storeWith(() => ({ status }));
    const fault = await faultOf(s3.headObject(OBJECT, soon()));
    expect({ code: fault.code, retry: fault.retry }).toEqual({ code, retry });
    expect(fault.message).toContain(says);
  });

  test('a bucket that cannot be looked for because the store is busy is a fault, not a missing object', async () => {
    const { s3 } = await storeWith(({ url }) => ({ status: /^\/media\/?(\?|$)/.test(url) ? 503 : 404 }));
    expect(await faultOf(s3.headObject(OBJECT, soon()))).toMatchObject({ code: 'unavailable', retry: true });
  });

  test('a store that does not answer is unavailable', async () => {
    const s3 = openS3({
      endpoint: 'http://127.0.0.1:9',
      region: 'x',
      accessKeyId: 'a',
      secretAccessKey: 'b',
    });
    onTestFinished(() => s3.close());
    expect(await faultOf(s3.headObject(OBJECT, soon()))).toMatchObject({ code: 'unavailable', retry: true });
  });
});

describe('putObject() and deleteObject()', () => {
  test('writes bytes, metadata and tags; gives version, ETag and the store’s clock', async () => {
    const { s3, asked } = await storeWith(() => ({
      status: 200,
      headers: { etag: '"e"', 'x-amz-version-id': 'v9', date: DATE },
    }));
    const put = {
      bucket: 'media',
      key: 'c',
      body: 'hi',
      metadata: { probe: '1' },
      tagging: { 'a b': 'c&d' },
    };
    expect(await s3.putObject(put, soon())).toEqual({ versionId: 'v9', etag: 'e', storeMs: DATE_MS });
    expect(asked[0]).toMatchObject({
      method: 'PUT',
      body: 'hi',
      headers: { 'x-amz-meta-probe': '1', 'x-amz-tagging': 'a+b=c%26d' },
    });
  });

  test('a refused write names the action it needs', async () => {
    const { s3 } = await storeWith(() => ({
      status: 403,
      body: '<Error><Code>AccessDenied</Code></Error>',
    }));
    const fault = await faultOf(s3.putObject({ bucket: 'media', key: 'c', body: '', metadata: {} }, soon()));
    expect(fault).toMatchObject({ code: 'denied' });
    expect(fault.message).toContain('Cannot write s3://media/c: access denied');
    expect(fault.message).toContain('s3:PutObject on arn:aws:s3:::media/*');
  });

  test('deleting gives the delete marker; what is gone is no fault', async () => {
    const { s3 } = await storeWith(({ url }) =>
      url.includes('gone')
        ? { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' }
        : { status: 204, headers: { 'x-amz-delete-marker': 'true', 'x-amz-version-id': 'm1' } },
    );
    expect(await s3.deleteObject({ bucket: 'media', key: 'c' }, soon())).toEqual({
      versionId: 'm1',
      isDeleteMarker: true,
    });
    expect(await s3.deleteObject({ bucket: 'media', key: 'gone' }, soon())).toEqual({
      versionId: '',
      isDeleteMarker: false,
    });
  });
});

describe('listVersionsPage()', () => {
  const page = `<ListVersionsResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
    <NextKeyMarker>b%2Bc</NextKeyMarker><NextVersionIdMarker>v0</NextVersionIdMarker>
    <Version><Key>b%2Bc</Key><VersionId>v1</VersionId><IsLatest>false</IsLatest>
      <LastModified>2026-05-03T21:58:00.000Z</LastModified><ETag>"e"</ETag><Size>5</Size></Version>
    <Version><Key>d</Key><VersionId>null</VersionId><IsLatest>true</IsLatest>
      <LastModified>2026-05-03T21:58:00.000Z</LastModified><ETag>"f"</ETag><Size>6</Size></Version>
    <DeleteMarker><Key>b%2Bc</Key><VersionId>v2</VersionId><IsLatest>true</IsLatest>
      <LastModified>2026-05-03T21:59:00.000Z</LastModified></DeleteMarker></ListVersionsResult>`;

  test('puts versions and delete markers in order and says where to go on', async () => {
    const { s3, asked } = await storeWith(() => ({ status: 200, body: page }));
    const after = { key: 'a', versionId: 'v7' };
    const read = await s3.listVersionsPage({ bucket: 'media', prefix: 'x/', after, maxKeys: 3 }, soon());
    expect(read).toMatchObject({ isTruncated: true, next: { key: 'b+c', versionId: 'v0' } });
    expect(
      read.versions.map(({ key, versionId, isDeleteMarker }) => [key, versionId, isDeleteMarker]),
    ).toEqual([
      ['b+c', 'v2', true],
      ['b+c', 'v1', false],
      ['d', '', false],
    ]);
    expect(read.versions[1]).toEqual({
      key: 'b+c',
      versionId: 'v1',
      isLatest: false,
      isDeleteMarker: false,
      etag: 'e',
      sizeBytes: 5,
      modifiedMs: DATE_MS - 127_000,
    });
    const query = new URL(`http://x${asked[0]?.url ?? ''}`).searchParams;
    expect(Object.fromEntries(query)).toMatchObject({
      'key-marker': 'a',
      'version-id-marker': 'v7',
      prefix: 'x/',
      'max-keys': '3',
    });
    expect(s3.requests).toEqual({ LIST: 1 });
  });

  test('a store without versions says unsupported', async () => {
    const { s3 } = await storeWith(() => ({
      status: 501,
      body: '<Error><Code>NotImplemented</Code></Error>',
    }));
    const fault = await faultOf(s3.listVersionsPage({ bucket: 'media', prefix: '' }, soon()));
    expect(fault).toMatchObject({ code: 'unsupported', retry: false });
  });
});
