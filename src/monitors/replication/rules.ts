/** Replication rules as a bucket has them, as pairs. */
import { listOf, objectIn, objectOf, type Outside, textOf } from '../outside.ts';
import type { PairRule } from './pairs.ts';

export interface FoundRule extends PairRule {
  /** Whether S3 reports failures and metrics of the rule. */
  readonly hasMetrics: boolean;
}

export interface RulesQuery {
  /** Bucket id of the bucket whose document it is. */
  readonly source: string;
  /** JSON as GetBucketReplication gives it. */
  readonly document: string;
  /** Where the rule itself has none. */
  readonly targetSeconds: number;
}

/**
 * One for each rule and destination, in the order of the document; none of a text that is no such document. A rule
 * without an id is named by its place. Of the first version of rules (`Prefix` at the rule) delete markers are taken.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ReplicationRule.html
 */
export function rulesOf(query: RulesQuery): FoundRule[] {
  const document = objectIn(query.document) ?? {};
  const configuration = objectOf(document['ReplicationConfiguration'] ?? document);
  return listOf(configuration['Rules'] ?? configuration['Rule']).flatMap((rule, index) =>
    ruleOf(objectOf(rule), index, { query, role: textOf(configuration['Role']) }),
  );
}

function ruleOf(
  rule: Outside,
  index: number,
  { query, role }: { readonly query: RulesQuery; readonly role: string },
): FoundRule[] {
  const destination = objectOf(rule['Destination']);
  const { source } = query;
  // Older documents of MinIO name the target in Role.
  const target = role.startsWith('arn:minio:') ? role : textOf(destination['Bucket']);
  const bucket = bucketOf(target, namespaceOf(source));
  if (bucket === '') return [];
  const ruleId = textOf(rule['ID']) || `rule-${index + 1}`;
  const isFirstVersion = rule['Filter'] === undefined;
  const metrics = objectOf(destination['Metrics']);
  return [
    {
      id: `${source}/${bucket}/${ruleId}`,
      ruleId,
      source,
      destination: bucket,
      ...filterOf(rule),
      priority: numberOf(rule['Priority']),
      isEnabled: rule['Status'] === 'Enabled',
      isDeclared: false,
      matchBy: 'version',
      takesDeleteMarkers:
        objectOf(rule['DeleteMarkerReplication'])['Status'] === 'Enabled' ||
        (isFirstVersion && rule['DeleteMarkerReplication'] === undefined),
      takesExisting: objectOf(rule['ExistingObjectReplication'])['Status'] === 'Enabled',
      targetSeconds: targetOf(destination) ?? query.targetSeconds,
      hasMetrics: metrics['Status'] === 'Enabled',
    },
  ];
}

/** Minutes of replication time control, when the rule has it, in seconds. */
function targetOf(destination: Outside): number | undefined {
  const control = objectOf(destination['ReplicationTime']);
  const minutes = numberOf(objectOf(control['Time'])['Minutes']);
  return control['Status'] === 'Enabled' && minutes > 0 ? minutes * 60 : undefined;
}

function filterOf(rule: Outside): { prefix: string; tags: Record<string, string> } {
  const filter = objectOf(rule['Filter']);
  const both = objectOf(filter['And']);
  const tags = [
    ...(filter['Tag'] === undefined ? [] : [filter['Tag']]),
    ...listOf(both['Tags'] ?? both['Tag']),
  ].map(objectOf);
  return {
    prefix: textOf(rule['Prefix']) || textOf(filter['Prefix']) || textOf(both['Prefix']),
    tags: Object.fromEntries(tags.map((tag) => [textOf(tag['Key']), textOf(tag['Value'])])),
  };
}

/**
 * The bucket id of a destination: `arn:aws:s3:::name`, `arn:minio:replication:<region>:<id>:name`, or the name itself. A
 * rule's destination is in the source's own namespace, except for those of MinIO, which are remote: their name is taken as it is.
 */
function bucketOf(arn: string, namespace: string): string {
  const name = arn.startsWith('arn:') ? (arn.split(':').at(-1) ?? '').replace(/^.*\//, '') : arn;
  if (name === '' || arn.startsWith('arn:minio:')) return name;
  return namespace === '' ? name : `${namespace}:${name}`;
}

function namespaceOf(bucketId: string): string {
  const colon = bucketId.lastIndexOf(':');
  return colon < 0 ? '' : bucketId.slice(0, colon);
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.trunc(value) : 0;
}
