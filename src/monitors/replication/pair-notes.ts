/** What keeps the answer about a pair from being whole. */
import type { Feed } from './feeds.ts';
import type { PairSums } from './pair-sums.ts';
import type { Pair } from './pairs.ts';
import { countOf } from './verdict.ts';

/** What we may look up ourselves. */
export interface Looks {
  /** HEAD requests an hour; 0 when none may be made. */
  readonly requestsPerHour: number;
  /** Buckets whose store can be asked. */
  readonly reachable: ReadonlySet<string>;
  /** Versioning of buckets as their store gave it last: `Enabled`, `Suspended` or empty; a bucket not in it is not known. */
  readonly versioning: ReadonlyMap<string, string>;
  /** Ids of pairs whose rule has replication metrics enabled. */
  readonly withMetrics: ReadonlySet<string>;
}

interface Known {
  readonly pair: Pair;
  readonly sums: PairSums;
  readonly sourceFeeds: readonly Feed[];
  readonly destinationFeeds: readonly Feed[];
  readonly looks: Looks;
  readonly nowMs: number;
}

const DAY_MS = 86_400_000;
/** Those tell when something happened; the others what is there when we look. */
const EVENTS = ['notifications', 'EventBridge', 'CloudTrail'];

/** Notes about a pair, and why nothing can be told of it, empty when something can. */
export function notesOf(known: Known): { notes: string[]; blindness: string } {
  const { pair, sums } = known;
  const blindness = blindnessOf(known);
  const notes = [
    ...(blindness === '' ? feedNotes(known) : []),
    ...storeNotes(known),
    ...(Object.keys(pair.tags).length > 0
      ? [
          'The rule asks for tags, which events do not tell: a version counts once S3 says that it is replicated.',
        ]
      : []),
    ...(sums.unknownObjects > 0
      ? [`Of ${countOf(sums.unknownObjects)} it cannot be told whether they arrived: see status UNKNOWN.`]
      : []),
    ...(sums.skewedObjects > 0
      ? [`${countOf(sums.skewedObjects)} arrived before they were written, as reported: clocks differ.`]
      : []),
  ];
  return { notes, blindness };
}

function blindnessOf({ pair, sourceFeeds, destinationFeeds, looks }: Known): string {
  if (sourceFeeds.length === 0)
    return `Nothing tells of writes to ${pair.source}: it needs notifications, EventBridge, CloudTrail data events, an inventory or a listing.`;
  const isTold =
    destinationFeeds.length > 0 ||
    sourceFeeds.some(({ name }) => ['HEAD', 'inventory', 'S3 replication events'].includes(name));
  if (isTold || canLook(pair, looks)) return '';
  return `Nothing tells of arrivals in ${pair.destination}: it needs events, an inventory, or looks (HEAD).`;
}

function canLook({ source, destination }: Pair, { requestsPerHour, reachable }: Looks): boolean {
  return requestsPerHour > 0 && (reachable.has(source) || reachable.has(destination));
}

function feedNotes({ pair, sourceFeeds, destinationFeeds, looks, nowMs }: Known): string[] {
  const hasEvents = (feeds: readonly Feed[]) =>
    feeds.some(({ name, lastMs }) => EVENTS.includes(name) && lastMs > nowMs - 7 * DAY_MS);
  const lookText = `HEAD, at most ${looks.requestsPerHour.toLocaleString('en-US')} an hour`;
  return [
    ...(hasEvents(sourceFeeds)
      ? []
      : [
          `No events of the last 7 days come from ${pair.source}: writes are known only from ${namesOf(sourceFeeds)}.`,
        ]),
    ...(hasEvents(destinationFeeds)
      ? []
      : [
          `No events of the last 7 days come from ${pair.destination}: arrivals are known only from ${
            destinationFeeds.length > 0
              ? namesOf(destinationFeeds)
              : canLook(pair, looks)
                ? lookText
                : 'what the source says'
          }.`,
        ]),
  ];
}

function namesOf(feeds: readonly Feed[]): string {
  return feeds.map(({ name }) => name).join(', ');
}

function storeNotes({ pair, looks }: Known): string[] {
  const { versioning, withMetrics } = looks;
  const broken = [pair.source, pair.destination].flatMap((bucket) => {
    const state = versioning.get(bucket);
    if (pair.matchBy === 'key' || state === undefined || state === 'Enabled') return [];
    return [
      `Versioning of ${bucket} is ${state === 'Suspended' ? 'suspended' : 'not enabled'}: replication needs it.`,
    ];
  });
  const isBlindToFailures = !pair.isDeclared && pair.isEnabled && !withMetrics.has(pair.id);
  return [
    ...broken,
    ...(isBlindToFailures
      ? [
          "S3's replication metrics are not enabled on the rule: S3 sends no events of failures, and no reasons.",
        ]
      : []),
  ];
}
