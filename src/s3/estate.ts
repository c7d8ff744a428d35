/** The estate: every store that is watched, and where a bucket of it is. */
import { join } from 'node:path';
import type { Clock } from '../lib/clock.ts';
import { accountOf } from './account.ts';
import { isRefused } from './aspect-answer.ts';
import { type BucketReader, type ListedBucket, openBuckets } from './buckets.ts';
import { openS3 } from './client.ts';
import { isWatched, namesIn } from './names.ts';
import type { S3Options } from './regional.ts';
import type { S3 } from './s3.ts';
import { Unsupported } from './unsupported.ts';

export interface StoreOptions extends S3Options {
  /** Unique; shown to people. */
  readonly name: string;
  /** Stands before the names of its buckets in their ids; empty for a store without. */
  readonly namespace: string;
  /** Which buckets are watched: see `isWatched`. */
  readonly patterns: readonly string[];
}

/** One endpoint or account. */
export interface Store {
  readonly name: string;
  readonly namespace: string;
  /** Scheme, host and port; empty for AWS. */
  readonly endpoint: string;
  /** Its objects. */
  readonly s3: S3;
  /** Its buckets, as far as they are watched. */
  readonly buckets: BucketReader;
  /** Id of the AWS account we are in; empty elsewhere, and when it cannot be had. */
  account(signal: AbortSignal): Promise<string>;
  /** Whether the configuration asks for a bucket of this name. */
  watches(bucket: string): boolean;
  /** The id of one of its buckets: unique among all stores that have different namespaces. */
  idOf(bucket: string): string;
}

export interface Estate {
  readonly stores: readonly Store[];
  /**
   * The store that has a bucket, and the bucket's name there; nothing when no store has it. Several stores of one
   * namespace are asked for their lists when these are older than an hour; one that does not answer is passed over.
   */
  locate(bucketId: string, signal?: AbortSignal): Promise<{ store: Store; bucket: string } | undefined>;
  close(): void;
}

/** How long a list of buckets is good for finding one. */
const LIST_MS = 3_600_000;
/** The longest time to wait for lists, when the caller sets none. */
const LOCATE_MS = 60_000;

/** Opens connections to the stores; nothing is sent before the first question. `folder` is where is kept what they do not offer. */
export function openEstate(
  options: { readonly stores: readonly StoreOptions[]; readonly folder: string },
  parts: { readonly clock: Clock },
): Estate {
  const unsupported = new Unsupported(join(options.folder, 'unsupported.json'), parts);
  return new OpenEstate(options.stores.map((store) => new OpenStore(store, { ...parts, unsupported })));
}

class OpenEstate implements Estate {
  readonly stores: readonly OpenStore[];

  constructor(stores: readonly OpenStore[]) {
    this.stores = stores;
  }

  async locate(
    bucketId: string,
    signal = AbortSignal.timeout(LOCATE_MS),
  ): Promise<{ store: Store; bucket: string } | undefined> {
    const colon = bucketId.indexOf(':');
    const [namespace, bucket] =
      colon < 0 ? ['', bucketId] : [bucketId.slice(0, colon), bucketId.slice(colon + 1)];
    const candidates = this.stores.filter((store) => store.namespace === namespace && store.watches(bucket));
    const [first, second] = candidates;
    if (first === undefined) return undefined;
    if (second === undefined) return { store: first, bucket };
    for (const store of candidates) if (await store.has(bucket, signal)) return { store, bucket };
    return undefined;
  }

  close(): void {
    for (const store of this.stores) {
      store.s3.close();
      store.buckets.close();
    }
  }
}

class OpenStore implements Store {
  readonly name: string;
  readonly namespace: string;
  readonly endpoint: string;
  readonly s3: S3;
  readonly buckets: WatchedBuckets;
  readonly #options: StoreOptions;
  readonly #clock: Clock;
  #account = '';

  constructor(options: StoreOptions, parts: { readonly clock: Clock; readonly unsupported: Unsupported }) {
    this.name = options.name;
    this.namespace = options.namespace;
    this.s3 = openS3(options);
    this.buckets = new WatchedBuckets(openBuckets(options, parts), { ...parts, patterns: options.patterns });
    this.endpoint = options.endpoint === undefined ? '' : new URL(options.endpoint).origin;
    this.#options = options;
    this.#clock = parts.clock;
  }

  async account(signal: AbortSignal): Promise<string> {
    if (this.endpoint !== '') return '';
    // Without it a row lacks its account and nothing else.
    this.#account ||= await accountOf(this.#options, signal).catch(() => '');
    return this.#account;
  }

  idOf(bucket: string): string {
    return this.namespace === '' ? bucket : `${this.namespace}:${bucket}`;
  }

  watches(bucket: string): boolean {
    return isWatched(bucket, this.#options.patterns);
  }

  /** Whether its list has the bucket; a list that cannot be had has none. */
  async has(bucket: string, signal: AbortSignal): Promise<boolean> {
    const { listed } = this.buckets;
    if (listed?.names.has(bucket) === true) return true;
    if (listed !== undefined && this.#clock.nowMs() - listed.atMs < LIST_MS) return false;
    let isThere = false;
    try {
      // To its end: only a whole list is good for the next question.
      for await (const found of this.buckets.listBuckets(signal)) isThere ||= found.name === bucket;
    } catch {
      signal.throwIfAborted();
    }
    return isThere;
  }
}

/** The buckets of a store that are watched. When its list is refused, those that are named. */
class WatchedBuckets implements BucketReader {
  readonly requests: Readonly<Record<string, number>>;
  /** The last whole list. */
  listed: { readonly names: ReadonlySet<string>; readonly atMs: number } | undefined;
  readonly #all: BucketReader;
  readonly #parts: { readonly clock: Clock; readonly patterns: readonly string[] };

  constructor(all: BucketReader, parts: { readonly clock: Clock; readonly patterns: readonly string[] }) {
    this.requests = all.requests;
    this.#all = all;
    this.#parts = parts;
  }

  async *listBuckets(signal: AbortSignal): AsyncGenerator<ListedBucket> {
    const { clock, patterns } = this.#parts;
    const names = new Set<string>();
    const named = namesIn(patterns);
    try {
      for await (const bucket of this.#all.listBuckets(signal)) {
        if (!isWatched(bucket.name, patterns)) continue;
        names.add(bucket.name);
        yield bucket;
      }
    } catch (error) {
      if (named.length === 0 || names.size > 0 || !isRefused(error)) throw error;
      for (const name of named) {
        names.add(name);
        yield { name, isNamed: true };
      }
    }
    this.listed = { names, atMs: clock.nowMs() };
  }

  read(...question: Parameters<BucketReader['read']>): ReturnType<BucketReader['read']> {
    return this.#all.read(...question);
  }

  regionOf(bucket: string): string | undefined {
    return this.#all.regionOf(bucket);
  }

  close(): void {
    this.#all.close();
  }
}
