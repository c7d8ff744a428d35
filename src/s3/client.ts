/** What is asked of S3, in the words of the AWS SDK. */
import {
  type GetObjectCommandOutput,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Fault } from '../lib/fault.ts';
import { readHead, versionIdOf } from './head.ts';
import { pageOf, versionsPageOf } from './listed.ts';
import { RegionalClients, type S3Options } from './regional.ts';
import type {
  DeleteAnswer,
  HeadAnswer,
  ListPage,
  ListRequest,
  ObjectRequest,
  PutAnswer,
  PutRequest,
  S3,
  S3Object,
  VersionRequest,
  VersionsPage,
  VersionsRequest,
} from './s3.ts';
import { isObjectGone } from './s3.ts';
import { type Attempt, s3Fault } from './s3-fault.ts';
import { type Spoken, spokenIn, storeMsOf } from './spoken.ts';

export type { S3Options } from './regional.ts';

const KINDS: Readonly<Record<string, string>> = {
  ListObjectsV2Command: 'LIST',
  ListObjectVersionsCommand: 'LIST',
  GetObjectCommand: 'GET',
  HeadObjectCommand: 'HEAD',
  HeadBucketCommand: 'HEAD',
  PutObjectCommand: 'PUT',
  DeleteObjectCommand: 'DELETE',
};

/** For so long a bucket that was there is taken to be there still, by the store's own clock. */
const BUCKET_KNOWN_MS = 600_000;

/** Opens a connection; nothing is sent before the first request. Throws a `Fault` of code `invalid` for options that cannot be. */
export function openS3(options: S3Options): S3 {
  return new SdkS3(options);
}

class SdkS3 implements S3 {
  readonly requests: Readonly<Record<string, number>>;
  readonly #clients: RegionalClients;
  /** When buckets were last seen to be there, by the store's clock. */
  readonly #seenMs = new Map<string, number>();

  constructor(options: S3Options) {
    this.#clients = new RegionalClients(options, { kinds: KINDS });
    this.requests = this.#clients.requests;
  }

