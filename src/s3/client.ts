/** The AWS SDK's edge: credentials, regions, paging, and what an answer means. */
import {
  type GetObjectCommandOutput,
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3';
import { Fault } from '../lib/fault.ts';
import { RegionalClients, type S3Options } from './regional.ts';
import type { ListPage, ListRequest, ObjectRequest, S3, S3Object } from './s3.ts';
import { type Attempt, s3Fault } from './s3-fault.ts';

export type { S3Options } from './regional.ts';

const KINDS: Readonly<Record<string, string>> = { ListObjectsV2Command: 'LIST', GetObjectCommand: 'GET' };

/** Opens a connection; nothing is sent before the first request. Throws a `Fault` of code `invalid` for options that cannot be. */
export function openS3(options: S3Options): S3 {
  return new SdkS3(options);
}

class SdkS3 implements S3 {
  readonly requests: Readonly<Record<string, number>>;
  readonly #clients: RegionalClients;

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
    const attempt = this.#clients.attempt(
      `list s3://${bucket}/${prefix}`,
      's3:ListBucket',
      `arn:aws:s3:::${bucket}`,
    );
    const page = await this.#clients.send(bucket, attempt, signal, (client) =>
      client.send(command, { abortSignal: signal }),
    );
    // The SDK reads a web page as an empty listing; S3 always says whether there is more.
    if (page.IsTruncated === undefined && page.KeyCount === undefined && page.Contents === undefined) {
      throw new Fault(
        'invalid',
        `Cannot ${attempt.what}: the answer is not that of an S3 store; check the endpoint.`,
      );
    }
    return pageOf(page);
  }

  async getObject(request: ObjectRequest, signal: AbortSignal): Promise<S3Object> {
    const { bucket, key } = request;
    const ifMatch = request.etag === undefined ? {} : { IfMatch: `"${request.etag}"` };
    const command = new GetObjectCommand({ Bucket: bucket, Key: key, ...ifMatch });
    const attempt = this.#clients.attempt(
      `read s3://${bucket}/${key}`,
      's3:GetObject',
      `arn:aws:s3:::${bucket}/*`,
    );
    const found = await this.#clients.send(bucket, attempt, signal, (client) =>
      client.send(command, { abortSignal: signal }),
    );
    return {
      body: bodyOf(found, attempt, signal),
      etag: unquoted(found.ETag),
      sizeBytes: found.ContentLength ?? 0,
    };
  }

  close(): void {
    this.#clients.close();
  }
}

function pageOf(page: ListObjectsV2CommandOutput): ListPage {
  const decode = page.EncodingType === 'url' ? urlDecoded : (text: string) => text;
  const token = page.NextContinuationToken;
  return {
    objects: (page.Contents ?? []).map((found) => ({
      key: decode(found.Key ?? ''),
      etag: unquoted(found.ETag),
      sizeBytes: found.Size ?? 0,
      modifiedMs: found.LastModified?.getTime() ?? 0,
      storageClass: found.StorageClass ?? 'STANDARD',
    })),
    folders: (page.CommonPrefixes ?? []).map((found) => decode(found.Prefix ?? '')),
    isTruncated: page.IsTruncated ?? false,
    ...(token === undefined ? {} : { continuationToken: token }),
  };
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

/** S3's `encoding-type=url` writes a space as `+`. */
function urlDecoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', '%20'));
}

function unquoted(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '');
}
