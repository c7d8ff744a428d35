/** Reports of S3 Inventory as programs nobody here wrote write them: PyArrow, and Python's own CSV and gzip. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PYARROW_FOLDER } from '../partners.ts';
import { installPackage } from '../python.ts';

const SCRIPT = fileURLToPath(new URL('report.py', import.meta.url));

export const FIELDS = [
  'Bucket',
  'Key',
  'VersionId',
  'IsLatest',
  'IsDeleteMarker',
  'Size',
  'LastModifiedDate',
  'ETag',
  'StorageClass',
  'IsMultipartUploaded',
  'ReplicationStatus',
  'EncryptionStatus',
  'ObjectLockRetainUntilDate',
  'ObjectLockMode',
  'ObjectLockLegalHoldStatus',
  'IntelligentTieringAccessTier',
  'BucketKeyStatus',
  'ChecksumAlgorithm',
] as const;

export type Field = (typeof FIELDS)[number];
export type FileFormat = 'CSV' | 'Parquet' | 'ORC';
/** Values as CSV writes them; keys not encoded. */
export type WrittenRow = Readonly<Partial<Record<Field, string>>>;

export interface ReportSpec {
  readonly root: string;
  readonly format: FileFormat;
  readonly fields?: readonly Field[];
  readonly rows?: number;
  readonly files?: number;
  readonly source?: string;
  readonly config?: string;
  /** `2026-05-03T01:00` */
  readonly time?: string;
  readonly manifest?: boolean;
  readonly future?: boolean;
}

export interface WrittenReport {
  /** Of the inventory configuration: `data/`, `hive/` and the reports by time are in it. */
  readonly folder: string;
  readonly manifestPath: string;
  readonly rows: readonly WrittenRow[];
}

/** Why no reports can be written here, in one line; nothing when they can. */
export function installPyArrow(): string | undefined {
  return installPackage('pyarrow', PYARROW_FOLDER);
}

export function writeReport(spec: ReportSpec): WrittenReport {
  const whole = {
    source: 'media',
    config: 'daily',
    time: '2026-05-03T01:00',
    fields: FIELDS,
    rows: 50,
    files: 2,
    manifest: true,
    ...spec,
  };
  const ran = spawnSync(join(PYARROW_FOLDER, 'bin', 'python'), [SCRIPT, JSON.stringify(whole)], {
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  if (ran.status !== 0) throw new Error(ran.stderr);
  const folder = join(spec.root, 'reports', whole.source, whole.config);
  const manifestPath = join(folder, `${whole.time.replace(':', '-')}Z`, 'manifest.json');
  return { folder, manifestPath, rows: JSON.parse(ran.stdout) as WrittenRow[] };
}