  async listPage(request: ListRequest, signal: AbortSignal): Promise<ListPage> {
    const { bucket, prefix } = request;
    const command = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      EncodingType: 'url',
      StartAfter: request.startAfter,
      ContinuationToken: request.continuationToken,
      Delimiter: request.delimiter,
      MaxKeys: request.maxKeys,
    });
    const attempt = this.#attempt(`list s3://${bucket}/${prefix}`, 's3:ListBucket', bucketArn(bucket));
    const page = await this.#clients.send(
      { bucket, attempt, send: (client) => client.send(command, { abortSignal: signal }) },
      signal,
    );
    // The SDK reads a web page as an empty listing; S3 always says whether there is more.
    if (page.IsTruncated === undefined && page.KeyCount === undefined && page.Contents === undefined)
      throw foreign(attempt);
    return pageOf(page);
  }

  async listVersionsPage(request: VersionsRequest, signal: AbortSignal): Promise<VersionsPage> {
    const { bucket, prefix, after } = request;
    const command = new ListObjectVersionsCommand({
      Bucket: bucket,
      Prefix: prefix,
      EncodingType: 'url',
      KeyMarker: after?.key,
      VersionIdMarker: after?.versionId === '' ? undefined : after?.versionId,
      MaxKeys: request.maxKeys,
    });
    const what = `list the versions of s3://${bucket}/${prefix}`;
    const attempt = this.#attempt(what, 's3:ListBucketVersions', bucketArn(bucket));
    const page = await this.#clients.send(
      { bucket, attempt, send: (client) => client.send(command, { abortSignal: signal }) },
      signal,
    );
    if (page.IsTruncated === undefined && page.Versions === undefined && page.DeleteMarkers === undefined)
      throw foreign(attempt);
    return versionsPageOf(page);
  }

  async getObject(request: ObjectRequest, signal: AbortSignal): Promise<S3Object> {
    const { bucket, key, versionId } = request;
    const ifMatch = request.etag === undefined ? {} : { IfMatch: `"${request.etag}"` };
    const version = versionId === undefined ? {} : { VersionId: versionId };
    const command = new GetObjectCommand({
      Bucket: bucket,
      Key: key,
      ...version,
      ...ifMatch,
      ...rangeOf(request),
    });
    const action = versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
    const attempt = this.#attempt(`read s3://${bucket}/${key}`, action, `${bucketArn(bucket)}/*`);
    const found = await this.#clients.send(
      { bucket, attempt, send: (client) => client.send(command, { abortSignal: signal }) },
      signal,
    );
    return {
      body: bodyOf(found, attempt, signal),
      etag: unquoted(found.ETag),
      sizeBytes: found.ContentLength ?? 0,
    };
  }

  async headObject(request: VersionRequest, signal: AbortSignal): Promise<HeadAnswer> {
    const { bucket, key, versionId } = request;
    const action = versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
    const attempt = this.#attempt(`look up s3://${bucket}/${key}`, action, `${bucketArn(bucket)}/*`);
    const spoken = await this.#head(request, attempt, signal);
    const answer = readHead(spoken, { action, objects: attempt.resource, bucket: bucketArn(bucket) });
    if (answer === undefined) throw foreign(attempt);
    if (answer.kind === 'missing')
      await this.#findBucket(bucket, attempt, { storeMs: answer.storeMs, signal });
    if (answer.kind === 'present') this.#seenMs.set(bucket, answer.storeMs);
    return answer;
  }

  async putObject(request: PutRequest, signal: AbortSignal): Promise<PutAnswer> {
    const { bucket, key, metadata, tagging } = request;
    const body = Buffer.from(request.body);
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: body,
      ContentLength: body.length,
      Metadata: { ...metadata },
      ...(tagging === undefined ? {} : { Tagging: new URLSearchParams({ ...tagging }).toString() }),
    });
    const attempt = this.#attempt(`write s3://${bucket}/${key}`, 's3:PutObject', `${bucketArn(bucket)}/*`);
    const answer = await this.#clients.send(
      { bucket, attempt, send: (client) => client.send(command, { abortSignal: signal }) },
      signal,
    );
    return {
      versionId: versionIdOf(answer.VersionId),
      etag: unquoted(answer.ETag),
      storeMs: storeMsOf(this.#clients.spoken(answer)),
    };
  }

  async deleteObject(request: VersionRequest, signal: AbortSignal): Promise<DeleteAnswer> {
    const { bucket, key, versionId } = request;
    const command = new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId });
    const action = versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
    const attempt = this.#attempt(`delete s3://${bucket}/${key}`, action, `${bucketArn(bucket)}/*`);
    try {
      const answer = await this.#clients.send(
        { bucket, attempt, send: (client) => client.send(command, { abortSignal: signal }) },
        signal,
      );
      return { versionId: versionIdOf(answer.VersionId), isDeleteMarker: answer.DeleteMarker ?? false };
    } catch (error) {
      // Some stores refuse to delete what is not there.
      if (isObjectGone(error)) return { versionId: '', isDeleteMarker: false };
      throw error;
    }
  }

  close(): void {
    this.#clients.close();
  }

  #attempt(what: string, action: string, resource: string): Attempt {
    return this.#clients.attempt({ what, action, resource });
  }

  async #head(request: VersionRequest, attempt: Attempt, signal: AbortSignal): Promise<Spoken> {
    const { bucket, key, versionId } = request;
    const command = new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId });
    const send = (client: S3Client) => client.send(command, { abortSignal: signal });
    try {
      const answer = await this.#clients.send({ bucket, attempt, send }, signal);
      return this.#clients.spoken(answer) ?? { status: 0, headers: {} };
    } catch (error) {
      const spoken = spokenIn(error);
      if (spoken !== undefined && isAboutObject(spoken)) return spoken;
      throw error;
    }
  }

  /** An answer to HEAD has no body that would tell a missing object from a missing bucket: throws when it is the bucket. */
  async #findBucket(
    bucket: string,
    attempt: Attempt,
    { storeMs, signal }: { readonly storeMs: number; readonly signal: AbortSignal },
  ): Promise<void> {
    const seenMs = this.#seenMs.get(bucket);
    if (seenMs !== undefined && Math.abs(storeMs - seenMs) < BUCKET_KNOWN_MS) return;
    const command = new HeadBucketCommand({ Bucket: bucket });
    const send = (client: S3Client) => client.send(command, { abortSignal: signal });
    try {
      await this.#clients.send({ bucket, attempt, send }, signal);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.code === 'not_found') throw noSuchBucket(attempt, error);
      // A bucket that may not be asked about is there.
      if (error.code !== 'denied') throw error;
    }
    this.#seenMs.set(bucket, storeMs);
  }
}

/** Whether a refused HEAD says something about the object: not there, not for us, or a delete marker. */
function isAboutObject({ status, headers }: Spoken): boolean {
  if (status === 405) return headers['x-amz-delete-marker'] === 'true';
  return status === 401 || status === 403 || status === 404;
}

function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

function foreign({ what }: Attempt): Fault {
  return new Fault('invalid', `Cannot ${what}: the answer is not that of an S3 store; check the endpoint.`);
}

function noSuchBucket({ what }: Attempt, cause: Fault): Fault {
  const reason = 'there is no such bucket; check its name, the account and the endpoint';
  return new Fault('not_found', `Cannot ${what}: ${reason}.`, { cause });
}

async function* bodyOf(
  found: GetObjectCommandOutput,
  attempt: Attempt,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const body = found.Body as AsyncIterable<Uint8Array> | undefined;
  if (body === undefined) return;
  try {
    yield* body;
  } catch (error) {
    signal.throwIfAborted();
    throw s3Fault(error, attempt);
  }
}

function unquoted(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '');
}

function rangeOf({ part }: ObjectRequest): { Range?: string } {
  if (part === undefined) return {};
  return { Range: 'first' in part ? `bytes=0-${part.first - 1}` : `bytes=-${part.last}` };
}
