import type { Migration } from '../engine/migrate.ts';
import { accessLog } from './access-log/format.ts';
import { bucketConfig } from './bucket-config/format.ts';
import { cloudtrail } from './cloudtrail/format.ts';
import { cloudtrailDigest } from './cloudtrail-digest/format.ts';
import type { BatchSample, Format, FormatName } from './format.ts';
import { inventory } from './inventory/format.ts';
import { minioAudit } from './minio-audit/format.ts';
import { REQUESTS_MIGRATIONS } from './requests.ts';
import { objectStatus } from './object-status/format.ts';
import { rgwOpsLog } from './rgw-ops-log/format.ts';
import { s3Event } from './s3-event/format.ts';
import { storeMetrics } from './store-metrics/format.ts';

/** Every format, in the order in which an unnamed batch is offered to them. */
export const FORMATS: readonly Format[] = [
  accessLog,
  cloudtrailDigest,
  cloudtrail,
  s3Event,
  minioAudit,
  rgwOpsLog,
  storeMetrics,
  bucketConfig,
  inventory,
  objectStatus,
];

/** Steps of the schema of all formats, in order. */
export const FORMAT_MIGRATIONS: readonly Migration[] = [
  ...REQUESTS_MIGRATIONS,
  ...FORMATS.flatMap((format) => format.migrations),
];

/** The format of a name from the configuration or the command line. */
export function formatNamed(name: FormatName): Format {
  const format = FORMATS.find((candidate) => candidate.name === name);
  if (format === undefined) throw new Error(`no format ${name}`);
  return format;
}

/** The format of a batch: the named one, or the one beside it that recognises the sample; the first that does when none is named. */
export function guessFormat(sample: BatchSample, named?: FormatName): Format | undefined {
  if (named === undefined) return FORMATS.find((format) => format.recognises(sample));
  return FORMATS.find((format) => format.beside === named && format.recognises(sample)) ?? formatNamed(named);
}
