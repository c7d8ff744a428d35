import { multiDeleteOf } from './acts.ts';
import { ACCOUNT_ID, BUCKETS, type BucketName, type CallerName } from './company.ts';
import type { OperationName } from './operations.ts';
import { integer, mixSeeds, type NonEmpty, pick, type Random, randomOf, seedOfText } from './random.ts';
import { type Outcome, requestOf, type S3Request } from './request.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What goes wrong, and how long before the end of the history. */
export const INCIDENTS = {
  /** The data lake answers slowly and with 503 SlowDown. */
  slowDown: { beforeEndMs: 30 * HOUR_MS, lengthMs: 25 * MINUTE_MS },
  /** One address tries keys that do not exist or are not public. */
  keyScan: { beforeEndMs: 3 * DAY_MS + 2 * HOUR_MS, lengthMs: 18 * MINUTE_MS },
  /** A user deletes a prefix of the data lake. */
  prefixDeleted: { beforeEndMs: 5 * DAY_MS + 4 * HOUR_MS, lengthMs: 3 * MINUTE_MS },
  /** A user opens the media bucket: bucket policy and public access block. */
  bucketOpened: { beforeEndMs: 6 * DAY_MS + HOUR_MS, lengthMs: 5 * MINUTE_MS },
  /** The invoice worker loses its permission on the billing bucket. */
  billingDenied: { beforeEndMs: 7 * HOUR_MS, lengthMs: 40 * MINUTE_MS },
  /** Clients that send what breaks simple parsers. */
  oddClients: { beforeEndMs: 2 * DAY_MS, lengthMs: DAY_MS },
} as const satisfies Record<string, { readonly beforeEndMs: number; readonly lengthMs: number }>;

type IncidentName = keyof typeof INCIDENTS;

/** Requests that only happen because of the incidents, oldest first. */
export function incidentRequests(seed: number, historyEndMs: number): readonly S3Request[] {
  const during = (name: IncidentName, requests: (startMs: number, random: Random) => readonly S3Request[]) =>
    requests(historyEndMs - INCIDENTS[name].beforeEndMs, randomOf(mixSeeds(seed, seedOfText(name))));
  return [
    ...during('slowDown', retriesOf),
    ...during('keyScan', scanOf),
    ...during('prefixDeleted', deletionOf),
    ...during('bucketOpened', openingOf),
    ...during('billingDenied', denialsOf),
    ...during('oddClients', oddRequestsOf),
  ].sort((one, other) => one.timeMs - other.timeMs);
}

/** What the incidents make of everyday requests: some fail, some take longer. */
export function underIncidents(requests: readonly S3Request[], historyEndMs: number): readonly S3Request[] {
  return requests.map((request) => (isSlowedDown(request, historyEndMs) ? slowed(request) : request));
}

const SLOW_DOWN_SHARE = 0.45;
const BUSY: NonEmpty<Outcome> = [
  { status: 503, errorCode: 'SlowDown', share: 0.6 },
  { status: 200, errorCode: '-', share: 0.4 },
];
const DENIED: NonEmpty<Outcome> = [{ status: 403, errorCode: 'AccessDenied', share: 1 }];
const MISSING: NonEmpty<Outcome> = [{ status: 404, errorCode: 'NoSuchKey', share: 1 }];
const FINE: NonEmpty<Outcome> = [{ status: 200, errorCode: '-', share: 1 }];

function isDuring(name: IncidentName, timeMs: number, historyEndMs: number): boolean {
  const startMs = historyEndMs - INCIDENTS[name].beforeEndMs;
  return timeMs >= startMs && timeMs < startMs + INCIDENTS[name].lengthMs;
}

function isSlowedDown(request: S3Request, historyEndMs: number): boolean {
  return (
    request.bucket === 'lake' &&
    request.turnAroundTimeMs >= 0 &&
    isDuring('slowDown', request.timeMs, historyEndMs)
  );
}

function slowed(request: S3Request): S3Request {
  const random = randomOf(seedOfText(request.requestId));
  const addedMs = integer(random, 300, 4200);
  const waited = {
    ...request,
    totalTimeMs: request.totalTimeMs + addedMs,
    turnAroundTimeMs: request.turnAroundTimeMs + Math.floor(addedMs * 0.9),
  };
  if (random() > SLOW_DOWN_SHARE) return waited;
  return { ...waited, status: 503, errorCode: 'SlowDown', bytesSent: 361, objectSizeBytes: -1 };
}

function retriesOf(startMs: number, random: Random): readonly S3Request[] {
  const operations: NonEmpty<OperationName> = [
    'REST.GET.OBJECT',
    'REST.GET.OBJECT',
    'REST.PUT.OBJECT',
    'REST.HEAD.OBJECT',
  ];
  return spread(640, INCIDENTS.slowDown.lengthMs, random).map((afterMs) => {
    const key = `raw/clickstream/replay/part-${integer(random, 0, 400).toString(10).padStart(5, '0')}.json.gz`;
    const plan = {
      timeMs: startMs + afterMs,
      bucket: 'lake',
      caller: 'etl',
      key,
      sizeBytes: 4_100_000,
    } as const;
    return slowed(requestOf({ ...plan, operation: pick(random, operations), outcomes: BUSY }, random));
  });
}

const SCANNED = [
  '.env',
  '.git/config',
  'wp-login.php',
  'backup.zip',
  'db.sql.gz',
  'admin/config.yml',
  'id_rsa',
  'users.csv',
];

