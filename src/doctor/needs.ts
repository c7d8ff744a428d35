/** Which IAM actions the configuration takes, on which resources, and for what. Pure. */
import { publicationsOf } from '../config/publications.ts';
import type { Config, SourceConfig, StoreConfig } from '../config/schema.ts';
import { ASPECT_NAMES, ASPECTS } from '../s3/aspects.ts';
import { isWatched } from '../s3/names.ts';

export interface Need {
  /** Who asks: sections with the same credentials share a policy. */
  readonly identity: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** What it is for; becomes the statement's Sid. */
  readonly what: string;
  /** Values of condition keys under which it is enough, where the resource cannot say it. */
  readonly condition?: Readonly<Record<string, readonly string[]>>;
}

/** Every need of sources, stores and monitors, in the order of the configuration. */
export function needsOf(config: Config): Need[] {
  return [
    ...config.sources.flatMap(sourceNeeds),
    ...config.estate.flatMap((store) => [
      ...storeNeeds(store),
      ...replicationNeeds(store, config),
      ...canaryNeeds(store, config),
      ...archiveNeeds(store, config),
      ...backupNeeds(store, config),
    ]),
    ...publishNeeds(config),
    ...trailKeyNeeds(config),
    ...topicNeeds(config),
  ].filter(({ resources }) => resources.length > 0);
}

interface IdentitySection {
  readonly name?: string;
  readonly profile?: string | undefined;
  readonly role_arn?: string | undefined;
  readonly access_key_id?: string | undefined;
  readonly endpoint?: string | undefined;
}

/** In words; no key id, though it is no secret. */
export function identityName(section: IdentitySection): string {
  const { role_arn: role, profile, access_key_id: key, endpoint } = section;
  const who =
    role ??
    (profile === undefined ? undefined : `profile ${profile}`) ??
    (key === undefined ? 'the usual AWS chain' : `the key of ${section.name ?? 'trail_keys'}`);
  return endpoint === undefined ? who : `${who} at ${new URL(endpoint).host}`;
}

function sourceNeeds(source: SourceConfig): Need[] {
  switch (source.kind) {
    case 'files':
    case 'webhook':
      return [];
    case 'bucket-listing': {
      const { bucket, prefix } = placeOf(source.uri);
      return logNeeds(identityName(source), [`${bucket}/${prefix}`]);
    }
    case 'cloudwatch':
      return [
        {
          identity: identityName(source),
          actions: ['cloudwatch:ListMetrics', 'cloudwatch:GetMetricData'],
          resources: ['*'],
          what: 'Metrics',
        },
      ];
    case 'queue':
      return queueNeeds(source);
  }
}

type QueueSection = Extract<SourceConfig, { kind: 'queue' }>;

/** What reading, holding and deleting messages takes. */
export const QUEUE_ACTIONS = [
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:ChangeMessageVisibility',
] as const;

