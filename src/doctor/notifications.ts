/** Event notifications of a bucket: what there is, and what it would be with ours. Pure; nothing is ever put. */

interface Rule {
  readonly Id?: string;
  readonly Events?: readonly string[];
  readonly Filter?: {
    readonly Key?: { readonly FilterRules?: readonly { readonly Name?: string; readonly Value?: string }[] };
  };
  readonly [more: string]: unknown;
}

/** As GetBucketNotificationConfiguration gives it, and the AWS CLI takes it. */
export interface NotificationConfiguration {
  readonly TopicConfigurations?: readonly Rule[];
  readonly QueueConfigurations?: readonly Rule[];
  readonly LambdaFunctionConfigurations?: readonly Rule[];
  readonly EventBridgeConfiguration?: object;
}

export interface Merge {
  readonly configuration: NotificationConfiguration;
  /** False when the queue is told of everything already. */
  readonly isChanged: boolean;
  /** Why S3 would refuse it, or what else is to know. */
  readonly notes: readonly string[];
}

/** What the monitors read. */
export const EVENTS = ['s3:ObjectCreated:*', 's3:ObjectRemoved:*', 's3:Replication:*'] as const;
const RULE_ID = 'bucketwatch';

/** Where a bucket tells of its events, in words: `ObjectCreated:* to queue s3-events`. */
export function tellings(configuration: NotificationConfiguration): string[] {
  const rules = [
    ...named(configuration.QueueConfigurations, 'QueueArn', 'queue'),
    ...named(configuration.TopicConfigurations, 'TopicArn', 'topic'),
    ...named(configuration.LambdaFunctionConfigurations, 'LambdaFunctionArn', 'function'),
  ];
  return configuration.EventBridgeConfiguration === undefined
    ? rules
    : [...rules, 'everything to EventBridge'];
}

function named(rules: readonly Rule[] = [], member: string, kind: string): string[] {
  return rules.map((rule) => {
    const arn = rule[member];
    const name = typeof arn === 'string' ? (arn.split(':').at(-1) ?? '') : '';
    const events = (rule.Events ?? []).map((event) => event.replace(/^s3:/, '')).join(', ');
    return `${events} to ${kind} ${name}`;
  });
}

/** What there is, with a rule for our queue added; everything else stays as it is. */
export function mergeNotifications(existing: NotificationConfiguration, queueArn: string): Merge {
  const queues = existing.QueueConfigurations ?? [];
  const ours = queues.filter((rule) => rule['QueueArn'] === queueArn && filterOf(rule) === '');
  const missing = EVENTS.filter((event) => !ours.some((rule) => tells(rule, event)));
  if (missing.length === 0) return { configuration: existing, isChanged: false, notes: [] };
  const rule: Rule = { Id: freeId(existing), QueueArn: queueArn, Events: missing };
  return {
    configuration: { ...existing, QueueConfigurations: [...queues, rule] },
    isChanged: true,
    notes: overlaps(existing, missing),
  };
}

function tells(rule: Rule, event: string): boolean {
  return (rule.Events ?? []).includes(event);
}

/** S3 takes no two rules that tell of one event, whatever their targets. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html */
function overlaps(existing: NotificationConfiguration, events: readonly string[]): string[] {
  const all = rulesOf(existing);
  return all.flatMap((rule) => {
    const both = (rule.Events ?? []).filter((event) => events.some((ours) => isSameKind(event, ours)));
    if (both.length === 0) return [];
    const name = rule.Id === undefined ? 'A rule without an id' : `The rule ${rule.Id}`;
    return [
      `${name} tells of ${both.join(', ')} already, and S3 takes no two rules that overlap: send its target on to the queue ` +
        '(a topic with two subscribers, or EventBridge) instead of adding this one.',
    ];
  });
}

function rulesOf(configuration: NotificationConfiguration): Rule[] {
  const { TopicConfigurations, QueueConfigurations, LambdaFunctionConfigurations } = configuration;
  return [TopicConfigurations, QueueConfigurations, LambdaFunctionConfigurations].flatMap(
    (rules) => rules ?? [],
  );
}

/** `s3:ObjectCreated:Put` and `s3:ObjectCreated:*`. */
function isSameKind(a: string, b: string): boolean {
  const [shorter, longer] = [a, b]
    .map((event) => event.replace(/\*$/, ''))
    .sort((x, y) => x.length - y.length);
  return longer?.startsWith(shorter ?? '') ?? false;
}

function filterOf({ Filter: filter }: Rule): string {
  const rules = filter?.Key?.FilterRules ?? [];
  return rules
    .map(({ Value: value = '' }) => value)
    .filter((value) => value !== '')
    .join();
}

function freeId(existing: NotificationConfiguration): string {
  const taken = new Set(rulesOf(existing).map(({ Id: id }) => id));
  for (let number = 1; number <= taken.size; number += 1) {
    const id = number === 1 ? RULE_ID : `${RULE_ID}-${number}`;
    if (!taken.has(id)) return id;
  }
  return taken.size === 0 ? RULE_ID : `${RULE_ID}-${taken.size + 1}`;
}
