/** Asks a store which buckets it has and how they are configured. */
import { ListBucketsCommand, type ListBucketsCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { canonicalJson } from '../lib/canonical-json.ts';
import { Fault } from '../lib/fault.ts';
import { checkAnswers } from './answer-root.ts';
import { type AspectAnswer, answerOf } from './aspect-answer.ts';
import { type Aspect, ASPECTS } from './aspects.ts';
import { RegionalClients, type S3Options } from './regional.ts';
import type { Unsupported } from './unsupported.ts';

export interface ListedBucket {
  readonly name: string;
  /** Milliseconds since 1970 UTC; absent when the store does not say. */
  readonly createdMs?: number;
  /** Absent when the store does not say. */
  readonly region?: string;
  /** Who owns the account, as the store names it. */
  readonly owner?: string;
  /** Not from the store's list but from our configuration: whether it is there is another question. */
  readonly isNamed?: boolean;
}

export interface BucketReader {
  /** All buckets that are watched, in the store's order. Throws a `Fault` when the list cannot be had. */
  listBuckets(signal: AbortSignal): AsyncIterable<ListedBucket>;
  /** Asks one question about a bucket, in the bucket's region. Throws only when the signal aborts. */
  read(bucket: string, aspect: Aspect, signal: AbortSignal): Promise<AspectAnswer>;
  /** Region of a bucket, once a list or an answer has told it. */
  regionOf(bucket: string): string | undefined;
  /** Requests sent so far by kind, repeats included. */
  readonly requests: Readonly<Record<string, number>>;
  close(): void;
}

const PAGE_BUCKETS = 1_000;
const PAGES_MAX = 1_000;
/** How the answer to a command begins. */
const ROOTS: Readonly<Record<string, string>> = {
  [ListBucketsCommand.name]: 'ListAllMyBucketsResult',
  ...Object.fromEntries(
    Object.values(ASPECTS)
      .filter(({ root }) => root !== '')
      .map(({ command, root }) => [command, root]),
  ),
};
const KINDS: Readonly<Record<string, string>> = {
  [ListBucketsCommand.name]: 'LIST_BUCKETS',
  ...Object.fromEntries(Object.values(ASPECTS).map(({ command }) => [command, 'GET_CONFIGURATION'])),
};

/** Opens a connection; nothing is sent before the first question. Throws a `Fault` of code `invalid` for options that cannot be. */
export function openBuckets(options: S3Options, parts: { readonly unsupported: Unsupported }): BucketReader {
  return new SdkBuckets(options, parts);
}

class SdkBuckets implements BucketReader {
  readonly requests: Readonly<Record<string, number>>;
  readonly #clients: RegionalClients;
  readonly #unsupported: Unsupported;

  constructor(options: S3Options, parts: { readonly unsupported: Unsupported }) {
    this.#clients = new RegionalClients(options, {
      kinds: KINDS,
      prepare: (client) => checkAnswers(client, ROOTS),
    });
    this.requests = this.#clients.requests;
    this.#unsupported = parts.unsupported;
  }

  async *listBuckets(signal: AbortSignal): AsyncGenerator<ListedBucket> {
    let token: string | undefined;
    for (let pages = 0; pages < PAGES_MAX; pages += 1) {
      const page = await this.#page(token, signal);
      const owner = page.Owner?.ID;
      for (const { Name: name, CreationDate: created, BucketRegion: region } of page.Buckets ?? []) {
        if (name === undefined) continue;
        if (region !== undefined && region !== '') this.#clients.locate(name, region);
        yield {
          name,
          ...(created === undefined ? {} : { createdMs: created.getTime() }),
          ...(region === undefined || region === '' ? {} : { region }),
          ...(owner === undefined ? {} : { owner }),
        };
      }
      const next = page.ContinuationToken;
      // A store that does not page may give back what it was given.
      if (next === undefined || next === '' || next === token) return;
      token = next;
    }
    throw new Fault('limit', `Cannot list the buckets: more than ${PAGES_MAX} pages.`);
  }

  async read(bucket: string, aspect: Aspect, signal: AbortSignal): Promise<AspectAnswer> {
    const endpoint = this.#clients.origin;
    // AWS offers everything; what it does not is so for one bucket or region alone.
    const known = endpoint === undefined ? undefined : await this.#unsupported.reason(endpoint, aspect);
    if (known !== undefined) return { state: 'unsupported', reason: known };
    const answer = await this.#ask(bucket, aspect, signal);
    if (endpoint !== undefined) {
      if (answer.state === 'unsupported') await this.#unsupported.remember(endpoint, aspect, answer.reason);
      else if (answer.state !== 'failed') await this.#unsupported.forget(endpoint, aspect);
    }
    return answer;
  }

  regionOf(bucket: string): string | undefined {
    return this.#clients.regionOf(bucket);
  }

  close(): void {
    this.#clients.close();
  }

  #page(token: string | undefined, signal: AbortSignal): Promise<ListBucketsCommandOutput> {
    const command = new ListBucketsCommand({
      MaxBuckets: PAGE_BUCKETS,
      ...(token === undefined ? {} : { ContinuationToken: token }),
    });
    const attempt = this.#clients.attempt({
      what: 'list the buckets',
      action: 's3:ListAllMyBuckets',
      resource: '*',
    });
    const send = (client: S3Client) => client.send(command, { abortSignal: signal });
    return this.#clients.send({ bucket: '', attempt, send }, signal);
  }

  async #ask(bucket: string, aspect: Aspect, signal: AbortSignal): Promise<AspectAnswer> {
    const question = ASPECTS[aspect];
    const attempt = this.#clients.attempt({
      what: `read ${aspect} of ${bucket}`,
      action: question.action,
      resource: `arn:aws:s3:::${bucket}`,
    });
    try {
      const found = await this.#clients.send(
        { bucket, attempt, send: (client) => question.ask(client, bucket, signal) },
        signal,
      );
      const region = this.#regionIn(aspect, found);
      if (region !== undefined) this.#clients.locate(bucket, region);
      const isAbsent = Object.keys(found).length === 0 && !BARE.has(aspect);
      if (isAbsent) return { state: 'absent' };
      const document = canonicalJson(found);
      return document.length > DOCUMENT_CHARACTERS_MAX ? TOO_LONG : { state: 'present', document };
    } catch (error) {
      signal.throwIfAborted();
      return answerOf(error, { aspect, isAws: this.#clients.origin === undefined });
    }
  }

  /** The region that an answer tells. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html */
  #regionIn(aspect: Aspect, answer: object): string | undefined {
    if (aspect === 'bucket')
      return 'BucketRegion' in answer && typeof answer.BucketRegion === 'string'
        ? answer.BucketRegion
        : undefined;
    if (aspect !== 'location') return undefined;
    const named = 'LocationConstraint' in answer ? answer.LocationConstraint : undefined;
    if (named === 'EU') return 'eu-west-1';
    if (typeof named === 'string' && named !== '') return named;
    // Only at AWS does no name mean the first region; elsewhere it is the one that is configured.
    return this.#clients.origin === undefined ? 'us-east-1' : undefined;
  }
}

/** Room for the largest configuration that AWS takes, and less than what a line may have. */
const DOCUMENT_CHARACTERS_MAX = 300_000;
const TOO_LONG = {
  state: 'failed',
  reason: `the configuration is longer than ${DOCUMENT_CHARACTERS_MAX} characters`,
} as const;

/** Aspects of which an empty document says something: that the bucket is there, that it is in the first region. */
const BARE: ReadonlySet<Aspect> = new Set(['bucket', 'location']);
