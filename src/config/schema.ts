/** The configuration: every field, its default and its unit. An empty file is valid. */
import { z } from 'zod';
import { DEFAULT_PARSE_PARAMS, FORMAT_NAMES } from '../formats/format.ts';
import { DEFAULT_INTAKE_LIMITS } from '../intake/limits.ts';
import { metricProblems } from './alarm-problems.ts';
import { alarms } from './alarms.ts';
import { backups } from './backups.ts';
import { cloudwatch } from './cloudwatch.ts';
import { health } from './health.ts';
import { identity } from './identity.ts';
import { notify } from './notify.ts';
import { duration, durationIfAny, size } from './units.ts';

const format = z
  .enum(FORMAT_NAMES)
  .optional()
  .describe('How the batches read; guessed from their beginning when absent.');

const namespace = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'is not of letters, digits, dots, dashes and underscores')
  .optional();

const eventsNamespace = namespace.describe(
  'Of the store whose events or reports these are: bucket ids become <namespace>:<bucket>. Only for those.',
);

/** Records of other formats go to the engine as they are, which does not know whose they are. */
function isOfEvents({
  namespace: name,
  format: given,
}: {
  namespace?: string | undefined;
  format?: string | undefined;
}): boolean {
  return name === undefined || given === 's3-event' || given === 'inventory';
}

const NEEDS_EVENTS = { message: 'needs format: s3-event or inventory', path: ['namespace'] };

const filesSource = z
  .strictObject({
    kind: z.literal('files'),
    name: z.string().min(1).describe('Unique name, shown on the page.'),
    path: z.string().min(1).describe('A file, a folder (with all below it) or a glob.'),
    format,
    namespace: eventsNamespace,
    poll: duration('2s', 'How often the folder is looked at.'),
  })
  .refine(isOfEvents, NEEDS_EVENTS);

const bucketSource = z
  .strictObject({
    kind: z.literal('bucket-listing'),
    name: z.string().min(1).describe('Unique name, shown on the page.'),
    uri: z
      .string()
      .regex(/^s3:\/\/[^/]+(\/.*)?$/, 'is not an s3://bucket/prefix/ URI')
      .describe('Where the logs are: s3://bucket/prefix/.'),
    format,
    namespace: eventsNamespace,
    region: z.string().optional().describe('Region of the bucket; found out when absent.'),
    endpoint: z.url().optional().describe('Endpoint of a store other than AWS.'),
    path_style: z
      .boolean()
      .optional()
      .describe('Bucket in the path instead of the host name; default: yes with an endpoint.'),
    ...identity,
    poll: duration('1m', 'How often the bucket is listed.'),
    overlap: duration('15m', 'How far behind the newest key late keys are still looked for.'),
    since: duration('3650d', 'Objects older than this when first listed are left alone.'),
  })
  .refine(isOfEvents, NEEDS_EVENTS);

const store = z.strictObject({
  name: z.string().min(1).describe('Unique name, shown on the page.'),
  endpoint: z.url().optional().describe('Endpoint of a store other than AWS.'),
  region: z.string().optional().describe('Region to ask first; buckets elsewhere are followed to theirs.'),
  path_style: z
    .boolean()
    .optional()
    .describe('Bucket in the path instead of the host name; default: yes with an endpoint.'),
  ...identity,
  namespace: namespace.describe(
    'Makes bucket ids <namespace>:<bucket>, for stores with buckets of one name.',
  ),
  buckets: z
    .array(z.string().min(1))
    .min(1)
    .default(['*'])
    .describe('Which buckets are watched: names with * and ?; a leading ! leaves out.'),
  poll: duration('15m', 'How often the buckets and their configurations are read.'),
});

const cloudwatchSource = z.strictObject({
  kind: z.literal('cloudwatch'),
  name: z.string().min(1).describe('Unique name, shown on the page.'),
  region: z.string().min(1).describe('Region of the buckets.'),
  endpoint: z.url().optional().describe('Endpoint other than that of AWS.'),
  ...identity,
  poll: duration('15m', 'How often the metrics are read; AWS charges for each metric of each reading.'),
  overlap: duration('3h', 'How far back they are read again: points come late and change.'),
  since: duration('3d', 'How far back the first reading after a start goes.'),
});

