/** Rules of a bucket as its store tells them: what they are for, and what they do when. */
import { listOf, objectIn, objectOf, type Outside, textOf } from '../outside.ts';

const DAY_MS = 86_400_000;

/** What a rule is for. */
export interface RuleFilter {
  readonly prefix: string;
  /** `name=value`; the object has to have all of them. */
  readonly tags: readonly string[];
  /** The object is larger than this. */
  readonly sizeBytesAbove?: number;
  /** The object is smaller than this. */
  readonly sizeBytesBelow?: number;
}

/** When a rule does something to an object: so long after it was written, or to all there are from a day on. */
export type RuleTime =
  | { readonly kind: 'after'; readonly ms: number }
  | { readonly kind: 'from'; readonly dateMs: number };

export interface LifecycleRule {
  /** Its place where it has no id: `rule-1`. */
  readonly id: string;
  readonly filter: RuleFilter;
  /** When the current version is expired; absent: never. */
  readonly expiry?: RuleTime;
  /** To classes that have to be restored before they can be read. */
  readonly moves: readonly { readonly to: string; readonly time: RuleTime }[];
  /** Smaller objects are not moved. */
  readonly moveBytesMin: number;
}

interface CopyRule {
  readonly id: string;
  readonly filter: RuleFilter;
}

/** How the lock of a bucket holds what is written without a lock of its own. */
export interface DefaultRetention {
  readonly mode: string;
  readonly ms: number;
}

interface RuledObject {
  readonly key: string;
  readonly sizeBytes: number;
}

const ARCHIVES: ReadonlySet<string> = new Set(['GLACIER', 'DEEP_ARCHIVE']);
/**
 * Smaller objects are not moved unless a filter by size, or the whole configuration, says so.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
 */
const MOVED_BYTES_MIN = 128 * 1024;

/**
 * The enabled rules of GetBucketLifecycleConfiguration; nothing of a text that is no such document.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRule.html
 */
export function lifecycleRules(document: string): LifecycleRule[] | undefined {
  const configuration = objectIn(document);
  const movesSmall = configuration?.['TransitionDefaultMinimumObjectSize'] === 'varies_by_storage_class';
  return enabledRules(configuration)?.map(({ rule, id, filter }) => {
    const expiry = timeOf(objectOf(rule['Expiration']));
    const isBySize = filter.sizeBytesAbove !== undefined || filter.sizeBytesBelow !== undefined;
    return {
      id,
      filter,
      ...(expiry === undefined ? {} : { expiry }),
      moves: listOf(rule['Transitions'] ?? rule['Transition']).flatMap((one) => moveOf(one)),
      moveBytesMin: movesSmall || isBySize ? 0 : MOVED_BYTES_MIN,
    };
  });
}

/**
 * The enabled rules of GetBucketReplication; nothing of a text that is no such document.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ReplicationRule.html
 */
export function copyRules(document: string): CopyRule[] | undefined {
  const answer = objectIn(document);
  return enabledRules(
    answer === undefined ? undefined : objectOf(answer['ReplicationConfiguration'] ?? answer),
  );
}

/**
 * The default retention of GetObjectLockConfiguration; nothing when there is none.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DefaultRetention.html
 */
export function defaultRetention(document: string): DefaultRetention | undefined {
  const answer = objectIn(document) ?? {};
  const configuration = objectOf(answer['ObjectLockConfiguration'] ?? answer);
  const retention = objectOf(objectOf(configuration['Rule'])['DefaultRetention']);
  const days = numberOf(retention['Days']) ?? (numberOf(retention['Years']) ?? 0) * 365;
  return days > 0 ? { mode: textOf(retention['Mode']), ms: days * DAY_MS } : undefined;
}

/** What GetBucketVersioning says: `Enabled`, `Suspended`, or nothing when it was never switched on. */
export function versioningStatus(document: string): string {
  return textOf(objectIn(document)?.['Status']);
}

/** Whether a rule is for an object, if that has the tags it asks for: these are not known. */
export function covers(filter: RuleFilter, { key, sizeBytes }: RuledObject): boolean {
  const { prefix, sizeBytesAbove = -1, sizeBytesBelow = Infinity } = filter;
  return key.startsWith(prefix) && sizeBytes > sizeBytesAbove && sizeBytes < sizeBytesBelow;
}

/**
 * When a rule does what it does to an object written at `atMs`: S3 rounds up to the next midnight UTC.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 */
export function ruleMs(time: RuleTime, atMs: number): number {
  const days = (ms: number): number => Math.ceil(ms / DAY_MS) * DAY_MS;
  return time.kind === 'after' ? days(atMs + time.ms) : Math.max(time.dateMs, days(atMs));
}

interface EnabledRule extends CopyRule {
  readonly rule: Outside;
}

function enabledRules(configuration: Outside | undefined): EnabledRule[] | undefined {
  const rules = configuration?.['Rules'] ?? configuration?.['Rule'];
  if (rules === undefined) return undefined;
  return listOf(rules)
    .map((one, index) => {
      const rule = objectOf(one);
      return { rule, id: textOf(rule['ID']) || `rule-${index + 1}`, filter: filterOf(rule) };
    })
    .filter(({ rule }) => rule['Status'] === 'Enabled');
}

/** In the first version of rules the prefix was at the rule itself. */
function filterOf(rule: Outside): RuleFilter {
  const filter = objectOf(rule['Filter']);
  const both = objectOf(filter['And']);
  const tags = [...listOf(filter['Tag']), ...listOf(both['Tags'] ?? both['Tag'])].map(objectOf);
  const above = numberOf(both['ObjectSizeGreaterThan'] ?? filter['ObjectSizeGreaterThan']);
  const below = numberOf(both['ObjectSizeLessThan'] ?? filter['ObjectSizeLessThan']);
  return {
    prefix: textOf(rule['Prefix']) || textOf(filter['Prefix']) || textOf(both['Prefix']),
    tags: tags.map((tag) => `${textOf(tag['Key'])}=${textOf(tag['Value'])}`),
    ...(above === undefined ? {} : { sizeBytesAbove: above }),
    ...(below === undefined ? {} : { sizeBytesBelow: below }),
  };
}

function timeOf(action: Outside): RuleTime | undefined {
  const days = numberOf(action['Days']);
  if (days !== undefined) return { kind: 'after', ms: days * DAY_MS };
  const dateMs = Date.parse(textOf(action['Date']));
  return Number.isNaN(dateMs) ? undefined : { kind: 'from', dateMs };
}

function moveOf(transition: unknown): LifecycleRule['moves'] {
  const time = timeOf(objectOf(transition));
  const to = textOf(objectOf(transition)['StorageClass']);
  return time === undefined || !ARCHIVES.has(to) ? [] : [{ to, time }];
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
