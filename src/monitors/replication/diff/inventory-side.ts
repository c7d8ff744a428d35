/** The newest inventory report of a bucket as one side: its current versions, in order of their keys. */
import { Fault } from '../../../lib/fault.ts';
import type { Entry, Side } from './entry.ts';

export interface InventoryPlace {
  /** As messages name it. */
  readonly name: string;
  readonly bucketId: string;
  readonly prefix: string;
}

/** Answers a SELECT over the tables of the store. */
export type Ask = (sql: string, signal: AbortSignal) => Promise<readonly Readonly<Record<string, unknown>>[]>;

const PAGE_ROWS = 20_000;

export function openInventorySide(place: InventoryPlace, ask: Ask): Side {
  return {
    name: place.name,
    prefix: place.prefix,
    pages: (after, signal) => pagesOf(place, after, { ask, signal }),
  };
}

interface Asking {
  readonly ask: Ask;
  readonly signal: AbortSignal;
}

async function* pagesOf(
  place: InventoryPlace,
  start: string,
  asking: Asking,
): AsyncGenerator<readonly Entry[]> {
  const ofReport = await newestReport(place, asking);
  for (let after = start; ; ) {
    const rows = await asking.ask(
      `select substring(key, ${Buffer.byteLength(place.prefix) + 1}) as name, size_bytes, etag, version_id, encryption_status,
         ifNull(toUnixTimestamp64Milli(last_modified), 0) as modified_ms
       from inventory_objects
       where ${ofReport} and is_latest and not is_delete_marker and startsWith(key, ${textOf(place.prefix)})
         ${after === '' ? '' : `and key > ${textOf(place.prefix + after)}`}
       order by key
       limit 1 by key
       limit ${PAGE_ROWS}`,
      asking.signal,
    );
    const entries = rows.map(entryOf);
    yield entries;
    const last = entries.at(-1);
    if (last === undefined || entries.length < PAGE_ROWS) return;
    after = last.key;
  }
}

/** A condition on the rows of the newest report of the bucket. Throws `not_found` when there is none. */
async function newestReport({ name, bucketId }: InventoryPlace, { ask, signal }: Asking): Promise<string> {
  const [row] = await ask(
    `select report, toString(max(report_time)) as made
     from inventory_objects
     where bucket = ${textOf(bucketId)}
     group by report
     order by made desc
     limit 1`,
    signal,
  );
  if (row === undefined) {
    throw new Fault(
      'not_found',
      `Cannot compare ${name}: no inventory report of the bucket ${bucketId} is loaded; see docs/sources.md for inventories.`,
    );
  }
  return `bucket = ${textOf(bucketId)} and report = ${textOf(String(row['report']))} and report_time = toDateTime64(${textOf(String(row['made']))}, 3, 'UTC')`;
}

/** Any text as SQL: in hexadecimal digits, so that nothing in it means anything. */
function textOf(text: string): string {
  return `unhex('${Buffer.from(text).toString('hex')}')`;
}

function entryOf(row: Readonly<Record<string, unknown>>): Entry {
  const text = (name: string): string => (typeof row[name] === 'string' ? row[name] : '');
  const [versionId, encryption] = [text('version_id'), text('encryption_status')];
  return {
    key: text('name'),
    sizeBytes: Number(row['size_bytes'] ?? 0),
    etag: text('etag'),
    modifiedMs: Number(row['modified_ms']),
    ...(versionId === '' ? {} : { versionId }),
    ...(encryption === '' ? {} : { encryption }),
  };
}
