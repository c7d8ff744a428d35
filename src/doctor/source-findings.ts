/** Sources that are read over the network, asked with requests that change nothing. */
import type { SourceConfig } from '../config/schema.ts';
import type { CloudWatch } from '../s3/cloudwatch.ts';
import type { Queue } from '../s3/queue.ts';
import type { S3Reader } from '../s3/s3.ts';
import { type Finding, tried } from './finding.ts';
import { placeOf, QUEUE_ACTIONS, queueArn } from './needs.ts';

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

/** Asks a queue for its depth. Receiving would count as a delivery, so it is named and left. */
export async function queueFindings(
  source: Extract<SourceConfig, { kind: 'queue' }>,
  { queue, signal }: { readonly queue: Queue; readonly signal: AbortSignal },
): Promise<Finding[]> {
  const resource = queueArn(source);
  const action = 'sqs:GetQueueAttributes';
  let deadLetters: Finding[] = [];
  const check = `source ${source.name}: ${action}`;
  const depth = await tried({ check, action, resource, isNeeded: true }, async () => {
    const { deadLetterQueue, deadLetters: count } = await queue.depth(signal);
    if (deadLetterQueue !== undefined && count === undefined)
      deadLetters = [unread(source.name, deadLetterQueue)];
  });
  const untried: Finding = {
    check: `source ${source.name}: ${QUEUE_ACTIONS.join(', ')}`,
    result: 'untried',
    sentence: 'Not tried: to receive a message counts as a delivery of it.',
    firstStep: `Have them granted on ${resource}; serve says when one is refused.`,
    isNeeded: true,
  };
  return [depth, ...deadLetters, untried];
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

/** Lists metrics, which costs what one reading costs; data is asked for by `serve` alone. */
export async function metricsFindings(
  name: string,
  { cloudWatch, signal }: { readonly cloudWatch: CloudWatch; readonly signal: AbortSignal },
): Promise<Finding[]> {
  const action = 'cloudwatch:ListMetrics';
  const list = await tried(
    { check: `source ${name}: ${action}`, action, resource: '*', isNeeded: true },
    () => cloudWatch.list(signal),
  );
  const data: Finding = {
    check: `source ${name}: cloudwatch:GetMetricData`,
    result: 'untried',
    sentence: 'Not tried: AWS charges for each metric that is read.',
    firstStep: 'Have it granted on *; serve says when it is refused.',
    isNeeded: true,
  };
  return [list, data];
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
