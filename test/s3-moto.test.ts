/** Single objects and versions, against moto's S3. */
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openS3 } from '../src/s3/client.ts';
import type { S3 } from '../src/s3/s3.ts';
import { installMoto, type Moto, startMoto } from './moto.ts';

const KEY = { accessKeyId: 'test', secretAccessKey: 'test' };

describe.skipIf(installMoto() !== undefined)('s3 beside moto', () => {
  let moto: Moto;
  let s3: S3;
  const signal = AbortSignal.timeout(120_000);
  beforeAll(async () => {
    moto = await startMoto();
    s3 = openS3({ region: 'us-east-1', endpoint: moto.endpoint, ...KEY });
    const client = new S3Client({
      region: 'us-east-1',
      endpoint: moto.endpoint,
      forcePathStyle: true,
      credentials: KEY,
    });
    await client.send(new CreateBucketCommand({ Bucket: 'media' }));
    const Status = 'Enabled';
    await client.send(
      new PutBucketVersioningCommand({ Bucket: 'media', VersioningConfiguration: { Status } }),
    );
    client.destroy();
  }, 90_000);
  afterAll(async () => {
    s3.close();
    await moto.stop();
  });

  test('what is written is there by its version, also behind a delete marker, until that version is deleted', async () => {
    const object = { bucket: 'media', key: 'ü/a b+c.txt' };
    const first = await s3.putObject(
      { ...object, body: 'one', metadata: {}, tagging: { kind: 'x' } },
      signal,
    );
    const second = await s3.putObject({ ...object, body: 'three', metadata: {} }, signal);
    expect(first.versionId).not.toBe(second.versionId);
    const headOf = async (versionId: string) => s3.headObject({ ...object, versionId }, signal);
    expect(await headOf(first.versionId)).toMatchObject({ kind: 'present', sizeBytes: 3, etag: first.etag });
    const marker = await s3.deleteObject(object, signal);
    expect(marker.isDeleteMarker).toBe(true);
    expect(await s3.headObject(object, signal)).toMatchObject({
      kind: 'missing',
      isBehindDeleteMarker: true,
    });
    expect(await headOf(second.versionId)).toMatchObject({ kind: 'present', sizeBytes: 5 });
    expect(await headOf(marker.versionId)).toMatchObject({ kind: 'present', isDeleteMarker: true });
    const listed = await s3.listVersionsPage({ bucket: 'media', prefix: 'ü/' }, signal);
    expect(listed.versions.map(({ key, versionId }) => [key, versionId])).toEqual(
      [marker, second, first].map(({ versionId }) => [object.key, versionId]),
    );
    await s3.deleteObject({ ...object, versionId: first.versionId }, signal);
    expect(await headOf(first.versionId)).toMatchObject({ kind: 'missing', isBehindDeleteMarker: false });
  });

  test('pages of versions go on where the page before ended', async () => {
    for (const key of ['p/1', 'p/2', 'p/3'])
      await s3.putObject({ bucket: 'media', key, body: '', metadata: {} }, signal);
    const request = { bucket: 'media', prefix: 'p/', maxKeys: 2 };
    const page = await s3.listVersionsPage(request, signal);
    expect(page).toMatchObject({ isTruncated: true, versions: [{ key: 'p/1' }, { key: 'p/2' }] });
    const rest = await s3.listVersionsPage(
      page.next === undefined ? request : { ...request, after: page.next },
      signal,
    );
    expect(rest).toMatchObject({ isTruncated: false, versions: [{ key: 'p/3' }] });
  });

  test('a bucket that is not there is a fault', async () => {
    await expect(s3.headObject({ bucket: 'nowhere', key: 'a' }, signal)).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});
