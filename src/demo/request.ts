import { ACCOUNT_ID, BUCKETS, CALLERS, type BucketName, type Caller, type CallerName } from './company.ts';
import { OPERATIONS, type Operation, type OperationName } from './operations.ts';
import {
  alphanumeric,
  hexUpper,
  integer,
  logNormal,
  type NonEmpty,
  pick,
  type Random,
  randomOf,
} from './random.ts';

/** One request as S3 saw it; the access log, CloudTrail and the notification each show a part of it. */
export interface S3Request {
  readonly timeMs: number;
  readonly bucket: BucketName;
  readonly operation: OperationName;
  readonly caller: CallerName;
  /** Session of a role, else empty. */
  readonly session: string;
  readonly remoteIp: string;
  readonly userAgent: string;
  readonly referer: string;
  readonly requestId: string;
  readonly hostId: string;
  /** The key as people write it; empty when the request is about the bucket. */
  readonly key: string;
  /** Path and query of the URI instead of the ordinary one; empty for the ordinary one. */
  readonly target: string;
  /** The version asked for; `-` for the current one. */
  readonly versionId: string;
  /** 0 when S3 itself acts. */
  readonly status: number;
  /** `-` when there is none. */
  readonly errorCode: string;
  readonly bytesSent: number;
  /** -1 when the log leaves it out. */
  readonly objectSizeBytes: number;
  readonly totalTimeMs: number;
  /** -1 when the log leaves it out. */
  readonly turnAroundTimeMs: number;
  readonly authentication: '' | 'AuthHeader' | 'QueryString';
  /** What a change of the bucket's settings sets, as CloudTrail shows it. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** How a request ends, and how often it does among those of its kind. */
export interface Outcome {
  readonly status: number;
  readonly errorCode: string;
  readonly share: number;
}

/** What is known of a request before its size, its latency and its identity are drawn. */
export interface RequestPlan {
  readonly timeMs: number;
  readonly bucket: BucketName;
  readonly caller: CallerName;
  readonly operation: OperationName;
  readonly key: string;
  readonly sizeBytes: number;
  readonly outcomes: NonEmpty<Outcome>;
}

const ERROR_BODY_BYTES = 283;

/** A pool of pieces of host ids: 40 random characters for each of a quarter of a million lines cost too much. */
const HOST_ID_PIECES: readonly string[] = Array.from({ length: 512 }, (_, index) =>
  alphanumeric(randomOf(index), 25),
);

/** Draws one request from its plan. */
export function requestOf(plan: RequestPlan, random: Random): S3Request {
  const caller = CALLERS[plan.caller];
  const operation = OPERATIONS[plan.operation];
  const outcome = outcomeOf(plan.outcomes, random());
  const sizes = sizesOf(operation, plan, outcome);
  const turnAroundTimeMs = turnAroundOf(operation, outcome, random);
  const transferMs = logNormal(random, Math.max(sizes.transferred, 1) / 42_000, 0.35);
  return {
    timeMs: plan.timeMs,
    bucket: plan.bucket,
    operation: plan.operation,
    caller: plan.caller,
    session: pick(random, caller.sessions),
    remoteIp: pick(random, caller.addresses),
    userAgent: pick(random, caller.agents),
    referer: '-',
    requestId: hexUpper(random, 16),
    hostId: hostIdOf(random),
    key: plan.key,
    target: '',
    versionId: '-',
    status: outcome.status,
    errorCode: outcome.errorCode,
    bytesSent: sizes.sent,
    objectSizeBytes: sizes.object,
    totalTimeMs: operation.method === '' ? -1 : Math.max(1, Math.round(turnAroundTimeMs + transferMs)),
    turnAroundTimeMs: operation.method === '' ? -1 : turnAroundTimeMs,
    authentication: caller.kind === 'anonymous' || plan.caller === 'lifecycle' ? '' : 'AuthHeader',
  };
}

/** Host id (`x-amz-id-2`): 76 characters of base64. */
function hostIdOf(random: Random): string {
  const piece = (): string => HOST_ID_PIECES[integer(random, 0, HOST_ID_PIECES.length)] ?? '';
  return `${piece()}/${piece()}+${piece()}=`.slice(-76);
}

/** The ARN, or other name, under which the access log shows the caller; `-` when anonymous. */
export function requesterOf(request: Pick<S3Request, 'caller' | 'session'>): string {
  const caller = CALLERS[request.caller];
  switch (caller.kind) {
    case 'role':
      return `arn:aws:sts::${ACCOUNT_ID}:assumed-role/${caller.name}/${request.session}`;
    case 'user':
      return `arn:aws:iam::${ACCOUNT_ID}:user/${caller.name}`;
    case 'oai':
      return `arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ${caller.name}`;
    case 'service':
      return caller.name;
    case 'anonymous':
      return '-';
  }
}

/** Whether the request did what it asked for. */
export function isServed(request: S3Request): boolean {
  return request.status < 400;
}

/** The name of the notification S3 sends for the request; empty when it sends none. */
export function eventNameOf(request: S3Request): string {
  const bucket = BUCKETS[request.bucket];
  const operation: Operation = OPERATIONS[request.operation];
  if (operation.event === undefined || bucket.notifies === undefined || !isServed(request)) return '';
  return request.key.startsWith(bucket.notifies.prefix) ? operation.event[bucket.isVersioned ? 1 : 0] : '';
}

/** Whether CloudTrail records the request. */
export function isTrailed(request: S3Request): boolean {
  const operation: Operation = OPERATIONS[request.operation];
  if (operation.call === '') return false;
  if (operation.level === 'bucket') return true;
  const { trail } = BUCKETS[request.bucket];
  if (trail === undefined || (operation.isReadOnly && !trail.withReads)) return false;
  return request.key === '' || request.key.startsWith(trail.prefix);
}

/** The caller behind a request. */
export function callerOf(request: S3Request): Caller {
  return CALLERS[request.caller];
}

function outcomeOf(outcomes: NonEmpty<Outcome>, luck: number): Outcome {
  let left = luck;
  for (const outcome of outcomes) {
    left -= outcome.share;
    if (left < 0) return outcome;
  }
  return outcomes[0];
}

interface Sizes {
  readonly sent: number;
  readonly object: number;
  /** What went over the wire in either direction. */
  readonly transferred: number;
}

function sizesOf(operation: Operation, plan: RequestPlan, outcome: Outcome): Sizes {
  const size = Math.round(plan.sizeBytes);
  if (outcome.status >= 400) {
    const body = operation.method === 'HEAD' ? 0 : ERROR_BODY_BYTES + plan.key.length;
    return { sent: body, object: -1, transferred: body };
  }
  if (outcome.status === 304) return { sent: 0, object: size, transferred: 0 };
  if (operation.level === 'bucket' || plan.key === '') {
    const body = operation.isReadOnly && operation.method === 'GET' ? 240 + size : 0;
    return { sent: body, object: -1, transferred: body };
  }
  if (operation.method === 'GET') {
    const sent = outcome.status === 206 ? Math.max(1, Math.floor(size / 24)) : size;
    return { sent, object: size, transferred: sent };
  }
  return { sent: 0, object: size, transferred: operation.method === 'PUT' ? size : 0 };
}

const TURN_AROUND_MEDIAN_MS: Readonly<Record<string, number>> = {
  GET: 19,
  HEAD: 9,
  PUT: 34,
  POST: 41,
  DELETE: 27,
};

function turnAroundOf(operation: Operation, outcome: Outcome, random: Random): number {
  const median = TURN_AROUND_MEDIAN_MS[operation.method] ?? 12;
  const factor = outcome.status >= 400 || outcome.status === 304 ? 0.6 : 1;
  return Math.max(1, Math.round(logNormal(random, median * factor, 0.55)));
}
