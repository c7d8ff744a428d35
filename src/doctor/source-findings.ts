/** Sources that are read over the network, asked with requests that change nothing. */
import type { SourceConfig } from '../config/schema.ts';
import type { Clock } from '../lib/clock.ts';
import type { AskedMetric, CloudWatch } from '../s3/cloudwatch.ts';
import type { Queue, QueueDepth } from '../s3/queue.ts';
import type { S3Reader } from '../s3/s3.ts';
import { type Asked, type Finding, ok, tried } from './finding.ts';
import { placeOf, QUEUE_ACTIONS, queueArn } from './needs.ts';
import { sendersOf } from './queue-policy.ts';

/** Lists the place of a source and reads the first byte of one object in it. */
export async function placeFindings(
  { name, uri }: { readonly name: string; readonly uri: string },
  { s3, signal }: { readonly s3: S3Reader; readonly signal: AbortSignal },
): Promise<Finding[]> {
  const { bucket, prefix } = placeOf(uri);
  const arn = `arn:aws:s3:::${bucket}`;
  let key: string | undefined;
  const check = (action: string): string => `source ${name}: ${action}`;
  const list = await tried(
    { check: check('s3:ListBucket'), action: 's3:ListBucket', resource: arn, isNeeded: true },
    async () => {
      const page = await s3.listPage({ bucket, prefix, maxKeys: 10 }, signal);
      key = page.objects.find(({ storageClass }) => !ARCHIVED.has(storageClass))?.key;
    },
  );
  const resource = `${arn}/${prefix}*`;
  const asked = { check: check('s3:GetObject'), action: 's3:GetObject', resource, isNeeded: true };
  if (key === undefined) {
    const sentence = 'Nothing was tried: no object there is known.';
    const firstStep = list.result === 'ok' ? 'Ask again when there are logs.' : 'Mend the listing first.';
    return [list, { check: asked.check, result: 'untried', sentence, firstStep, isNeeded: true }];
  }
  const first = key;
  const get = await tried(asked, async () => {
    const object = await s3.getObject({ bucket, key: first, part: { first: 1 } }, signal);
    for await (const _bytes of object.body);
  });
  const kms = ' For objects encrypted with KMS also kms:Decrypt on the key.';
  return [list, get.result === 'denied' ? { ...get, firstStep: `${get.firstStep}${kms}` } : get];
}

const ARCHIVED: ReadonlySet<string> = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** Of no message: with it a request is refused for what it names where it is allowed, and as denied where it is not. */
const NO_RECEIPT = 'bucketwatch doctor';

/**
 * Asks a queue for its depth, deletes and holds a message that does not exist, and receives where that changes nothing.
 * Source: https://repost.aws/knowledge-center/sqs-receipt-handle-error
 */
export async function queueFindings(
  source: Extract<SourceConfig, { kind: 'queue' }>,
  { queue, signal }: { readonly queue: Queue; readonly signal: AbortSignal },
): Promise<Finding[]> {
  const resource = queueArn(source);
  const asked = (action: string): Asked => ({
    check: `source ${source.name}: ${action}`,
    action,
    resource,
    isNeeded: true,
  });
  const found =
    source.url === undefined ? [await tried(asked('sqs:GetQueueUrl'), () => queue.find(signal))] : [];
  if (found.some(({ result }) => result !== 'ok'))
    return [...found, untried(asked(QUEUE_ACTIONS.join(', ')), 'its URL is not known', 'Mend that first.')];
  let depth: QueueDepth | undefined;
  const attributes = await tried(asked('sqs:GetQueueAttributes'), async () => {
    depth = await queue.depth(signal);
  });
  const unreadName = depth?.deadLetters === undefined ? depth?.deadLetterQueue : undefined;
  return [
    ...found,
    attributes,
    ...(unreadName === undefined ? [] : [unread(source.name, unreadName)]),
    ...(depth === undefined ? [] : [sendersFinding(source.name, depth.policy)]),
    await receiveFinding(asked('sqs:ReceiveMessage'), { queue, depth, signal }),
    await tried(asked('sqs:DeleteMessage'), () => queue.remove([NO_RECEIPT])),
    await tried(asked('sqs:ChangeMessageVisibility'), () => queue.hold([NO_RECEIPT], 0)),
  ];
}

