/** The manifest of a report of S3 Inventory: which data files it has and how they read. Its text comes from outside. */
import type { RowEncoding, RowLayout } from '../../engine/engine.ts';
import type { BatchDescription } from '../format.ts';

export interface Manifest {
  readonly sourceBucket: string;
  /** Milliseconds since 1970 UTC. */
  readonly createdMs: number;
  readonly rows: RowLayout;
  readonly files: readonly ManifestFile[];
}

export interface ManifestFile {
  readonly key: string;
  readonly sizeBytes?: number;
  /** In hex. */
  readonly md5?: string;
}

/** The fields of a report by their names in Parquet and ORC, in AWS's order; `parse.sql` reads them. */
const COLUMNS = [
  'bucket',
  'key',
  'version_id',
  'is_latest',
  'is_delete_marker',
  'size',
  'last_modified_date',
  'e_tag',
  'storage_class',
  'is_multipart_uploaded',
  'replication_status',
  'encryption_status',
  'object_lock_retain_until_date',
  'object_lock_mode',
  'object_lock_legal_hold_status',
  'intelligent_tiering_access_tier',
  'bucket_key_status',
  'checksum_algorithm',
];

const FILES_MAX = 100_000;
/** The year 2106: what the engine's seconds end at. */
const TIME_MS_MAX = 4_294_967_295_000;

/** Reads `manifest.json`; gives why it cannot be one of a report when it cannot. */
export function readManifest(text: string): Manifest | { readonly problem: string } {
  const manifest = objectOf(text);
  if (manifest === undefined) return { problem: 'no manifest of an inventory report: not a JSON object' };
  const { fileFormat, fileSchema, files } = manifest;
  const sourceBucket = nameOf(manifest['sourceBucket']);
  const createdMs = Number(manifest['creationTimestamp']);
  const encoding = encodingOf(fileFormat);
  if (sourceBucket === '') return problemOf('no sourceBucket');
  if (!(createdMs > 0 && createdMs < TIME_MS_MAX)) return problemOf('no creationTimestamp');
  if (encoding === undefined)
    return problemOf(`fileFormat is not CSV, ORC or Parquet, got "${shown(fileFormat)}"`);
  if (!Array.isArray(files) || files.length > FILES_MAX)
    return problemOf(`no list of up to ${FILES_MAX} files`);
  const known = files.map(fileOf);
  if (!known.every((file) => file !== undefined)) return problemOf('a file without a key');
  const rows = layoutOf(encoding, typeof fileSchema === 'string' ? fileSchema : '');
  if (rows.order !== undefined && !rows.order.includes('key')) return problemOf('a fileSchema without Key');
  return { sourceBucket, createdMs: Math.round(createdMs), rows, files: known };
}

/** The layout of Parquet and ORC is in the files; that of CSV in the schema of the manifest. */
export function layoutOf(encoding: RowEncoding, fileSchema = ''): RowLayout {
  return { encoding, columns: COLUMNS, ...(encoding === 'csv' ? { order: orderOf(fileSchema) } : {}) };
}

/** How a data file reads by its name alone: Parquet and ORC tell the rest themselves. */
export function layoutOfName(name: string): RowLayout | undefined {
  const encoding = encodingOf(/\.(parquet|orc)$/.exec(name)?.[1]);
  return encoding === undefined ? undefined : layoutOf(encoding);
}

/** What a report's data files are described by. */
export function describe(report: ReportName, rows: RowLayout): BatchDescription {
  return {
    rows,
    params: {
      report: `${report.sourceBucket}/${report.configId}`,
      report_time: report.createdMs,
      source_bucket: report.sourceBucket,
      is_key_encoded: rows.encoding === 'csv' ? 1 : 0,
    },
  };
}

export interface ReportName {
  readonly sourceBucket: string;
  readonly configId: string;
  readonly createdMs: number;
}

/** The names of a CSV schema as columns of ours; empty for what this version does not know. */
function orderOf(fileSchema: string): string[] {
  const byName = new Map(COLUMNS.map((name) => [name.replaceAll('_', ''), name]));
  return fileSchema.split(',').map((name) => byName.get(name.trim().toLowerCase().replaceAll('_', '')) ?? '');
}

/** The name of a bucket that may be given by its ARN. */
function nameOf(bucket: unknown): string {
  return typeof bucket === 'string' ? bucket.replace(/^arn:[^:]*:s3:::/, '') : '';
}

function encodingOf(fileFormat: unknown): RowEncoding | undefined {
  const name = typeof fileFormat === 'string' ? fileFormat.toLowerCase() : '';
  return name === 'csv' || name === 'parquet' || name === 'orc' ? name : undefined;
}

function fileOf(file: unknown): ManifestFile | undefined {
  const { key, size, MD5checksum: md5 } = (file ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof key !== 'string' || key === '') return undefined;
  return {
    key,
    ...(Number.isSafeInteger(size) ? { sizeBytes: Number(size) } : {}),
    ...(typeof md5 === 'string' && /^[0-9a-f]{32}$/i.test(md5) ? { md5: md5.toLowerCase() } : {}),
  };
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function problemOf(what: string): { readonly problem: string } {
  return { problem: `no manifest of an inventory report: ${what}` };
}

function shown(value: unknown): string {
  return String(value).slice(0, 100);
}