function scanOf(startMs: number, random: Random): readonly S3Request[] {
  const buckets: NonEmpty<BucketName> = ['web', 'web', 'media', 'billing'];
  return spread(920, INCIDENTS.keyScan.lengthMs, random).map((afterMs, index) => {
    const bucket = pick(random, buckets);
    const key = `${['', 'old/', 'backup/', 'static/', 'dump/'][index % 5] ?? ''}${SCANNED[index % SCANNED.length] ?? ''}`;
    const outcomes = bucket === 'web' ? MISSING : DENIED;
    const plan = {
      timeMs: startMs + afterMs,
      bucket,
      caller: 'scanner',
      key,
      sizeBytes: 0,
      outcomes,
    } as const;
    return requestOf({ ...plan, operation: 'REST.GET.OBJECT' }, random);
  });
}

const DELETED_COUNT = 240;

function deletionOf(startMs: number, random: Random): readonly S3Request[] {
  const objects = Array.from({ length: DELETED_COUNT }, (_, index) => ({
    key: `curated/harbour-reports/2024/part-${index.toString(10).padStart(5, '0')}.snappy.parquet`,
    sizeBytes: integer(random, 900_000, 42_000_000),
  }));
  const by = { bucket: 'lake', caller: 'jonas', outcomes: FINE } as const;
  const listed = requestOf(
    { ...by, timeMs: startMs, operation: 'REST.GET.BUCKET', key: '', sizeBytes: 71_000 },
    random,
  );
  const target = '/?list-type=2&prefix=curated%2Fharbour-reports%2F2024%2F&max-keys=1000';
  const client = { remoteIp: '203.0.113.41', userAgent: listed.userAgent };
  return [{ ...listed, target }, ...multiDeleteOf({ ...by, timeMs: startMs + 64_000 }, objects, random)].map(
    (request) => ({
      ...request,
      ...client,
    }),
  );
}

function openingOf(startMs: number, random: Random): readonly S3Request[] {
  const change = (
    afterMs: number,
    operation: OperationName,
    settings: Readonly<Record<string, unknown>>,
  ): S3Request => {
    const plan = {
      timeMs: startMs + afterMs,
      bucket: 'media',
      caller: 'dana',
      operation,
      key: '',
      sizeBytes: 0,
    } as const;
    const request = requestOf({ ...plan, outcomes: FINE }, random);
    return { ...request, settings, remoteIp: '203.0.113.24', userAgent: 'S3Console/0.4, aws-internal/3' };
  };
  const bucketArn = `arn:aws:s3:::${BUCKETS.media.name}`;
  return [
    change(0, 'REST.GET.BUCKETPOLICY', {}),
    change(52_000, 'REST.PUT.PUBLIC_ACCESS_BLOCK', {
      PublicAccessBlockConfiguration: {
        xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/',
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: false,
        RestrictPublicBuckets: false,
      },
    }),
    change(171_000, 'REST.PUT.BUCKETPOLICY', {
      bucketPolicy: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'App',
            Effect: 'Allow',
            Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:role/nimbus-media-app` },
            Action: 's3:*',
            Resource: `${bucketArn}/*`,
          },
          {
            Sid: 'PressKit',
            Effect: 'Allow',
            Principal: '*',
            Action: 's3:GetObject',
            Resource: `${bucketArn}/photos/*`,
          },
        ],
      },
    }),
  ];
}

function denialsOf(startMs: number, random: Random): readonly S3Request[] {
  const operations: NonEmpty<OperationName> = ['REST.PUT.OBJECT', 'REST.GET.OBJECT', 'REST.HEAD.OBJECT'];
  return spread(260, INCIDENTS.billingDenied.lengthMs, random).map((afterMs) => {
    const key = `invoices/monthly-run/INV-${integer(random, 20_000, 25_000).toString(10).padStart(6, '0')}.pdf`;
    const plan = {
      timeMs: startMs + afterMs,
      bucket: 'billing',
      caller: 'invoice-worker',
      key,
      sizeBytes: 0,
    } as const;
    return requestOf({ ...plan, operation: pick(random, operations), outcomes: DENIED }, random);
  });
}

function oddRequestsOf(startMs: number, random: Random): readonly S3Request[] {
  const odd = (index: number, caller: CallerName, key: string, change: Partial<S3Request>): S3Request => {
    const plan = {
      timeMs: startMs + index * 97 * MINUTE_MS,
      bucket: 'web',
      caller,
      key,
      sizeBytes: 0,
    } as const;
    return { ...requestOf({ ...plan, operation: 'REST.GET.OBJECT', outcomes: MISSING }, random), ...change };
  };
  const safari = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"';
  return [
    odd(0, 'visitor', 'index.html', { userAgent: safari }),
    odd(1, 'visitor', 'tides.html', { userAgent: safari }),
    odd(2, 'crawler', '"', { target: '/"' }),
    odd(3, 'crawler', 'search', { target: '/search?q="storm surge"' }),
    odd(4, 'crawler', 'cgi-bin/status', {
      referer: '() { :; }; echo; echo "x"',
      userAgent: '() { :; }; echo; echo "x"',
    }),
    odd(5, 'visitor', 'häfen/küste.html', { target: '/häfen/küste.html' }),
    odd(6, 'visitor', 'index.html', { userAgent: '-', target: '/index.html?x-campaign=spring-"tide"' }),
  ];
}

/** Times after the start of something that lasts `lengthMs`, oldest first. */
function spread(count: number, lengthMs: number, random: Random): readonly number[] {
  return Array.from({ length: count }, () => Math.floor(random() * lengthMs)).sort(
    (one, other) => one - other,
  );
}
