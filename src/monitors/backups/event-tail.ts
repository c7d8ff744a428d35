/** What notifications, EventBridge and CloudTrail told of watched buckets since it was last asked for. */
import type { Engine } from '../../engine/engine.ts';
import { engineTime } from '../../lib/engine-time.ts';

/** A file that was written, or one that was removed. */
export type TailEvent =
  | {
      readonly kind: 'written';
      readonly bucket: string;
      readonly key: string;
      readonly versionId: string;
      readonly etag: string;
      /** Milliseconds since 1970 UTC. */
      readonly atMs: number;
      /** Absent when the event does not say: CloudTrail of a multipart upload. */
      readonly sizeBytes?: number;
    }
  | {
      readonly kind: 'removed';
      readonly bucket: string;
      readonly key: string;
      /** Empty: whatever is there. */
      readonly versionId: string;
      readonly atMs: number;
    };

export interface TailRequest {
  readonly buckets: readonly string[];
  /** Only events stored since, in seconds since 1970; 0: all. */
  readonly storedSince: number;
  /** Only events that happened since, milliseconds since 1970 UTC. */
  readonly sinceMs: number;
}

interface Row {
  readonly bucket: string;
  readonly key: string;
  readonly version_id: string;
  readonly etag: string;
  readonly at_ms: number;
  readonly size: number | string | null;
  readonly is_written: number;
  readonly marks: number;
}

const PAGE_ROWS = 50_000;

/** Keys of which something was stored; sought without merging rows, which reads little where nothing was. */
const NEW_KEYS = `select bucket, key from object_events
  where bucket in {buckets:Array(String)} and stored_at >= toDateTime({stored:UInt32}, 'UTC')
  group by bucket, key settings final = 0`;
/** What was stored since, and removals of the same keys: one that was told before what it removed had nothing to remove. */
const IS_NEWS = `(bucket, key) global in (${NEW_KEYS})
  and (stored_at >= toDateTime({stored:UInt32}, 'UTC') or not startsWith(event_name, 'ObjectCreated:'))`;

/**
 * Pages of events, in order of bucket and key, each page in order of time; all of one key are in one page. The same event may
 * come again.
 */
export async function* eventTail(request: TailRequest, engine: Engine): AsyncGenerator<readonly TailEvent[]> {
  let after: Pick<Row, 'bucket' | 'key'> | undefined;
  for (;;) {
    const rows: readonly Row[] = await engine.query<Row>(
      `select
         bucket, key, version_id, object_events.etag as etag, toUnixTimestamp64Milli(event_time) as at_ms,
         size_bytes as size, startsWith(event_name, 'ObjectCreated:') as is_written,
         endsWith(event_name, ':DeleteMarkerCreated') as marks
       from object_events
       where bucket in {buckets:Array(String)}
         ${request.storedSince === 0 ? '' : `and ${IS_NEWS}`}
         and event_time >= {since:DateTime64(3)}
         and (startsWith(event_name, 'ObjectCreated:') or startsWith(event_name, 'ObjectRemoved:')
           or startsWith(event_name, 'LifecycleExpiration:'))
         ${after === undefined ? '' : 'and (bucket, key) > ({bucket:String}, {key:String})'}
       order by bucket, key
       limit ${PAGE_ROWS} with ties`,
      {
        params: {
          buckets: request.buckets,
          stored: request.storedSince,
          since: engineTime(request.sinceMs),
          bucket: after?.bucket ?? '',
          key: after?.key ?? '',
        },
        limits: { resultRows: PAGE_ROWS * 10, timeMs: 120_000 },
      },
    );
    yield rows.map(eventOf).sort((a, b) => a.atMs - b.atMs);
    if (rows.length < PAGE_ROWS) return;
    after = rows.at(-1);
  }
}

function eventOf(row: Row): TailEvent {
  const { bucket, key, version_id: versionId, etag, at_ms: atMs, size } = row;
  if (row.is_written === 1) {
    const sized = size === null ? {} : { sizeBytes: Number(size) };
    return { kind: 'written', bucket, key, versionId, etag, atMs, ...sized };
  }
  // A delete marker has a version of its own: what it hides is whatever was there.
  return { kind: 'removed', bucket, key, versionId: row.marks === 1 ? '' : versionId, atMs };
}

/** The engine's clock, seconds since 1970: what is stored from now on is stored at or after it. */
export async function storeSeconds(engine: Engine): Promise<number> {
  const [row] = await engine.query<{ now: number }>('select toUnixTimestamp(now()) as now');
  return row?.now ?? 0;
}
