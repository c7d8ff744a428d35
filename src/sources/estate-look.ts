/** One look at a store: which buckets it has and what it says of each. */
import type { Clock } from '../lib/clock.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import { type Aspect, ASPECT_NAMES } from '../s3/aspects.ts';
import type { AspectAnswer } from '../s3/aspect-answer.ts';
import type { ListedBucket } from '../s3/buckets.ts';
import type { Store } from '../s3/estate.ts';

/** What the store said of one aspect, and when. */
export interface Observation {
  readonly aspect: Aspect;
  readonly answer: AspectAnswer;
  readonly observedMs: number;
}

export interface ObservedBucket {
  readonly name: string;
  readonly region: string;
  readonly account: string;
  readonly observations: readonly Observation[];
}

export interface Look {
  /** In order of their names. */
  readonly buckets: readonly ObservedBucket[];
  /** Whether the store itself said which buckets there are: only then is one that is missing gone. */
  readonly isWhole: boolean;
}

export interface LookParts {
  readonly store: Store;
  readonly clock: Clock;
}

/** Buckets that are asked about at the same time. */
const AT_ONCE = 8;

/** After so many questions in a row without an answer the others about a bucket are left for the next look. */
const UNANSWERED_MAX = 3;

/** Lists the buckets and asks all there is to ask. Throws the store's `Fault` when there is no list. */
export async function lookAt(parts: LookParts, signal: AbortSignal): Promise<Look> {
  const listed: ListedBucket[] = [];
  for await (const bucket of parts.store.buckets.listBuckets(signal)) listed.push(bucket);
  listed.sort((a, b) => (a.name < b.name ? -1 : 1));
  const account = await parts.store.account(signal);
  const buckets: ObservedBucket[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next; index < listed.length; index = next) {
      next += 1;
      const bucket = listed[index];
      if (bucket === undefined) return;
      const observations = await observe(bucket, parts, signal);
      const region = parts.store.buckets.regionOf(bucket.name) ?? '';
      buckets[index] = { name: bucket.name, region, account: account || (bucket.owner ?? ''), observations };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { buckets, isWhole: !listed.some((bucket) => bucket.isNamed === true) };
}

async function observe(
  bucket: ListedBucket,
  { store, clock }: LookParts,
  signal: AbortSignal,
): Promise<Observation[]> {
  const observations: Observation[] = [];
  let unanswered = 0;
  const answerTo = (aspect: Aspect): AspectAnswer | Promise<AspectAnswer> => {
    if (aspect === 'bucket' && bucket.isNamed !== true) return listedAnswer(bucket);
    return unanswered < UNANSWERED_MAX ? store.buckets.read(bucket.name, aspect, signal) : NOT_ASKED;
  };
  for (const aspect of ASPECT_NAMES) {
    const answer = await answerTo(aspect);
    unanswered = answer.state === 'failed' ? unanswered + 1 : 0;
    observations.push({ aspect, answer, observedMs: clock.nowMs() });
    if (aspect === 'bucket' && answer.state === 'absent') break;
  }
  return observations;
}

const NOT_ASKED = {
  state: 'failed',
  reason: `not asked: ${UNANSWERED_MAX} questions before had no answer`,
} as const;

function listedAnswer({ name, createdMs, region }: ListedBucket): AspectAnswer {
  const created = createdMs === undefined ? undefined : new Date(createdMs);
  const document = canonicalJson({ Name: name, CreationDate: created, BucketRegion: region });
  return { state: 'present', document };
}
