import { BUCKET_NAMES, CALLERS, KEYS, REFERERS, REGION, type KeyPattern } from './company.ts';
import type { Flow } from './flows.ts';
import type { OperationName } from './operations.ts';
import {
  alphanumeric,
  hexLower,
  integer,
  logNormal,
  type NonEmpty,
  pick,
  type Random,
  randomOf,
} from './random.ts';
import { type Outcome, type RequestPlan, requestOf, type S3Request } from './request.ts';
import { pathOf } from './uri.ts';
import { compactTime, dayPath, hourOf } from './times.ts';

const ANSWERED: NonEmpty<Outcome> = [{ status: 200, errorCode: '-', share: 1 }];
const GONE: NonEmpty<Outcome> = [{ status: 204, errorCode: '-', share: 1 }];

/** The requests of one occurrence of a flow, oldest first, all within a minute. */
export function actOf(flow: Flow, timeMs: number, random: Random): readonly S3Request[] {
  const object = objectOf(KEYS[flow.keys], timeMs, random);
  const plan = { timeMs, bucket: flow.bucket, caller: flow.caller, outcomes: flow.outcomes, ...object };
  switch (flow.act) {
    case 'list':
      return [listOf(plan, random)];
    case 'copy':
      return copyOf(plan, random);
    case 'multi-delete':
      return multiDeleteOf(plan, objectsOf(flow, timeMs, random), random);
    case 'presigned-get':
      return [presignedOf(plan, random)];
    case 'version-get':
      return [versionOf(plan, random)];
    case 'WEBSITE.GET.OBJECT':
    case 'REST.OPTIONS.PREFLIGHT':
      return [{ ...requestOf({ ...plan, operation: flow.act }, random), referer: pick(random, REFERERS) }];
    default:
      return [requestOf({ ...plan, operation: flow.act }, random)];
  }
}

/** A multi-delete of the given objects: the request's own row, then one of the same request id for each key. */
export function multiDeleteOf(
  plan: Omit<RequestPlan, 'operation' | 'key' | 'sizeBytes'>,
  objects: readonly KeyedObject[],
  random: Random,
): readonly S3Request[] {
  const size = objects.length * 62;
  const request = requestOf(
    { ...plan, operation: 'REST.POST.MULTI_OBJECT_DELETE', key: '', sizeBytes: 0, outcomes: ANSWERED },
    random,
  );
  const { requestId, session, remoteIp } = request;
  const rows = objects.map((object) => ({
    ...requestOf({ ...plan, ...object, operation: 'BATCH.DELETE.OBJECT', outcomes: GONE }, random),
    requestId,
    session,
    remoteIp,
  }));
  return [{ ...request, bytesSent: 180 + size, totalTimeMs: 40 + objects.length * 3 }, ...rows];
}

/** A file of a backup on its way into the bucket. */
export interface BackupUpload {
  readonly key: string;
  readonly sizeBytes: number;
  /** When all of it is sent. */
  readonly doneMs: number;
  readonly tool: 'pgbackrest' | 'restic';
}

const PART_BYTES = 48_000_000;
const PARTS_MAX = 32;
const PART_MS = 13_000;

/** The upload of a backup, a large one in parts; takes less than eight minutes. */
export function uploadOf(upload: BackupUpload, random: Random): readonly S3Request[] {
  const { key, sizeBytes, doneMs, tool } = upload;
  const [pgBackRest, restic] = CALLERS.backup.agents;
  const step = (beforeMs: number, operation: OperationName, bytes: number, query: string): S3Request => {
    const plan = { timeMs: doneMs - beforeMs, bucket: 'backups', caller: 'backup', operation, key } as const;
    const request = requestOf({ ...plan, sizeBytes: bytes, outcomes: ANSWERED }, random);
    const target = query === '' ? '' : `${pathOf(key)}?${query}`;
    return { ...request, session: tool, userAgent: tool === 'restic' ? (restic ?? '') : pgBackRest, target };
  };
  if (sizeBytes <= PART_BYTES) return [step(1500, 'REST.PUT.OBJECT', sizeBytes, '')];
  const partCount = Math.min(PARTS_MAX, Math.ceil(sizeBytes / PART_BYTES));
  const uploadId = alphanumeric(random, 48);
  const parts = Array.from({ length: partCount }, (_, index) =>
    step(
      (partCount - index) * PART_MS,
      'REST.PUT.PART',
      Math.ceil(sizeBytes / partCount),
      `partNumber=${(index + 1).toString(10)}&uploadId=${uploadId}`,
    ),
  );
  return [
    step(partCount * PART_MS + 900, 'REST.POST.UPLOADS', 0, 'uploads'),
    ...parts,
    step(0, 'REST.POST.UPLOAD', sizeBytes, `uploadId=${uploadId}`),
  ];
}

