/** Tags of buckets as labels of what is told of them: `tag.team` for the tag `team`. */
import type { Labels } from '../alarms/feed.ts';
import type { Engine } from '../engine/engine.ts';
import type { Clock } from '../lib/clock.ts';
import { latestConfigs } from './bucket-configs.ts';
import { listOf, objectIn, objectOf, textOf } from './outside.ts';

/** Stores are asked for tags far less often than that. */
const READ_EVERY_MS = 60_000;
const TAGS_MAX = 50;

export class BucketTags {
  readonly #engine: Engine;
  readonly #clock: Clock;
  #byBucket: ReadonlyMap<string, Labels> = new Map();
  #readMs: number | undefined;

  constructor({ engine, clock }: { readonly engine: Engine; readonly clock: Clock }) {
    this.#engine = engine;
    this.#clock = clock;
  }

  /** What the tags of the bucket of these labels are: of a pair of buckets, of its source. */
  async labelsOf(): Promise<(labels: Labels) => Labels> {
    const nowMs = this.#clock.nowMs();
    if (this.#readMs === undefined || Math.abs(nowMs - this.#readMs) >= READ_EVERY_MS) {
      const configs = await latestConfigs({ aspect: 'tagging' }, this.#engine);
      this.#byBucket = new Map([...configs].map(([bucket, { document }]) => [bucket, tagsOf(document)]));
      this.#readMs = nowMs;
    }
    return (labels) => this.#byBucket.get(bucketOf(labels)) ?? {};
  }
}

/** A `source` alone is the name of what facts come from. */
function bucketOf({ bucket, source, destination }: Labels): string {
  return bucket ?? (destination === undefined ? undefined : source) ?? '';
}

/** None when a store answers in another form: no alarm hangs on its tags. */
function tagsOf(document: string): Labels {
  const tags = listOf(objectIn(document)?.['TagSet']).slice(0, TAGS_MAX).map(objectOf);
  const named = tags.filter(({ Key: key }) => textOf(key) !== '');
  return Object.fromEntries(named.map(({ Key: key, Value: value }) => [`tag.${textOf(key)}`, textOf(value)]));
}
