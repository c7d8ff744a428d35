/** What the API says of the store and the ledger. */
import type { Engine } from '../engine/engine.ts';
import { Fault } from '../lib/fault.ts';
import type * as shapes from './api.ts';

/** ISO 8601 in UTC, whole seconds without a fraction. */
export function isoOf(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** The engine's `YYYY-MM-DD hh:mm:ss[.fff]` as ISO 8601. */
export function isoOfEngine(text: string): string {
  return isoOf(Date.parse(`${text.replace(' ', 'T')}Z`));
}

interface StoreFacts {
  readonly counts: shapes.Status['facts'];
  readonly newestEvent: string | null;
}

export async function storeFacts(engine: Engine): Promise<StoreFacts> {
  const [row] = await engine.query<shapes.Status['facts'] & { newest_s: number }>(
    `select
       (select sum(facts) from batches where state = 'loaded' and format in ('access-log', 'minio-audit', 'rgw-ops-log')) as requests,
       (select sum(facts) from batches where state = 'loaded' and format = 'cloudtrail') as api_calls,
       (select sum(facts) from batches where state = 'loaded' and format in ('s3-event', 'object-status')) as object_events,
       (select sum(facts) from batches where state = 'loaded' and format = 'inventory') as inventory_objects,
       (select count() from rejects) as rejects,
       (select count() from batches) as batches,
       (select toUnixTimestamp(max(last_event)) from batches) as newest_s`,
  );
  if (row === undefined) throw new Error('no row');
  const { newest_s: newestS, ...counts } = row;
  return { counts, newestEvent: newestS > 0 ? isoOf(newestS * 1000) : null };
}

interface BatchRow extends Omit<shapes.Batch, 'first_event' | 'last_event' | 'delivered_at'> {
  readonly first_event: string | null;
  readonly last_event: string | null;
  readonly delivered_at: string | null;
}

interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Batches, latest outcome first. */
export async function ledgerBatches(
  query: PageQuery & {
    state?: string | undefined;
    source?: string | undefined;
    batch_id?: string | undefined;
  },
  engine: Engine,
): Promise<shapes.BatchPage> {
  const conditions = ['1'];
  const params: Record<string, string> = {};
  for (const name of ['state', 'source', 'batch_id'] as const) {
    const value = query[name];
    if (value === undefined) continue;
    conditions.push(`toString(batches.${name}) = {${name}:String}`);
    params[name] = value;
  }
  const after = pageStart(query.cursor, 2);
  if (after !== undefined)
    conditions.push(`(toUnixTimestamp64Milli(batches.loaded_at), batches.batch_id) < (${after.join(', ')})`);
  const rows = await engine.query<BatchRow>(
    `select * except (batch_id), toString(batch_id) as batch_id from batches
     where ${conditions.join(' and ')}
     order by batches.loaded_at desc, batches.batch_id desc
     limit ${query.limit + 1}`,
    { params },
  );
  const page = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? page.at(-1) : undefined;
  return {
    rows: page.map((row) => ({
      ...row,
      first_event: row.first_event === null ? null : isoOfEngine(row.first_event),
      last_event: row.last_event === null ? null : isoOfEngine(row.last_event),
      delivered_at: row.delivered_at === null ? null : isoOfEngine(row.delivered_at),
      received_at: isoOfEngine(row.received_at),
      loaded_at: isoOfEngine(row.loaded_at),
    })),
    next_cursor:
      last === undefined ? null : `${Date.parse(`${last.loaded_at.replace(' ', 'T')}Z`)}.${last.batch_id}`,
  };
}

/** Rejected records, latest first. */
export async function ledgerRejects(
  query: PageQuery & { batch_id?: string | undefined },
  engine: Engine,
): Promise<shapes.RejectPage> {
  const conditions =
    query.batch_id === undefined ? ['1'] : [`rejects.batch_id = toUInt64(${query.batch_id})`];
  const after = pageStart(query.cursor, 4);
  if (after !== undefined) {
    conditions.push(
      `(toUnixTimestamp(rejects.loaded_at), rejects.batch_id, rejects.line_number, cityHash64(rejects.line)) < (${after.join(', ')})`,
    );
  }
  const rows = await engine.query<shapes.Reject & { readonly tie: string }>(
    `select toString(batch_id) as batch_id, line_number, format, reason, line, loaded_at, '' as origin, toString(cityHash64(rejects.line)) as tie from rejects
     where ${conditions.join(' and ')}
     order by rejects.loaded_at desc, rejects.batch_id desc, rejects.line_number desc, cityHash64(rejects.line) desc
     limit ${query.limit + 1}`,
  );
  const page = rows.slice(0, query.limit);
  const origins = await originsOf(
    page.map((row) => row.batch_id),
    engine,
  );
  const last = rows.length > query.limit ? page.at(-1) : undefined;
  return {
    rows: page.map(({ tie: _tie, ...row }) => ({
      ...row,
      origin: origins.get(row.batch_id) ?? '',
      loaded_at: isoOfEngine(row.loaded_at),
    })),
    next_cursor:
      last === undefined
        ? null
        : `${Date.parse(`${last.loaded_at.replace(' ', 'T')}Z`) / 1000}.${last.batch_id}.${last.line_number}.${last.tie}`,
  };
}

async function originsOf(batchIds: readonly string[], engine: Engine): Promise<Map<string, string>> {
  if (batchIds.length === 0) return new Map();
  const rows = await engine.query<{ id: string; origin: string }>(
    `select toString(batch_id) as id, origin from batches where batch_id in (${[...new Set(batchIds)].map((id) => `toUInt64(${id})`).join(', ')})`,
  );
  return new Map(rows.map((row) => [row.id, row.origin]));
}

/** The numbers in a cursor, as the engine compares them. */
export function pageStart(cursor: string | undefined, parts: number): string[] | undefined {
  if (cursor === undefined) return undefined;
  const numbers = cursor.split('.');
  if (numbers.length !== parts || !numbers.every((number) => /^\d{1,20}$/.test(number))) {
    throw new Fault('invalid', `Cannot go on from the cursor "${cursor}": it is not one of this API.`);
  }
  return numbers.map((number) => `toUInt64(${number})`);
}