function queueNeeds(source: QueueSection): Need[] {
  const identity = identityName(source);
  const places = source.logs.map((uri) => {
    const { bucket, prefix } = placeOf(uri);
    return `${bucket}/${prefix}`;
  });
  const announced = places.length === 0 ? ['*/'] : places;
  return [
    {
      identity,
      actions: [...QUEUE_ACTIONS, 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
      resources: [queueArn(source)],
      what: 'Queue',
    },
    ...(source.messages === 'events' ? [] : logNeeds(identity, announced)),
  ];
}

/** As far as the configuration tells it; `*` for what it does not. */
export function queueArn({ url, queue, region, account_id: account }: QueueSection): string {
  const [, host = '', urlAccount = '*', urlName = '*'] =
    /^https?:\/\/([^/]+)\/(?:queue\/)?([^/]+)\/([^/]+)$/.exec(url ?? '') ?? [];
  const urlRegion = /^(?:sqs\.([a-z0-9-]+)|([a-z0-9-]+)\.queue)\.amazonaws\./
    .exec(host)
    ?.slice(1)
    .find(Boolean);
  return `arn:aws:sqs:${region ?? urlRegion ?? '*'}:${account ?? urlAccount}:${queue ?? urlName}`;
}

function logNeeds(identity: string, places: readonly string[]): Need[] {
  const buckets = places.map((place) => place.slice(0, place.indexOf('/')));
  return [
    { identity, actions: ['s3:ListBucket'], resources: buckets.map(arnOf), what: 'LogBuckets' },
    {
      identity,
      actions: ['s3:GetObject'],
      resources: places.map((place) => `${arnOf(place)}*`),
      what: 'Logs',
    },
  ];
}

function storeNeeds(store: StoreConfig): Need[] {
  const identity = identityName(store);
  const actions = [...new Set(ASPECT_NAMES.map((aspect) => ASPECTS[aspect].action))];
  return [
    { identity, actions: ['s3:ListAllMyBuckets'], resources: ['*'], what: 'Buckets' },
    { identity, actions, resources: patternsOf(store).map(arnOf), what: 'Configurations' },
  ];
}

/** Looks of versions, wherever rules or declared pairs may be. */
function replicationNeeds(store: StoreConfig, { replication }: Config): Need[] {
  if (replication.confirm.requests_per_hour === 0) return [];
  const identity = identityName(store);
  const patterns = patternsOf(store);
  const declared = replication.pairs.flatMap(({ source, destination }) =>
    [source, destination].flatMap((id) => bucketIn(store, id) ?? []),
  );
  return [
    {
      identity,
      actions: ['s3:GetObject', 's3:GetObjectVersion'],
      resources: patterns.map((pattern) => `${arnOf(pattern)}/*`),
      what: 'Looks',
    },
    {
      identity,
      actions: ['s3:ListBucket', 's3:ListBucketVersions'],
      resources: [...new Set(declared)].map(arnOf),
      what: 'Pairs',
    },
  ];
}

function canaryNeeds(store: StoreConfig, { replication }: Config): Need[] {
  const resources = replication.canaries.flatMap(({ pair, source, prefix }) => {
    const bucket = bucketIn(store, source ?? pair?.split('/')[0] ?? '');
    // The prefix of the pair's rule stands before it.
    return bucket === undefined ? [] : [`${arnOf(bucket)}/*${prefix}*`];
  });
  const actions = ['s3:PutObject', 's3:PutObjectTagging', 's3:DeleteObject', 's3:DeleteObjectVersion'];
  return [{ identity: identityName(store), actions, resources, what: 'Canaries' }];
}

function archiveNeeds(store: StoreConfig, { replication }: Config): Need[] {
  const to = replication.archive?.to ?? '';
  if (!to.startsWith('s3://')) return [];
  const { bucket: id, prefix } = placeOf(to);
  const bucket = bucketIn(store, id);
  const resources = bucket === undefined ? [] : [`${arnOf(bucket)}/${prefix}*`];
  return [{ identity: identityName(store), actions: ['s3:PutObject'], resources, what: 'Archive' }];
}

function backupNeeds(store: StoreConfig, { backups }: Config): Need[] {
  const identity = identityName(store);
  const wanted = [...backups.series, ...backups.discover].map(({ bucket }) => bucket);
  const buckets = [...new Set(wanted.flatMap((id) => bucketIn(store, id) ?? []))];
  return [
    {
      identity,
      actions: ['s3:ListBucket', 's3:ListBucketVersions'],
      resources: buckets.map(arnOf),
      what: 'BackupBuckets',
    },
    {
      identity,
      actions: ['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectRetention', 's3:GetObjectLegalHold'],
      resources: buckets.map((bucket) => `${arnOf(bucket)}/*`),
      what: 'Backups',
    },
  ];
}

/** Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html */
function publishNeeds({ cloudwatch, backups }: Config): Need[] {
  if (cloudwatch === undefined) return [];
  const publications = publicationsOf({ cloudwatch, backups });
  return [
    {
      identity: identityName({ name: 'cloudwatch', ...cloudwatch }),
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      what: 'Publish',
      condition: { 'cloudwatch:namespace': [...new Set(publications.map(({ namespace }) => namespace))] },
    },
  ];
}

function trailKeyNeeds({ trail_keys: keys }: Config): Need[] {
  if (!keys.list) return [];
  return [
    {
      identity: identityName(keys),
      actions: ['cloudtrail:ListPublicKeys'],
      resources: ['*'],
      what: 'TrailKeys',
    },
  ];
}

function topicNeeds({ notify }: Config): Need[] {
  return notify.channels.flatMap((channel) =>
    channel.kind === 'sns'
      ? [
          {
            identity: identityName(channel),
            actions: ['sns:Publish'],
            resources: [channel.topic],
            what: 'Topics',
          },
        ]
      : [],
  );
}

/** The name of a bucket id, or pattern of ids, in this store; nothing when it is another's. */
function bucketIn(store: StoreConfig, id: string): string | undefined {
  const colon = id.indexOf(':');
  const [namespace, bucket] = colon < 0 ? ['', id] : [id.slice(0, colon), id.slice(colon + 1)];
  if (namespace !== (store.namespace ?? '') || bucket === '') return undefined;
  return bucket.includes('*') || isWatched(bucket, store.buckets) ? bucket : undefined;
}

/** Patterns of names are patterns of IAM, too. What is left out by `!` IAM cannot leave out of a grant. */
function patternsOf(store: StoreConfig): string[] {
  const taken = store.buckets.filter((pattern) => !pattern.startsWith('!'));
  return taken.length === 0 ? ['*'] : taken;
}

function arnOf(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

/** Bucket and prefix of an `s3://` URI. */
export function placeOf(uri: string): { readonly bucket: string; readonly prefix: string } {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(uri) ?? [];
  return { bucket, prefix };
}