const SWEPT: readonly OperationName[] = [
  'REST.GET.LOCATION',
  'REST.GET.BUCKETPOLICY',
  'REST.GET.PUBLIC_ACCESS_BLOCK',
  'REST.GET.ACL',
  'REST.GET.VERSIONING',
  'REST.GET.ENCRYPTION',
  'REST.GET.LOGGING_STATUS',
];

/** The security audit's look at the settings of every bucket; takes less than a minute. */
export function auditOf(timeMs: number, random: Random): readonly S3Request[] {
  return BUCKET_NAMES.flatMap((bucket, bucketIndex) =>
    SWEPT.map((operation, index) => {
      const at = timeMs + bucketIndex * 4000 + index * 350;
      const plan = { timeMs: at, bucket, caller: 'audit', operation, key: '', sizeBytes: 300 } as const;
      return requestOf({ ...plan, outcomes: ANSWERED }, random);
    }),
  );
}

interface KeyedObject {
  readonly key: string;
  readonly sizeBytes: number;
}

/** An object of a pattern: low numbers come often, and the same object always has the same size. */
function objectOf(pattern: KeyPattern, timeMs: number, random: Random): KeyedObject {
  const index = Math.floor(pattern.count * random() ** 2.5);
  return {
    key: pattern.keyAt(index, dayPath(timeMs), hourOf(timeMs)),
    sizeBytes: Math.round(logNormal(randomOf(index + pattern.medianBytes), pattern.medianBytes, 0.7)),
  };
}

function objectsOf(flow: Flow, timeMs: number, random: Random): readonly KeyedObject[] {
  return Array.from({ length: integer(random, 4, 14) }, () => objectOf(KEYS[flow.keys], timeMs, random));
}

type ObjectPlan = Omit<RequestPlan, 'operation'>;

function listOf(plan: ObjectPlan, random: Random): S3Request {
  const prefix = plan.key.slice(0, plan.key.lastIndexOf('/') + 1);
  const sizeBytes = integer(random, 900, 280_000);
  return {
    ...requestOf({ ...plan, operation: 'REST.GET.BUCKET', key: '', sizeBytes }, random),
    target: `/?list-type=2&prefix=${encodeURIComponent(prefix)}&max-keys=1000`,
  };
}

function copyOf(plan: ObjectPlan, random: Random): readonly S3Request[] {
  const written = requestOf({ ...plan, operation: 'REST.COPY.OBJECT' }, random);
  const { requestId, session, remoteIp, userAgent } = written;
  const from = objectOf(KEYS.staging, plan.timeMs, random);
  const read = requestOf({ ...plan, key: from.key, operation: 'REST.COPY.OBJECT_GET' }, random);
  return [{ ...read, target: pathOf(plan.key), requestId, session, remoteIp, userAgent }, written];
}

function versionOf(plan: ObjectPlan, random: Random): S3Request {
  const versionId = alphanumeric(random, 32);
  const target = `${pathOf(plan.key)}?versionId=${versionId}`;
  return { ...requestOf({ ...plan, operation: 'REST.GET.OBJECT' }, random), target, versionId };
}

function presignedOf(plan: ObjectPlan, random: Random): S3Request {
  const signed = compactTime(plan.timeMs - integer(random, 1000, 300_000));
  const credential = `ASIAIOSFODNN7EXAMPLE/${signed.slice(0, 8)}/${REGION}/s3/aws4_request`;
  return {
    ...requestOf({ ...plan, operation: 'REST.GET.OBJECT' }, random),
    target:
      `${pathOf(plan.key)}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD` +
      `&X-Amz-Credential=${encodeURIComponent(credential)}&X-Amz-Date=${signed}&X-Amz-Expires=900` +
      `&X-Amz-Signature=${hexLower(random, 64)}&X-Amz-SignedHeaders=host&x-id=GetObject`,
    remoteIp: pick(random, CALLERS.visitor.addresses),
    userAgent: pick(random, CALLERS.visitor.agents),
    referer: pick(random, REFERERS),
    authentication: 'QueryString',
  };
}
