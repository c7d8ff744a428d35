/** Records as the bytes of an object. The same records give the same bytes. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { ArchiveRecord } from './archive-records.ts';

export type ArchiveFormat = 'jsonl' | 'parquet';

/** The end of an object's name. */
export const EXTENSIONS = { jsonl: 'jsonl.gz', parquet: 'parquet' } as const satisfies Record<
  ArchiveFormat,
  string
>;

const gzipped = promisify(gzip);

/** JSON lines compressed by gzip, or a Parquet file whose times are milliseconds in UTC. */
export async function archiveBytes(
  records: readonly ArchiveRecord[],
  format: ArchiveFormat,
): Promise<Uint8Array> {
  if (format === 'parquet') return parquetBytes(records);
  return gzipped(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

const COLUMNS = {
  source_bucket: 'STRING',
  destination_bucket: 'STRING',
  rule_id: 'STRING',
  key: 'STRING',
  version_id: 'STRING',
  size_bytes: 'INT64',
  is_delete_marker: 'BOOLEAN',
  status: 'STRING',
  failure_reason: 'STRING',
  operation: 'STRING',
  written_at: 'TIMESTAMP',
  replicated_at: 'TIMESTAMP',
  seen_at: 'TIMESTAMP',
  failed_at: 'TIMESTAMP',
  latency_ms: 'INT64',
  is_skewed: 'BOOLEAN',
  revision: 'INT64',
} as const satisfies Record<keyof ArchiveRecord, string>;

function parquetBytes(records: readonly ArchiveRecord[]): Uint8Array {
  const columnData = Object.entries(COLUMNS).map(([name, type]) => ({
    name,
    type,
    nullable: true,
    data: records.map((record) => valueOf(record[name as keyof ArchiveRecord], type)),
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

/** What the writer takes for a type. */
function valueOf(
  value: ArchiveRecord[keyof ArchiveRecord],
  type: (typeof COLUMNS)[keyof ArchiveRecord],
): string | bigint | boolean | Date | number | null {
  if (value === null) return null;
  if (type === 'INT64') return BigInt(value);
  return type === 'TIMESTAMP' ? new Date(String(value)) : value;
}
