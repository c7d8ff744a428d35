/** The AWS SDK's edge: credentials, regions, paging, and what an answer means. */
import {
  type GetObjectCommandOutput,
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { Fault } from '../lib/fault.ts';
import { credentialsOf, type S3Identity } from './credentials.ts';
import type { ListPage, ListRequest, ObjectRequest, S3, S3Object } from './s3.ts';
import { type Attempt, s3Fault } from './s3-fault.ts';

export interface S3Options extends S3Identity {
  /** Default: the environment's or the profile's, else `us-east-1`; a bucket elsewhere is followed to its region. */
  readonly region?: string;
  /** URL of a store other than AWS. */
  readonly endpoint?: string;
  /** The bucket in the path instead of the host name; default: yes with an endpoint. */
  readonly pathStyle?: boolean;
}

const FALLBACK_REGION = 'us-east-1';
const ATTEMPTS = 3;
const CONNECT_MS_MAX = 5_000;
const SILENCE_MS_MAX = 30_000;
const KINDS: Readonly<Record<string, string>> = { ListObjectsV2Command: 'LIST', GetObjectCommand: 'GET' };

/** Opens a connection; nothing is sent before the first request. Throws a `Fault` of code `invalid` for options that cannot be. */
export function openS3(options: S3Options): S3 {
  return new SdkS3(options);
}

class SdkS3 implements S3 {
  readonly requests: Record<string, number> = {};
  readonly #options: S3Options;
  readonly #endpoint: string | undefined;
  readonly #credentials: NonNullable<S3ClientConfig['credentials']>;
  /** One client for each region, made when it is needed. */
  readonly #clients = new Map<string, S3Client>();
  /** Where a bucket turned out to be. */
  readonly #regions = new Map<string, string>();
  #homeRegion: string | undefined;

  constructor(options: S3Options) {
    this.#options = options;
    this.#endpoint = options.endpoint === undefined ? undefined : originOf(options.endpoint);
    this.#credentials = credentialsOf(options);
    this.#homeRegion = options.region;
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
    const attempt = this.#attempt(`list s3://${bucket}/${prefix}`, 's3:ListBucket', `arn:aws:s3:::${bucket}`);
    const page = await this.#send(bucket, attempt, signal, (client) =>
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
    const attempt = this.#attempt(`read s3://${bucket}/${key}`, 's3:GetObject', `arn:aws:s3:::${bucket}/*`);
    const found = await this.#send(bucket, attempt, signal, (client) =>
      client.send(command, { abortSignal: signal }),
    );
    return {
      body: bodyOf(found, attempt, signal),
      etag: unquoted(found.ETag),
      sizeBytes: found.ContentLength ?? 0,
    };
  }

  close(): void {
    for (const client of this.#clients.values()) client.destroy();
    this.#clients.clear();
  }

  #attempt(what: string, action: string, resource: string): Attempt {
    return { what, action, resource, ...(this.#endpoint === undefined ? {} : { endpoint: this.#endpoint }) };
  }

  /** Sends, and once more to the bucket's own region when the store names another one. */
  async #send<T>(
    bucket: string,
    attempt: Attempt,
    signal: AbortSignal,
    send: (client: S3Client) => Promise<T>,
  ): Promise<T> {
    try {
      const region = this.#regions.get(bucket) ?? (await this.#home());
      try {
        return await send(this.#client(region));
      } catch (error) {
        const actual = regionNamedBy(error);
        if (actual === undefined || actual === region) throw error;
        this.#regions.set(bucket, actual);
        return await send(this.#client(actual));
      }
    } catch (error) {
      signal.throwIfAborted();
      throw s3Fault(error, attempt);
    }
  }

  async #home(): Promise<string> {
    if (this.#homeRegion !== undefined) return this.#homeRegion;
    const { profile } = this.#options;
    const probe = new S3Client(profile === undefined ? {} : { profile });
    this.#homeRegion = await probe.config.region().catch(() => FALLBACK_REGION);
    probe.destroy();
    return this.#homeRegion;
  }

  #client(region: string): S3Client {
    const known = this.#clients.get(region);
    if (known !== undefined) return known;
    const { endpoint, pathStyle } = this.#options;
    const client = new S3Client({
      region,
      ...(endpoint === undefined ? {} : { endpoint }),
      forcePathStyle: pathStyle ?? endpoint !== undefined,
      credentials: this.#credentials,
      maxAttempts: ATTEMPTS,
      requestHandler: { connectionTimeout: CONNECT_MS_MAX, socketTimeout: SILENCE_MS_MAX },
      // Stores other than AWS differ in which checksums they can give.
      responseChecksumValidation: endpoint === undefined ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED',
      customUserAgent: 'bucketwatch',
    });
    this.#countRequestsOf(client);
    this.#clients.set(region, client);
    return client;
  }

  #countRequestsOf(client: S3Client): void {
    client.middlewareStack.add(
      (next, context) => (args) => {
        const kind = KINDS[context.commandName ?? ''] ?? 'OTHER';
        this.requests[kind] = (this.requests[kind] ?? 0) + 1;
        return next(args);
      },
      // The step after the one that repeats: each repeat is a request.
      { step: 'finalizeRequest', priority: 'low', name: 'countRequests' },
    );
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

/** The region a refused request should have gone to: in a header, or in the body of `AuthorizationHeaderMalformed`. */
function regionNamedBy(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('$response' in error)) return undefined;
  const isAboutRegion =
    /^(PermanentRedirect|TemporaryRedirect|AuthorizationHeaderMalformed|IllegalLocation.*|301|307)$/;
  const response = error.$response as { statusCode?: number; headers?: Record<string, string> } | undefined;
  const isRedirect = response?.statusCode === 301 || response?.statusCode === 307;
  if (!isRedirect && !isAboutRegion.test(error.name)) return undefined;
  const named = response?.headers?.['x-amz-bucket-region'];
  return named ?? ('Region' in error && typeof error.Region === 'string' ? error.Region : undefined);
}

/** S3's `encoding-type=url` writes a space as `+`. */
function urlDecoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', '%20'));
}

function unquoted(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '');
}

/** Scheme, host and port: an endpoint may carry a password, which no message may show. */
function originOf(endpoint: string): string {
  if (!URL.canParse(endpoint))
    throw new Fault('invalid', 'Cannot use the endpoint: it is not a URL such as https://host:9000.');
  return new URL(endpoint).origin;
}
