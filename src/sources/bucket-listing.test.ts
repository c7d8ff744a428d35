/** The bucket listing under any order of arrivals, refusals and restarts, against a bucket in memory. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Clock } from '../lib/clock.ts';
import type { ListedObject, ListRequest, S3Reader } from '../s3/s3.ts';
import { openBucketListing } from './bucket-listing.ts';
import { compareKeys } from './bucket-listing-keys.ts';
import type { Source } from './source.ts';

const MINUTE_MS = 60_000;
const OVERLAP_MS = 15 * MINUTE_MS;
/** Late keys are at most this late, so that they are within the overlap of the newest. */
const LATE_MINUTES_MAX = 14;
/** Shortly before midnight at the end of a year: folders change soon. */
const START_MS = Date.UTC(2025, 11, 31, 23, 40);

const LAYOUTS: readonly ((stamp: string, unique: number) => string)[] = [
  (stamp, unique) => `std/app-${stamp}-${unique}`,
  (stamp, unique) => `std/app-3-${stamp}-${unique}`,
  (stamp, unique) => `part/1/us-east-1/shop/${dayOf(stamp)}/${stamp}-${unique}`,
  (stamp, unique) => `part/1/us-east-1/blog/${dayOf(stamp)}/${stamp.slice(0, 10)}-00-00-00-${unique}`,
  (stamp, unique) => `odd/${unique}.log`,
];

function dayOf(stamp: string): string {
  return stamp.slice(0, 10).replaceAll('-', '/');
}

/** A bucket that pages by `pageKeys` and sorts by bytes. */
function bucketOf(objects: Map<string, ListedObject>, pageKeys: number): S3Reader {
  const requests: Record<string, number> = { LIST: 0 };
  const pageOf = (request: ListRequest) => {
    const after = request.continuationToken ?? request.startAfter ?? '';
    const folders = new Set<string>();
    const found: ListedObject[] = [];
    let last = '';
    for (const key of [...objects.keys()].sort(compareKeys)) {
      const object = objects.get(key);
      if (object === undefined || !key.startsWith(request.prefix) || compareKeys(key, after) <= 0) continue;
      const cut =
        request.delimiter === undefined ? -1 : key.indexOf(request.delimiter, request.prefix.length);
      const folder = cut < 0 ? undefined : key.slice(0, cut + 1);
      if (folder === undefined || !folders.has(folder)) {
        if (found.length + folders.size === (request.maxKeys ?? pageKeys)) {
          return { objects: found, folders: [...folders], isTruncated: true, continuationToken: last };
        }
        if (folder === undefined) found.push(object);
        else folders.add(folder);
      }
      last = key;
    }
    return { objects: found, folders: [...folders], isTruncated: false };
  };
  return {
    requests,
    listPage: async (request) => {
      requests['LIST'] = (requests['LIST'] ?? 0) + 1;
      return pageOf(request);
    },
    getObject: () => Promise.reject(new Error('not read here')),
    close: () => undefined,
  };
}

type Fate = 'acknowledged' | 'failed' | 'left';

interface Step {
  readonly minutes: number;
  readonly arrivals: readonly { readonly layout: number; readonly lateMinutes: number }[];
  readonly fates: readonly Fate[];
  readonly isRestarted: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  minutes: fc.integer({ min: 0, max: 45 }),
  arrivals: fc.array(
    fc.record({
      layout: fc.nat({ max: LAYOUTS.length - 1 }),
      lateMinutes: fc.nat({ max: LATE_MINUTES_MAX }),
    }),
    { maxLength: 6 },
  ),
  fates: fc.array(fc.constantFrom<Fate>('acknowledged', 'failed', 'left'), { maxLength: 6 }),
  isRestarted: fc.boolean(),
});

class World {
  readonly objects = new Map<string, ListedObject>();
  readonly acknowledged: string[] = [];
  #nowMs = START_MS;
  #text: string | undefined;
  #source: Source;
  readonly #pageKeys: number;

  constructor(pageKeys: number) {
    this.#pageKeys = pageKeys;
    this.#source = this.#start();
  }

  async take({ minutes, arrivals, fates, isRestarted }: Step): Promise<void> {
    this.#nowMs += minutes * MINUTE_MS;
    for (const { layout, lateMinutes } of arrivals) this.#put(layout, this.#nowMs - lateMinutes * MINUTE_MS);
    if (isRestarted) this.#source = this.#start();
    const fatesLeft = [...fates];
    for await (const batch of this.#source.batches({ follow: false, signal: new AbortController().signal })) {
      const fate = fatesLeft.shift() ?? 'acknowledged';
      if (fate === 'failed') batch.failed('refused');
      if (fate !== 'acknowledged') continue;
      this.acknowledged.push(batch.origin.replace('s3://logs/', ''));
      await batch.acknowledge();
    }
  }

  #put(layout: number, timeMs: number): void {
    const stamp = new Date(timeMs).toISOString().slice(0, 19).replaceAll(/[T:]/g, '-');
    const unique = (this.objects.size * 7919) % 1000;
    const key = LAYOUTS[layout]?.(stamp, unique) ?? '';
    this.objects.set(key, { key, etag: 'e', sizeBytes: 1, modifiedMs: timeMs, storageClass: 'STANDARD' });
  }

  #start(): Source {
    const clock: Clock = { nowMs: () => this.#nowMs, sleep: () => Promise.resolve() };
    const cursors = {
      read: async () => this.#text,
      write: async (_source: string, text: string) => {
        this.#text = text;
      },
    };
    const request = {
      name: 'logs',
      uri: 's3://logs/',
      pollMs: MINUTE_MS,
      discoverMs: 0,
      overlapMs: OVERLAP_MS,
    };
    return openBucketListing(request, { s3: bucketOf(this.objects, this.#pageKeys), clock, cursors });
  }
}

const LAST: Step = { minutes: 120, arrivals: [], fates: [], isRestarted: true };

test('every object is acknowledged in the end, and none with a time is offered after that', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 8 }),
      fc.integer({ min: 1, max: 5 }),
      async (steps, pageKeys) => {
        const world = new World(pageKeys);
        for (const one of steps) await world.take(one);
        await world.take(LAST);
        expect(new Set(world.acknowledged)).toEqual(new Set(world.objects.keys()));
        const timed = world.acknowledged.filter((key) => !key.startsWith('odd/'));
        expect(timed.length).toBe(new Set(timed).size);
      },
    ),
    { numRuns: 300 },
  );
});
