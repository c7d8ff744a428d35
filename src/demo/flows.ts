import type { BucketName, CallerName, KeyName } from './company.ts';
import type { DayShapeName } from './day-shape.ts';
import type { OperationName } from './operations.ts';
import type { NonEmpty } from './random.ts';
import type { Outcome } from './request.ts';

/** One kind of everyday traffic: who does what to which objects, how often and when. */
export interface Flow {
  readonly bucket: BucketName;
  readonly caller: CallerName;
  readonly keys: KeyName;
  /** A request, or several that belong together. */
  readonly act: OperationName | 'list' | 'copy' | 'multi-delete' | 'presigned-get' | 'version-get';
  readonly perDay: number;
  readonly shape: DayShapeName;
  readonly outcomes: NonEmpty<Outcome>;
}

function ok(status: number, share = 1): Outcome {
  return { status, errorCode: '-', share };
}

function failed(status: number, errorCode: string, share: number): Outcome {
  return { status, errorCode, share };
}

const BUSY = failed(503, 'SlowDown', 0.0009);
const DENIED = failed(403, 'AccessDenied', 0.002);

const WEB: NonEmpty<Outcome> = [
  ok(200, 0.785),
  ok(304, 0.165),
  failed(404, 'NoSuchKey', 0.028),
  ok(206, 0.012),
  failed(403, 'AccessDenied', 0.009),
  BUSY,
];
const CRAWLED: NonEmpty<Outcome> = [
  ok(200, 0.7),
  failed(404, 'NoSuchKey', 0.2),
  ok(304, 0.08),
  failed(403, 'AccessDenied', 0.02),
];
const READ: NonEmpty<Outcome> = [
  ok(200, 0.985),
  failed(404, 'NoSuchKey', 0.011),
  DENIED,
  BUSY,
  failed(500, 'InternalError', 0.0002),
];
const PROBED: NonEmpty<Outcome> = [ok(200, 0.9), failed(404, 'NoSuchKey', 0.098), DENIED];
const PLAYED: NonEmpty<Outcome> = [ok(206, 0.93), ok(200, 0.05), ok(304, 0.015), BUSY];
const WRITTEN: NonEmpty<Outcome> = [ok(200, 0.997), BUSY, failed(403, 'AccessDenied', 0.0006)];
const FINE: NonEmpty<Outcome> = [ok(200)];
const DELETED: NonEmpty<Outcome> = [ok(204)];
/** What S3 does by itself has no status. */
const UNASKED: NonEmpty<Outcome> = [ok(0)];

