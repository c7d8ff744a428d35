/** What can be asked about a bucket: the request, the IAM action it needs, and how an answer to just that begins. */
import {
  GetBucketAccelerateConfigurationCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketLoggingCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketReplicationCommand,
  GetBucketRequestPaymentCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetBucketWebsiteCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListBucketInventoryConfigurationsCommand,
  ListBucketMetricsConfigurationsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Fault } from '../lib/fault.ts';

export interface AspectReading {
  /** IAM action. */
  readonly action: string;
  /** The SDK's name of the command. */
  readonly command: string;
  /** How the body of an answer to this question begins: the root element, or the first character of JSON; empty for no body. */
  readonly root: string;
  /** The answer without the SDK's own members; empty when the store says that nothing is configured. */
  readonly ask: (client: S3Client, bucket: string, signal: AbortSignal) => Promise<object>;
}

type Ask = new (input: { Bucket: string; ContinuationToken?: string }) => object;
/** What a client takes: its commands are classes that share no type that says so. */
type Command = Parameters<S3Client['send']>[0];

const PAGES_MAX = 1_000;

function reading(action: string, root: string, Question: Ask): AspectReading {
  return {
    action: `s3:${action}`,
    command: Question.name,
    root,
    ask: async (client, Bucket, abortSignal) =>
      withoutMetadata(await client.send(new Question({ Bucket }) as Command, { abortSignal })),
  };
}

export const ASPECTS = {
  bucket: reading('ListBucket', '', HeadBucketCommand),
  location: reading('GetBucketLocation', 'LocationConstraint', GetBucketLocationCommand),
  versioning: reading('GetBucketVersioning', 'VersioningConfiguration', GetBucketVersioningCommand),
  replication: reading(
    'GetReplicationConfiguration',
    'ReplicationConfiguration',
    GetBucketReplicationCommand,
  ),
  lifecycle: reading(
    'GetLifecycleConfiguration',
    'LifecycleConfiguration',
    GetBucketLifecycleConfigurationCommand,
  ),
  encryption: reading(
    'GetEncryptionConfiguration',
    'ServerSideEncryptionConfiguration',
    GetBucketEncryptionCommand,
  ),
  object_lock: reading(
    'GetBucketObjectLockConfiguration',
    'ObjectLockConfiguration',
    GetObjectLockConfigurationCommand,
  ),
  notification: reading(
    'GetBucketNotification',
    'NotificationConfiguration',
    GetBucketNotificationConfigurationCommand,
  ),
  policy: policy(reading('GetBucketPolicy', '{', GetBucketPolicyCommand)),
  policy_status: reading('GetBucketPolicyStatus', 'PolicyStatus', GetBucketPolicyStatusCommand),
  acl: reading('GetBucketAcl', 'AccessControlPolicy', GetBucketAclCommand),
  public_access_block: reading(
    'GetBucketPublicAccessBlock',
    'PublicAccessBlockConfiguration',
    GetPublicAccessBlockCommand,
  ),
  ownership_controls: reading(
    'GetBucketOwnershipControls',
    'OwnershipControls',
    GetBucketOwnershipControlsCommand,
  ),
  logging: reading('GetBucketLogging', 'BucketLoggingStatus', GetBucketLoggingCommand),
  tagging: reading('GetBucketTagging', 'Tagging', GetBucketTaggingCommand),
  website: reading('GetBucketWebsite', 'WebsiteConfiguration', GetBucketWebsiteCommand),
  cors: reading('GetBucketCORS', 'CORSConfiguration', GetBucketCorsCommand),
  inventory: paged(
    reading(
      'GetInventoryConfiguration',
      'ListInventoryConfigurationsResult',
      ListBucketInventoryConfigurationsCommand,
    ),
    ListBucketInventoryConfigurationsCommand,
    'InventoryConfigurationList',
  ),
  metrics: paged(
    reading(
      'GetMetricsConfiguration',
      'ListMetricsConfigurationsResult',
      ListBucketMetricsConfigurationsCommand,
    ),
    ListBucketMetricsConfigurationsCommand,
    'MetricsConfigurationList',
  ),
  accelerate: reading(
    'GetAccelerateConfiguration',
    'AccelerateConfiguration',
    GetBucketAccelerateConfigurationCommand,
  ),
  request_payment: reading(
    'GetBucketRequestPayment',
    'RequestPaymentConfiguration',
    GetBucketRequestPaymentCommand,
  ),
} as const satisfies Readonly<Record<string, AspectReading>>;

export type Aspect = keyof typeof ASPECTS;

/** In the order in which a bucket is asked. */
export const ASPECT_NAMES = Object.keys(ASPECTS) as readonly Aspect[];

interface ConfigurationPage {
  readonly IsTruncated?: boolean;
  readonly NextContinuationToken?: string;
  readonly [list: string]: unknown;
}

/** The configurations of all pages, in the store's order. */
function paged(first: AspectReading, Question: Ask, list: string): AspectReading {
  return {
    ...first,
    ask: async (client, Bucket, abortSignal) => {
      const configurations: unknown[] = [];
      let token: string | undefined;
      for (let pages = 0; pages < PAGES_MAX; pages += 1) {
        const question = new Question({
          Bucket,
          ...(token === undefined ? {} : { ContinuationToken: token }),
        });
        const page = (await client.send(question as Command, { abortSignal })) as object as ConfigurationPage;
        const found = page[list];
        if (Array.isArray(found)) configurations.push(...(found as unknown[]));
        token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
        if (token === undefined) return configurations.length === 0 ? {} : { [list]: configurations };
      }
      throw new Fault('limit', `Cannot read ${list}: it has more than ${PAGES_MAX} pages.`);
    },
  };
}

/** The policy itself; one that is no JSON object stays the text it is. */
function policy(text: AspectReading): AspectReading {
  return {
    ...text,
    ask: async (client, bucket, signal) => {
      const answer = await text.ask(client, bucket, signal);
      const document =
        'Policy' in answer && typeof answer.Policy === 'string' ? parsed(answer.Policy) : undefined;
      return typeof document === 'object' && document !== null ? document : answer;
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function withoutMetadata(answer: object): object {
  const ours = new Set(['$metadata', 'RequestCharged']);
  return Object.fromEntries(
    Object.entries(answer).filter(([name, value]) => !ours.has(name) && value !== undefined),
  );
}