function sendersFinding(source: string, policy: string): Finding {
  const check = `source ${source}: who may send`;
  const senders = sendersOf(policy);
  const who = senders.includes('*') ? 'Anybody whom its conditions admit' : senders.join(', ');
  if (senders.length > 0) return { ...ok(check, `${who} may send to it.`), isNeeded: false };
  return {
    check,
    result: 'warn',
    sentence:
      'Its policy lets no service send to it: neither S3 nor SNS nor EventBridge can tell it of events.',
    firstStep:
      'Allow sqs:SendMessage to s3.amazonaws.com, or to the service that sends, in the policy of the queue.',
    isNeeded: false,
  };
}

interface ReceiveParts {
  readonly queue: Queue;
  /** Undefined when we may not ask. */
  readonly depth: QueueDepth | undefined;
  readonly signal: AbortSignal;
}

/**
 * A message that is received and left counts as one more failed delivery of it, which can take it to the dead-letter queue.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
 */
async function receiveFinding(asked: Asked, { queue, depth, signal }: ReceiveParts): Promise<Finding> {
  if (depth === undefined) return untried(asked, 'what is in the queue is not known', 'Mend that first.');
  const isEmpty = depth.waiting + depth.inFlight + depth.delayed === 0;
  if (depth.deadLetterQueue === undefined || isEmpty) return tried(asked, () => queue.glance(signal));
  const why = `messages wait, and one more delivery can take one of them to ${depth.deadLetterQueue}`;
  return untried(asked, why, `Ask again when it is empty, or have it granted on ${asked.resource}.`);
}

function untried({ check, isNeeded }: Asked, why: string, firstStep: string): Finding {
  return { check, result: 'untried', sentence: `Not tried: ${why}.`, firstStep, isNeeded };
}

function unread(source: string, deadLetterQueue: string): Finding {
  return {
    check: `source ${source}: dead letters`,
    result: 'warn',
    sentence: `How many messages are in ${deadLetterQueue} may not be asked.`,
    firstStep: `Grant sqs:GetQueueAttributes and sqs:GetQueueUrl on ${deadLetterQueue}.`,
    isNeeded: false,
  };
}

/** Lists metrics and reads one that does not exist, which AWS charges as one. */
export async function metricsFindings(
  name: string,
  {
    cloudWatch,
    clock,
    signal,
  }: { readonly cloudWatch: CloudWatch; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Finding[]> {
  const asked = (action: string): Asked => ({
    check: `source ${name}: ${action}`,
    action,
    resource: '*',
    isNeeded: true,
  });
  const endMs = clock.nowMs();
  const range = { startMs: endMs - HOUR_MS, endMs, periodS: HOUR_MS / 1000 };
  return [
    await tried(asked('cloudwatch:ListMetrics'), () => cloudWatch.list(signal)),
    await tried(asked('cloudwatch:GetMetricData'), () =>
      cloudWatch.read({ metrics: [NO_METRIC], ...range }, signal),
    ),
  ];
}

const HOUR_MS = 3_600_000;
const NO_METRIC: AskedMetric = {
  metric: 'AllRequests',
  statistic: 'Sum',
  bucket: 'bucketwatch-doctor',
  filterId: 'bucketwatch-doctor',
  destinationBucket: '',
  ruleId: '',
  storageType: '',
};

/** Names what a channel takes that publishes to a topic: to try it is to tell people something. */
export function topicFinding({ name, topic }: { readonly name: string; readonly topic: string }): Finding {
  const asked = {
    check: `channel ${name}: sns:Publish`,
    action: 'sns:Publish',
    resource: topic,
    isNeeded: true,
  };
  const firstStep = `Have it granted on ${topic}; bucketwatch notify test ${name} sends one.`;
  return untried(asked, 'it would send a message', firstStep);
}

/** What is known of publishing without doing it. */
export function publishFindings(budgetUsd: number | undefined): Finding[] {
  const put: Finding = {
    check: 'cloudwatch: cloudwatch:PutMetricData',
    result: 'untried',
    sentence: 'Not tried: values would be published.',
    firstStep: 'Have it granted on * for the namespaces (doctor --policy); serve says when it is refused.',
    isNeeded: true,
  };
  if (budgetUsd !== undefined) return [put];
  const budget: Finding = {
    check: 'cloudwatch: budget',
    result: 'missing',
    sentence: 'Nothing is sent: cloudwatch.budget does not say what it may cost a month.',
    firstStep: 'See what it would cost (bucketwatch metrics published), and set cloudwatch.budget.',
    isNeeded: true,
  };
  return [put, budget];
}
