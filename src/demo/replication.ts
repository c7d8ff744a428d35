import { type BucketName, BUCKETS, REGION } from './company.ts';
import { incidentRequests, underIncidents } from './incidents.ts';
import { doneMs, messageOf, notifiedObject, type Notice } from './notification.ts';
import {
  alphanumeric,
  hexLower,
  hexUpper,
  logNormal,
  mixSeeds,
  type Random,
  randomOf,
  seedOfText,
} from './random.ts';
import { PAIRS, type ReplicationPlan } from './replication-plans.ts';
import { eventNameOf, type S3Request } from './request.ts';
import { type Span, trafficTo } from './traffic.ts';

/** A message, and the queue it lies in: one a source bucket, and one for all replicas. */
export interface QueuedMessage {
  readonly timeMs: number;
  readonly queue: string;
  readonly message: string;
}

/** A stretch of an estate's time, and the time its history ends at: incidents are counted back from there. */
export interface ReplicationSpan extends Span {
  readonly historyEndMs: number;
  /** Nothing that was written earlier is replicated. */
  readonly fromMs: number;
}

const REPLICAS = 'replicas';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** After this time without an arrival S3 reports a missed threshold. */
const THRESHOLD_MS = 15 * MINUTE_MS;
/** Nothing takes longer than this, from the write to the last message about it. */
const LONGEST_MS = 5 * HOUR_MS;

/** The lagging pair: replication falls behind by half of the time that passes, until it is this late. */
export const LAG = { beforeEndMs: 6 * HOUR_MS, mostMs: 4 * HOUR_MS } as const;
/** The failing pair: since then the replication role may not use the key of the destination. */
export const KEY_LOST = { beforeEndMs: 74 * HOUR_MS, share: 0.7 } as const;

/**
 * What the buckets of the pairs tell of replication in a span, oldest first: arrivals at destinations, and at
 * sources what failed or took long. How time is cut into spans changes nothing, and nothing is told before it happened.
 */
export function replicationBetween(span: ReplicationSpan): readonly QueuedMessage[] {
  const writtenFromMs = Math.max(span.fromMs, span.startMs - LONGEST_MS);
  return replicatedWrites({ ...span, startMs: writtenFromMs })
    .flatMap(({ plan, request }) => noticesOf(plan, request, span.historyEndMs))
    .filter((notice) => notice.timeMs >= span.startMs && notice.timeMs < span.endMs)
    .sort((one, other) => one.timeMs - other.timeMs)
    .map((notice) => ({
      timeMs: notice.timeMs,
      queue: notice.configurationId === REPLICAS ? 'nimbus-replicas' : notice.bucket,
      message: JSON.stringify(messageOf(notice)),
    }));
}

interface ReplicatedWrite {
  readonly plan: ReplicationPlan;
  readonly request: S3Request;
}

function replicatedWrites(span: ReplicationSpan): readonly ReplicatedWrite[] {
  const sources = new Map<BucketName, ReplicationPlan>(PAIRS.map((plan) => [plan.source, plan]));
  const extra = incidentRequests(span.seed, span.historyEndMs).filter(
    (each) => each.timeMs >= span.startMs && each.timeMs < span.endMs,
  );
  const everyday = underIncidents(trafficTo([...sources.keys()], span), span.historyEndMs);
  return [...everyday, ...extra].flatMap((request) => {
    const plan = sources.get(request.bucket);
    const isWritten = eventNameOf(request).startsWith('ObjectCreated:');
    return plan !== undefined && isWritten && request.key.startsWith(plan.prefix) ? [{ plan, request }] : [];
  });
}

function noticesOf(plan: ReplicationPlan, request: S3Request, historyEndMs: number): readonly Notice[] {
  const random = randomOf(mixSeeds(seedOfText(request.requestId), seedOfText(plan.ruleId)));
  const tookMs = Math.round(Math.min(logNormal(random, plan.medianMs, 0.5), 20 * plan.medianMs));
  const writtenMs = doneMs(request);
  switch (plan.trouble) {
    case 'none':
      return [arrival(plan, request, { timeMs: writtenMs + tookMs, random })];
    case 'lags': {
      const behindMs = writtenMs - (historyEndMs - LAG.beforeEndMs);
      const lateMs = Math.max(0, Math.min(behindMs, LAG.mostMs));
      return lateNotices(plan, request, { timeMs: writtenMs + tookMs + lateMs, random });
    }
    case 'key-lost': {
      const isLost = random() < KEY_LOST.share && writtenMs >= historyEndMs - KEY_LOST.beforeEndMs;
      const when = { timeMs: writtenMs + tookMs, random };
      return [isLost ? failure(plan, request, when) : arrival(plan, request, when)];
    }
  }
}

interface When {
  readonly timeMs: number;
  readonly random: Random;
}

function lateNotices(plan: ReplicationPlan, request: S3Request, when: When): readonly Notice[] {
  const dueMs = doneMs(request) + THRESHOLD_MS;
  if (when.timeMs <= dueMs) return [arrival(plan, request, when)];
  const report = { threshold: THRESHOLD_MS / MINUTE_MS };
  const replicationTime = (when.timeMs - doneMs(request)).toString(10);
  return [
    reported(plan, request, { ...when, timeMs: dueMs, what: 'OperationMissedThreshold', report }),
    arrival(plan, request, when),
    reported(plan, request, {
      ...when,
      what: 'OperationReplicatedAfterThreshold',
      report: { ...report, replicationTime },
    }),
  ];
}

function failure(plan: ReplicationPlan, request: S3Request, when: When): Notice {
  const report = { failureReason: 'DstKmsKeyNotFound' };
  return reported(plan, request, { ...when, what: 'OperationFailedReplication', report });
}

/** The replica has the key, the version id and the ETag of the original. */
function arrival(plan: ReplicationPlan, request: S3Request, when: When): Notice {
  return {
    ...byS3(when),
    eventName: 'ObjectCreated:Put',
    bucket: plan.destination,
    region: plan.destinationRegion,
    configurationId: REPLICAS,
    object: notifiedObject(request),
  };
}

interface Report extends When {
  readonly what: string;
  readonly report: Readonly<Record<string, unknown>>;
}

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
function reported(plan: ReplicationPlan, request: S3Request, { what, report, ...when }: Report): Notice {
  const { sequencer: _, ...object } = notifiedObject(request);
  return {
    ...byS3(when),
    eventName: `Replication:${what}`,
    bucket: BUCKETS[plan.source].name,
    region: REGION,
    configurationId: 'replication',
    object,
    replication: {
      replicationRuleId: plan.ruleId,
      destinationBucket: `arn:aws:s3:::${plan.destination}`,
      s3Operation: 'OBJECT_PUT',
      requestTime: new Date(doneMs(request)).toISOString(),
      ...report,
    },
  };
}

function byS3({
  timeMs,
  random,
}: When): Pick<Notice, 'timeMs' | 'principalId' | 'sourceIp' | 'requestId' | 'hostId'> {
  return {
    timeMs,
    principalId: 's3.amazonaws.com',
    sourceIp: 's3.amazonaws.com',
    requestId: hexUpper(random, 16),
    hostId: `${alphanumeric(random, 43)}/${hexLower(random, 31)}=`,
  };
}
