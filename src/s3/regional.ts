/** Clients of one store, one for each region: a bucket is asked where it is. */
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { Fault } from '../lib/fault.ts';
import { credentialsOf, type S3Identity } from './credentials.ts';
import { type Attempt, s3Fault } from './s3-fault.ts';
import { type Spoken, spokenBy } from './spoken.ts';

export interface S3Options extends S3Identity {
  /** Default: the environment's or the profile's, else `us-east-1`; a bucket elsewhere is followed to its region. */
  readonly region?: string;
  /** URL of a store other than AWS. */
  readonly endpoint?: string;
  /** The bucket in the path instead of the host name; default: yes with an endpoint. */
  readonly pathStyle?: boolean;
}

export interface RegionalParts {
  /** What requests are counted as, by the SDK's name of the command. */
  readonly kinds: Readonly<Record<string, string>>;
  /** What is done to each new client. */
  readonly prepare?: (client: S3Client) => void;
}

const FALLBACK_REGION = 'us-east-1';
const ATTEMPTS = 3;
const CONNECT_MS_MAX = 5_000;
const SILENCE_MS_MAX = 30_000;

/** What is sent, and to the clients of which bucket. */
export interface Sending<Output> {
  readonly bucket: string;
  readonly attempt: Attempt;
  send(client: S3Client): Promise<Output>;
}

export class RegionalClients {
  /** Requests sent so far by kind, repeats included. */
  readonly requests: Record<string, number> = {};
  /** Scheme, host and port; absent for AWS. */
  readonly origin: string | undefined;
  readonly #options: S3Options;
  readonly #parts: RegionalParts;
  readonly #credentials: NonNullable<S3ClientConfig['credentials']>;
  /** One client for each region, made when it is needed. */
  readonly #clients = new Map<string, S3Client>();
  /** Where a bucket turned out to be. */
  readonly #regions = new Map<string, string>();
  readonly #spoken = new WeakMap<object, Spoken>();
  #homeRegion: string | undefined;

  /** Throws a `Fault` of code `invalid` for options that cannot be. */
  constructor(options: S3Options, parts: RegionalParts) {
    this.origin = options.endpoint === undefined ? undefined : originOf(options.endpoint);
    this.#options = options;
    this.#parts = parts;
    this.#credentials = credentialsOf(options);
    this.#homeRegion = options.region;
  }

  /** What is tried, for the message of its failure. */
  attempt(tried: Attempt): Attempt {
    return this.origin === undefined ? tried : { ...tried, endpoint: this.origin };
  }

  /** What the store said beside the body of an answer. */
  spoken(answer: object): Spoken | undefined {
    return this.#spoken.get(answer);
  }

  /** Where the store said that a bucket is: it is asked there from now on. */
  locate(bucket: string, region: string): void {
    this.#regions.set(bucket, region);
  }

  /** Region of a bucket as far as it is known. */
  regionOf(bucket: string): string | undefined {
    return this.#regions.get(bucket);
  }

  /** Sends, and once more to the bucket's own region when the store names another one. Throws a `Fault`. */
  async send<Output>(what: Sending<Output>, signal: AbortSignal): Promise<Output> {
    const { bucket, attempt } = what;
    try {
      const region = this.#regions.get(bucket) ?? (await this.#home());
      try {
        return await what.send(this.#client(region));
      } catch (error) {
        const actual = regionNamedBy(error);
        if (actual === undefined || actual === region) throw error;
        this.#regions.set(bucket, actual);
        return await what.send(this.#client(actual));
      }
    } catch (error) {
      signal.throwIfAborted();
      throw s3Fault(error, attempt);
    }
  }

  close(): void {
    for (const client of this.#clients.values()) client.destroy();
    this.#clients.clear();
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
      // Stores other than AWS differ in which checksums they can give and take.
      responseChecksumValidation: endpoint === undefined ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED',
      requestChecksumCalculation: endpoint === undefined ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED',
      customUserAgent: 'bucketwatch',
    });
    this.#watch(client);
    this.#parts.prepare?.(client);
    this.#clients.set(region, client);
    return client;
  }

  #watch(client: S3Client): void {
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const kind = this.#parts.kinds[context.commandName ?? ''] ?? 'OTHER';
        this.requests[kind] = (this.requests[kind] ?? 0) + 1;
        const result = await next(args);
        const spoken = spokenBy(result.response);
        if (spoken !== undefined) this.#spoken.set(result.output, spoken);
        return result;
      },
      // The step after the one that repeats: each repeat is a request.
      { step: 'finalizeRequest', priority: 'low', name: 'watchRequests' },
    );
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

/** Scheme, host and port: an endpoint may carry a password, which no message may show. */
function originOf(endpoint: string): string {
  if (!URL.canParse(endpoint))
    throw new Fault('invalid', 'Cannot use the endpoint: it is not a URL such as https://host:9000.');
  return new URL(endpoint).origin;
}