// biome-ignore format: a table
export const FLOWS: readonly Flow[] = [
  { bucket: 'web', caller: 'cdn', act: 'REST.GET.OBJECT', keys: 'script', perDay: 1900, shape: 'readers', outcomes: WEB },
  { bucket: 'web', caller: 'cdn', act: 'REST.GET.OBJECT', keys: 'tile', perDay: 2200, shape: 'readers', outcomes: WEB },
  { bucket: 'web', caller: 'visitor', act: 'WEBSITE.GET.OBJECT', keys: 'page', perDay: 1700, shape: 'readers', outcomes: WEB },
  { bucket: 'web', caller: 'visitor', act: 'REST.OPTIONS.PREFLIGHT', keys: 'script', perDay: 150, shape: 'readers', outcomes: FINE },
  { bucket: 'web', caller: 'crawler', act: 'WEBSITE.GET.OBJECT', keys: 'page', perDay: 340, shape: 'steady', outcomes: CRAWLED },
  { bucket: 'web', caller: 'ci', act: 'list', keys: 'script', perDay: 12, shape: 'releases', outcomes: READ },
  { bucket: 'web', caller: 'ci', act: 'REST.PUT.OBJECT', keys: 'script', perDay: 130, shape: 'releases', outcomes: WRITTEN },
  { bucket: 'web', caller: 'ci', act: 'REST.PUT.OBJECT', keys: 'page', perDay: 60, shape: 'releases', outcomes: WRITTEN },

  { bucket: 'lake', caller: 'web-app', act: 'REST.PUT.OBJECT', keys: 'buoy', perDay: 1400, shape: 'steady', outcomes: WRITTEN },
  { bucket: 'lake', caller: 'web-app', act: 'REST.PUT.OBJECT', keys: 'raw', perDay: 620, shape: 'readers', outcomes: WRITTEN },
  { bucket: 'lake', caller: 'etl', act: 'REST.GET.OBJECT', keys: 'raw', perDay: 2000, shape: 'jobs', outcomes: READ },
  { bucket: 'lake', caller: 'etl', act: 'REST.HEAD.OBJECT', keys: 'raw', perDay: 900, shape: 'jobs', outcomes: PROBED },
  { bucket: 'lake', caller: 'etl', act: 'list', keys: 'raw', perDay: 260, shape: 'jobs', outcomes: READ },
  { bucket: 'lake', caller: 'etl', act: 'REST.PUT.OBJECT', keys: 'staging', perDay: 480, shape: 'jobs', outcomes: WRITTEN },
  { bucket: 'lake', caller: 'etl', act: 'REST.PUT.OBJECT', keys: 'curated', perDay: 88, shape: 'jobs', outcomes: WRITTEN },
  { bucket: 'lake', caller: 'etl', act: 'copy', keys: 'curated', perDay: 26, shape: 'jobs', outcomes: FINE },
  { bucket: 'lake', caller: 'etl', act: 'multi-delete', keys: 'staging', perDay: 22, shape: 'jobs', outcomes: FINE },
  { bucket: 'lake', caller: 'etl', act: 'REST.DELETE.OBJECT', keys: 'staging', perDay: 110, shape: 'jobs', outcomes: DELETED },
  { bucket: 'lake', caller: 'analyst', act: 'REST.GET.OBJECT', keys: 'curated', perDay: 700, shape: 'office', outcomes: READ },
  { bucket: 'lake', caller: 'analyst', act: 'list', keys: 'curated', perDay: 130, shape: 'office', outcomes: READ },
  { bucket: 'lake', caller: 'analyst', act: 'REST.PUT.OBJECT', keys: 'query', perDay: 120, shape: 'office', outcomes: WRITTEN },
  { bucket: 'lake', caller: 'lifecycle', act: 'S3.EXPIRE.OBJECT', keys: 'staging', perDay: 190, shape: 'night', outcomes: UNASKED },
  { bucket: 'lake', caller: 'jonas', act: 'REST.GET.OBJECT', keys: 'curated', perDay: 14, shape: 'office', outcomes: READ },

  { bucket: 'media', caller: 'cdn', act: 'REST.GET.OBJECT', keys: 'thumbnail', perDay: 1600, shape: 'readers', outcomes: WEB },
  { bucket: 'media', caller: 'cdn', act: 'REST.GET.OBJECT', keys: 'video', perDay: 430, shape: 'readers', outcomes: PLAYED },
  { bucket: 'media', caller: 'media-app', act: 'REST.GET.OBJECT', keys: 'photo', perDay: 900, shape: 'readers', outcomes: READ },
  { bucket: 'media', caller: 'media-app', act: 'REST.HEAD.OBJECT', keys: 'upload', perDay: 240, shape: 'readers', outcomes: PROBED },
  { bucket: 'media', caller: 'media-app', act: 'REST.GET.OBJECT_TAGGING', keys: 'photo', perDay: 90, shape: 'readers', outcomes: FINE },
  { bucket: 'media', caller: 'media-app', act: 'REST.PUT.OBJECT', keys: 'upload', perDay: 86, shape: 'readers', outcomes: WRITTEN },
  { bucket: 'media', caller: 'media-app', act: 'REST.PUT.OBJECT', keys: 'thumbnail', perDay: 86, shape: 'readers', outcomes: WRITTEN },
  { bucket: 'media', caller: 'media-app', act: 'REST.DELETE.OBJECT', keys: 'upload', perDay: 9, shape: 'readers', outcomes: DELETED },
  { bucket: 'media', caller: 'media-app', act: 'presigned-get', keys: 'photo', perDay: 34, shape: 'office', outcomes: READ },
  { bucket: 'media', caller: 'lifecycle', act: 'S3.TRANSITION_SIA.OBJECT', keys: 'photo', perDay: 60, shape: 'night', outcomes: UNASKED },

  { bucket: 'backups', caller: 'backup', act: 'REST.HEAD.OBJECT', keys: 'archive', perDay: 90, shape: 'jobs', outcomes: PROBED },
  { bucket: 'backups', caller: 'backup', act: 'list', keys: 'archive', perDay: 40, shape: 'jobs', outcomes: READ },
  { bucket: 'backups', caller: 'backup', act: 'version-get', keys: 'archive', perDay: 6, shape: 'office', outcomes: READ },
  { bucket: 'backups', caller: 'lifecycle', act: 'S3.EXPIRE.OBJECT', keys: 'archive', perDay: 5, shape: 'night', outcomes: UNASKED },

  { bucket: 'billing', caller: 'invoice-worker', act: 'REST.PUT.OBJECT', keys: 'invoice', perDay: 66, shape: 'office', outcomes: WRITTEN },
  { bucket: 'billing', caller: 'invoice-worker', act: 'REST.GET.OBJECT', keys: 'ledger', perDay: 80, shape: 'jobs', outcomes: READ },
  { bucket: 'billing', caller: 'web-app', act: 'REST.GET.OBJECT', keys: 'invoice', perDay: 70, shape: 'readers', outcomes: READ },
  { bucket: 'billing', caller: 'dana', act: 'REST.GET.OBJECT', keys: 'ledger', perDay: 7, shape: 'office', outcomes: READ },

  { bucket: 'logs', caller: 'log-delivery', act: 'REST.PUT.OBJECT', keys: 'trail', perDay: 290, shape: 'steady', outcomes: WRITTEN },
  { bucket: 'logs', caller: 'web-app', act: 'REST.PUT.OBJECT', keys: 'log', perDay: 300, shape: 'steady', outcomes: WRITTEN },
  { bucket: 'logs', caller: 'analyst', act: 'REST.GET.OBJECT', keys: 'log', perDay: 110, shape: 'office', outcomes: READ },
  { bucket: 'logs', caller: 'lifecycle', act: 'S3.TRANSITION_SIA.OBJECT', keys: 'log', perDay: 80, shape: 'night', outcomes: UNASKED },
  { bucket: 'logs', caller: 'lifecycle', act: 'S3.EXPIRE.OBJECT', keys: 'trail', perDay: 70, shape: 'night', outcomes: UNASKED },
];