const queueSource = z
  .strictObject({
    kind: z.literal('queue'),
    name: z.string().min(1).describe('Unique name, shown on the page.'),
    url: z.url().optional().describe('URL of the SQS queue; or queue and region are given.'),
    queue: z.string().min(1).optional().describe('Name of the queue, instead of its url.'),
    account_id: z
      .string()
      .regex(/^\d{12}$/, 'is not an account id of 12 digits')
      .optional()
      .describe('Account of a queue given by name, when it is not our own.'),
    messages: z
      .enum(['auto', 'announcements', 'events', 'both'])
      .default('auto')
      .describe(
        'What the messages are: announcements of log objects to fetch, events to store, both of each, or by object.',
      ),
    logs: z
      .array(z.string().regex(/^s3:\/\/[^/]+(\/.*)?$/, 'is not an s3://bucket/prefix/ URI'))
      .default([])
      .describe('Where logs are: s3://bucket/prefix/ each. Without any the key decides.'),
    format,
    namespace: eventsNamespace,
    region: z.string().optional().describe('Region of the queue; read off its url when absent.'),
    endpoint: z.url().optional().describe('Endpoint of a service other than AWS, for queue and objects.'),
    s3_endpoint: z.url().optional().describe('Endpoint for the announced objects, when it is another.'),
    path_style: z
      .boolean()
      .optional()
      .describe('Bucket in the path instead of the host name; default: yes with an endpoint.'),
    ...identity,
    receivers: z.number().int().min(1).max(32).default(4).describe('Long polls at the same time.'),
    visibility: duration(
      '1m',
      'How long a message under way is held at a time; renewed until it is stored.',
    ).refine((ms) => ms >= 10_000 && ms <= 43_200_000, 'is not between 10s and 12h'),
  })
  .refine(({ url, queue }) => (url === undefined) !== (queue === undefined), {
    message: 'needs either url or queue',
    path: ['url'],
  })
  .refine(({ queue, region, endpoint }) => queue === undefined || (region ?? endpoint) !== undefined, {
    message: 'is needed with queue',
    path: ['region'],
  })
  .refine(({ namespace: name, messages }) => name === undefined || messages === 'events', {
    message: 'needs messages: events',
    path: ['namespace'],
  });

const webhookSource = z
  .strictObject({
    kind: z.literal('webhook'),
    name: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,100}$/, 'is not of letters, digits, dots, dashes and underscores')
      .describe('Unique name: the last part of /api/v1/ingest/<name>.'),
    secret: z.string().min(16).describe('What senders have to know; ${ENV} or file: only.'),
    hmac_header: z
      .string()
      .regex(/^[A-Za-z0-9-]+$/, 'is not the name of a header')
      .optional()
      .describe('Header with the HMAC-SHA256 of the body; without it senders show the secret itself.'),
    format: z.enum(FORMAT_NAMES).default('s3-event').describe('How the bodies read.'),
    namespace: eventsNamespace,
  })
  .refine(isOfEvents, NEEDS_EVENTS);

const embeddedEngine = z.strictObject({
  kind: z.literal('embedded'),
  memory: size(1200 * 2 ** 20, 'Ceiling for what the engine allocates.'),
});

const clusterEngine = z.strictObject({
  kind: z.literal('cluster'),
  urls: z.array(z.url()).min(1).describe('HTTP URL of every node.'),
  cluster: z.string().default('default').describe('Name in system.clusters.'),
  database: z.string().default('bucketwatch').describe('Database, made when it does not exist.'),
  username: z.string().optional(),
  password: z.string().optional().describe('${ENV} or file: only.'),
  reader: z
    .strictObject({ username: z.string(), password: z.string().describe('${ENV} or file: only.') })
    .optional()
    .describe("User for people's SQL, who may only select from the database."),
  replicated: z.boolean().default(false).describe('Whether shards have replicas (ReplicatedMergeTree).'),
});

const trailKeys = z.strictObject({
  public_keys: z
    .array(
      z.strictObject({
        fingerprint: z
          .string()
          .regex(/^[0-9a-f]{32}$/, 'is not a fingerprint of 32 hexadecimal digits')
          .describe('As digests name it.'),
        value: z.string().min(1).describe('The key as ListPublicKeys gives it: DER, PKCS #1, in base64.'),
      }),
    )
    .default([])
    .describe('Public keys of CloudTrail, for digests whose keys are not listed.'),
  list: z
    .boolean()
    .default(false)
    .describe('Whether to ask cloudtrail:ListPublicKeys in the region of each trail, once an hour at most.'),
  profile: z.string().optional().describe('Profile of the AWS configuration files.'),
  role_arn: z.string().optional().describe('Role to assume.'),
  endpoint: z.url().optional().describe('Endpoint other than that of AWS.'),
  access_key_id: z.string().optional().describe('Key id, when the usual AWS chain does not apply.'),
  secret_access_key: z.string().optional().describe('Secret of the key; ${ENV} or file: only.'),
});

const bucketId = z
  .string()
  .min(1)
  .max(255)
  .describe('Bucket; of a store with a namespace `<namespace>:<bucket>`.');

const declaredPair = z.strictObject({
  source: bucketId,
  destination: bucketId,
  prefix: z
    .string()
    .max(1024)
    .optional()
    .transform((text) => text ?? '')
    .describe('Keys that are replicated begin with it; default: all.'),
  match_by: z
    .enum(['version', 'key'])
    .default('version')
    .describe(
      'How a copy is recognised: by its version id, or by its key where copies get versions of their own.',
    ),
  target: durationIfAny('Time within which a copy is expected; default: `replication.target`.'),
});

