/** What happened to the versions of one object, at the source and at the destinations, in words. */
import type { Engine } from '../../engine/engine.ts';
import { IN_FORCE, ROW, type ReplicationRow } from './objects.ts';
import { readPairs } from './pairs.ts';
import { ADDED_UP } from './range.ts';
import { feedName, type ObjectEvent, wordsOf } from './history-words.ts';

export interface HistoryStep {
  readonly timeMs: number;
  readonly bucket: string;
  /** In words, e.g. `written by PutObject`. */
  readonly what: string;
  /** Who told it, several joined by commas. */
  readonly feed: string;
  readonly eventName: string;
}

export interface VersionHistory {
  readonly versionId: string;
  readonly sizeBytes: number;
  readonly writtenMs: number | null;
  readonly isDeleteMarker: boolean;
  readonly removedMs: number | null;
  readonly destinations: readonly ReplicationRow[];
  /** In order of time. */
  readonly steps: readonly HistoryStep[];
}

export interface HistoryQuery {
  /** Source or destination. */
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly versionsMax: number;
}

export interface ObjectHistory {
  /** The newest first. */
  readonly versions: readonly VersionHistory[];
  readonly hasMore: boolean;
}

interface Evidence {
  readonly version_id: string;
  readonly size_bytes: number;
  readonly written_ms: number | null;
  readonly removed_ms: number | null;
  readonly is_delete_marker: number;
}

export async function objectHistory(query: HistoryQuery, engine: Engine): Promise<ObjectHistory> {
  const pairs = await readPairs({ bucket: query.bucket }, engine);
  const buckets = [
    ...new Set([query.bucket, ...pairs.flatMap(({ source, destination }) => [source, destination])]),
  ];
  const found = await evidenceOf(query, buckets, engine);
  const evidence = found.slice(0, query.versionsMax);
  const versions = evidence.map(({ version_id: id }) => id);
  const [judged, events] = await Promise.all([
    judgedOf(query, { buckets, versions }, engine),
    eventsOf(query, { buckets, versions }, engine),
  ]);
  return {
    versions: evidence.map((row) => ({
      versionId: row.version_id,
      sizeBytes: row.size_bytes,
      writtenMs: row.written_ms,
      isDeleteMarker: row.is_delete_marker === 1,
      removedMs: row.removed_ms,
      destinations: judged.filter(({ version_id: id }) => id === row.version_id),
      steps: foldedSteps(events.filter(({ version_id: id }) => id === row.version_id)),
    })),
    hasMore: found.length > query.versionsMax,
  };
}

/** Versions of the key, the newest first: as the asked bucket has them, else as another of the pairs' buckets. */
function evidenceOf(query: HistoryQuery, buckets: readonly string[], engine: Engine): Promise<Evidence[]> {
  const { bucket, key, versionId } = query;
  const moment = (time: string) =>
    `if(${time} is null, null, toUnixTimestamp64Milli(assumeNotNull(${time})))`;
  return engine.query<Evidence>(
    `with bucket = {bucket:String} as is_asked
     select
       version_id,
       argMax(size_found.2, (is_asked, size_found)) as size_bytes,
       min(written) as written_ms,
       max(removed) as removed_ms,
       max(is_marker) as is_delete_marker
     from (
       select
         bucket,
         version_id,
         max(object_versions.size) as size_found,
         min(created) as creation,
         max(object_versions.modified) as changed,
         ${moment('max(object_versions.removed_at)')} as removed,
         ${moment('if(creation.1 < 255, creation.2, ifNull(changed, min(object_versions.seen_at)))')} as written,
         max(object_versions.is_delete_marker) as is_marker
       from object_versions
       where bucket in {buckets:Array(String)} and key = {key:String}
         ${versionId === undefined ? '' : 'and version_id = {version:String}'}
       group by bucket, version_id
     )
     group by version_id
     order by written_ms desc, version_id
     limit ${query.versionsMax + 1}
     ${ADDED_UP}`,
    { params: { bucket, buckets, key, ...(versionId === undefined ? {} : { version: versionId }) } },
  );
}

interface Places {
  readonly buckets: readonly string[];
  readonly versions: readonly string[];
}

function judgedOf({ key }: HistoryQuery, places: Places, engine: Engine): Promise<ReplicationRow[]> {
  return engine.query<ReplicationRow>(
    `select ${ROW}
     from (
       select ${IN_FORCE}
       from replications
       where source in {buckets:Array(String)} and key = {key:String} and version_id in {versions:Array(String)}
       group by source, pair_id, key, version_id
     )
     where status != 'NONE'
     order by source, pair_id, version_id
     ${ADDED_UP}`,
    { params: { ...places, key } },
  );
}

const EVENTS_MAX = 2000;

/** Events of the versions, in order of time; of very many the latest. */
async function eventsOf({ key }: HistoryQuery, places: Places, engine: Engine): Promise<ObjectEvent[]> {
  const events = await engine.query<ObjectEvent>(
    `select
       toUnixTimestamp64Milli(event_time) as time_ms, bucket, version_id, event_name, envelope, completeness, request_id,
       reason, principal_id, replication_destination_bucket as destination, replication_failure_reason as failure,
       object_events.replication_status as replication_status
     from object_events
     where bucket in {buckets:Array(String)} and key = {key:String} and version_id in {versions:Array(String)}
     order by event_time desc, completeness, bucket, event_name
     limit ${EVENTS_MAX}`,
    { params: { ...places, key } },
  );
  return events.toReversed();
}

/** One step for each thing that happened, however many told it; a look that finds what the look before found is none. */
export function foldedSteps(events: readonly ObjectEvent[]): HistoryStep[] {
  const steps: (HistoryStep & { readonly same: string })[] = [];
  const lastLook = new Map<string, string>();
  for (const event of events) {
    const what = wordsOf(event);
    const feed = feedName(event);
    const isLook = event.event_name.startsWith('ObjectObserved:');
    if (isLook && lastLook.get(event.bucket) === what) continue;
    if (isLook) lastLook.set(event.bucket, what);
    const same = sameAs(event);
    const index = isLook ? -1 : steps.findIndex((step) => step.same === same);
    const told = steps[index];
    if (told === undefined) {
      steps.push({
        timeMs: event.time_ms,
        bucket: event.bucket,
        what,
        feed,
        eventName: event.event_name,
        same,
      });
    } else if (!told.feed.split(', ').includes(feed)) {
      steps[index] = { ...told, feed: `${told.feed}, ${feed}` };
    }
  }
  return steps.map(({ same: _same, ...step }) => step);
}

/** Feeds tell an event with its request id; those that do not, to the second. */
function sameAs(event: ObjectEvent): string {
  const kind = event.event_name
    .split(':')
    .slice(0, event.event_name.startsWith('ObjectCreated:') ? 1 : 2)
    .join(':');
  const which = event.request_id === '' ? String(Math.floor(event.time_ms / 1000)) : event.request_id;
  return JSON.stringify([event.bucket, kind, event.destination, which]);
}