const canary = z
  .strictObject({
    pair: z.string().min(1).optional().describe('Id of the pair: <source>/<destination>/<rule id>.'),
    source: bucketId.optional(),
    destination: bucketId.optional(),
    every: duration('5m', 'How often one is written.'),
    prefix: z
      .string()
      .min(1)
      .max(512)
      .default('.bucketwatch/canary/')
      .describe('Where canaries are written, below the prefix of the pair; nothing else should be there.'),
    remove_at_destination: z
      .boolean()
      .default(false)
      .describe('Whether they are deleted at the destination too, not only at the source.'),
  })
  .refine(
    ({ pair, source, destination }) =>
      pair === undefined
        ? source !== undefined && destination !== undefined
        : (source ?? destination) === undefined,
    { message: 'needs either pair, or source and destination', path: ['pair'] },
  );

const replicationArchive = z.strictObject({
  to: z
    .string()
    .regex(/^(s3:\/\/[^/]+(\/.*)?|[^:]+)$/, 'is neither an s3://bucket/prefix/ URI nor a folder')
    .describe('Where judged versions are written: s3://bucket/prefix/ or a folder.'),
  format: z.enum(['jsonl', 'parquet']).default('jsonl').describe('How they are written.'),
  every: duration('1h', 'How often what is new is written.'),
});

const replication = z.strictObject({
  target: duration('15m', 'Time within which a copy is expected where nothing else says so.'),
  pairs: z
    .array(declaredPair)
    .default([])
    .describe("Pairs beside those of the stores' own replication rules."),
  confirm: z
    .strictObject({
      requests_per_hour: z
        .number()
        .int()
        .min(0)
        .max(1_000_000)
        .default(1000)
        .describe('Most objects looked up an hour (HEAD) to learn what no event told; 0: none.'),
      after: duration('15m', 'How long a version is pending before it is looked up.'),
      listing: duration('15m', 'How often the buckets of declared pairs without events are listed.'),
    })
    .prefault({}),
  canaries: z.array(canary).default([]).describe('Small objects written to see how long they take.'),
  archive: replicationArchive.optional(),
});

const limits = DEFAULT_INTAKE_LIMITS;

const sections = z.strictObject({
  data: z.string().default('./bucketwatch-data').describe('Folder in which everything is kept.'),
  listen: z
    .string()
    .regex(/^.+:\d{1,5}$/, 'is not host:port')
    .default('127.0.0.1:8484')
    .describe('Address of the page and the API. Beyond loopback it requires auth.token.'),
  public_url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Address under which people reach the page, for links in messages.'),
  log: z
    .enum(['silent', 'error', 'warn', 'info', 'debug'])
    .default('info')
    .describe('What goes to standard error.'),
  auth: z
    .strictObject({
      token: z
        .string()
        .min(16)
        .optional()
        .describe('Bearer token for the API and the page; ${ENV} or file: only.'),
    })
    .prefault({}),
  engine: z.discriminatedUnion('kind', [embeddedEngine, clusterEngine]).prefault({ kind: 'embedded' }),
  sources: z
    .array(
      z.discriminatedUnion('kind', [filesSource, bucketSource, queueSource, webhookSource, cloudwatchSource]),
    )
    .default([]),
  estate: z.array(store).default([]),
  replication: replication.prefault({}),
  backups,
  alarms,
  health: health.prefault({}),
  notify,
  cloudwatch: cloudwatch.optional(),
  trail_keys: trailKeys.prefault({}),
  intake: z
    .strictObject({
      spool: size(
        limits.spoolBytes,
        'Fetched bytes waiting to be loaded; at this size sources are held back.',
      ),
      batch: size(limits.batchBytes, 'Largest batch as it arrives; a larger one is rejected.'),
      expanded: size(limits.expandedBytes, 'Largest batch after decompression; a larger one is rejected.'),
      line: size(limits.lineBytes, 'Longest line of a text format; a batch with a longer one is rejected.'),
      document: size(limits.documentBytes, 'Largest CloudTrail file or event message after decompression.'),
      rejected: size(
        limits.rejectedBytes,
        'Bytes kept of rejected batches; beyond it the oldest are dropped.',
      ),
      fetches: z
        .number()
        .int()
        .min(1)
        .max(64)
        .default(limits.fetches)
        .describe('Batches fetched at the same time.'),
    })
    .prefault({}),
  cloudtrail: z
    .strictObject({
      event_sources: z
        .array(z.string().min(1))
        .min(1)
        .default([...DEFAULT_PARSE_PARAMS.event_sources])
        .describe('Services whose events become facts; "*" for all. Others are counted and left out.'),
    })
    .prefault({}),
  retention: z
    .strictObject({
      facts: duration('90d', 'How long requests, calls and object events are kept.'),
      inventory: duration('14d', 'How long reports of inventory are kept; newer ones supersede them.'),
      rollups: duration('400d', 'How long the sums by minute are kept.'),
      rejects: duration('30d', 'How long records that could not be read are kept.'),
    })
    .prefault({}),
});

/** Which metrics there are hangs on what backups call theirs. */
export const configSchema = sections.superRefine((config, context) => {
  for (const { path, message } of metricProblems(config.alarms, { backups: config.backups.metric }))
    context.addIssue({ code: 'custom', path: ['alarms', ...path], message });
});

export type Config = z.output<typeof configSchema>;
export type SourceConfig = Config['sources'][number];
export type StoreConfig = Config['estate'][number];
