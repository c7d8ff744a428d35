/**
 * Questions with a name: the analyses of the access log that AWS describes, and who changed the security of a bucket.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-s3-access-logs-to-identify-requests.html
 */
import type { Engine } from '../../engine/engine.ts';
import { Fault } from '../../lib/fault.ts';
import { ACCESS_KINDS } from './access-kinds.ts';
import { CALLS, conditionsOf, type FactTable, REQUESTS } from './facts.ts';
import type { Range } from './range.ts';

export interface Analysis {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Filters of the search by these names. */
  readonly parameters: readonly { readonly name: string; readonly required: boolean }[];
  readonly facts: FactTable;
  readonly condition: string;
  readonly columns: string;
  /** Absent: one row a fact, newest first. */
  readonly groupBy?: string;
}

const ROWS =
  'time, bucket, operation, key, requester, remote_ip, http_status, error_code, bytes_sent, user_agent';
const OPTIONAL_BUCKET = { name: 'bucket', required: false };

/** The nine of the CIS benchmark, then those it leaves out; old and new names of one call. */
const SECURITY_CALLS = [
  'PutBucketAcl',
  'PutBucketPolicy',
  'PutBucketCors',
  'PutBucketLifecycle',
  'PutBucketReplication',
  'DeleteBucketPolicy',
  'DeleteBucketCors',
  'DeleteBucketLifecycle',
  'DeleteBucketReplication',
  'PutBucketLifecycleConfiguration',
  'PutBucketPublicAccessBlock',
  'PutPublicAccessBlock',
  'DeleteBucketPublicAccessBlock',
  'DeletePublicAccessBlock',
  'PutAccountPublicAccessBlock',
  'DeleteAccountPublicAccessBlock',
  'PutBucketOwnershipControls',
  'DeleteBucketOwnershipControls',
  'PutBucketEncryption',
  'DeleteBucketEncryption',
  'PutBucketVersioning',
  'PutBucketLogging',
  'PutBucketNotification',
  'DeleteBucket',
  'PutBucketWebsite',
  'DeleteBucketWebsite',
  'PutObjectLockConfiguration',
  'PutBucketObjectLockConfiguration',
  'PutAccessPointPolicy',
  'DeleteAccessPointPolicy',
  'PutObjectAcl',
];

export const ANALYSES: readonly Analysis[] = [
  {
    name: 'object-deletions',
    title: 'Who deleted an object, and when',
    description: 'Deletions of objects, by requests, by multi-deletes and by lifecycle rules.',
    parameters: [OPTIONAL_BUCKET, { name: 'key', required: false }],
    facts: REQUESTS,
    condition:
      "operation in ('REST.DELETE.OBJECT', 'BATCH.DELETE.OBJECT', 'S3.EXPIRE.OBJECT', 'S3.CREATE.DELETEMARKER')",
    columns: `${ROWS}, version_id`,
  },
  {
    name: 'requester-operations',
    title: 'All operations of a user',
    description: 'Every request of one requester; an ARN ends with user/<name>.',
    parameters: [{ name: 'requester', required: true }, OPTIONAL_BUCKET],
    facts: REQUESTS,
    condition: '1',
    columns: ROWS,
  },
  {
    name: 'key-operations',
    title: 'All operations on an object',
    description: 'Every request for one key.',
    parameters: [{ name: 'key', required: true }, OPTIONAL_BUCKET],
    facts: REQUESTS,
    condition: '1',
    columns: ROWS,
  },
  {
    name: 'bytes-to-address',
    title: 'Bytes sent to an address',
    description: 'What one address was sent, by bucket and operation.',
    parameters: [{ name: 'remote_ip', required: true }, OPTIONAL_BUCKET],
    facts: REQUESTS,
    condition: '1',
    columns: 'bucket, operation, count() as requests, sum(bytes_sent) as bytes',
    groupBy: 'bucket, operation order by bytes desc, bucket, operation',
  },
  {
    name: 'sigv2-requesters',
    title: 'Requesters with signature version 2',
    description: 'Who still signs with version 2, with what program, and when last.',
    parameters: [OPTIONAL_BUCKET],
    facts: REQUESTS,
    condition: ACCESS_KINDS.sigv2.condition,
    columns: 'requester, user_agent, count() as requests, max(time) as last_seen',
    groupBy: 'requester, user_agent order by requests desc, requester, user_agent',
  },
  {
    name: 'readers-and-writers',
    title: 'Who gets and puts objects',
    description: 'Requesters of GET and PUT requests for objects, with how many of each.',
    parameters: [OPTIONAL_BUCKET],
    facts: REQUESTS,
    condition: "operation in ('REST.GET.OBJECT', 'REST.PUT.OBJECT')",
    columns:
      "requester, countIf(operation = 'REST.GET.OBJECT') as gets, countIf(operation = 'REST.PUT.OBJECT') as puts, max(time) as last_seen",
    groupBy: 'requester order by gets + puts desc, requester',
  },
  {
    name: 'anonymous-requests',
    title: 'Anonymous requests',
    description: 'Requests without a requester.',
    parameters: [OPTIONAL_BUCKET],
    facts: REQUESTS,
    condition: ACCESS_KINDS.anonymous.condition,
    columns: ROWS,
  },
  {
    name: 'acl-required',
    title: 'Requests that needed an ACL',
    description: 'What will be refused once ACLs are disabled.',
    parameters: [OPTIONAL_BUCKET],
    facts: REQUESTS,
    condition: ACCESS_KINDS.acl_required.condition,
    columns: ROWS,
  },
  {
    name: 'security-changes',
    title: 'Who changed the security of a bucket',
    description: 'Calls that change policies, ACLs, public access, encryption and the like.',
    parameters: [OPTIONAL_BUCKET, { name: 'principal_arn', required: false }],
    facts: CALLS,
    condition: `event_name in (${SECURITY_CALLS.map((name) => `'${name}'`).join(', ')})`,
    columns:
      'event_time, event_name, bucket, principal_arn, source_ip_address, user_agent, error_code, request_id, request_parameters',
  },
];

export interface AnalysisQuery {
  readonly analysis: Analysis;
  readonly range: Range;
  readonly parameters: Readonly<Record<string, string>>;
  readonly limit: number;
}

/** Throws `not_found` for a name that is none of ours. */
export function analysisNamed(name: string): Analysis {
  const analysis = ANALYSES.find((one) => one.name === name);
  if (analysis !== undefined) return analysis;
  const known = ANALYSES.map((one) => one.name).join(', ');
  throw new Fault('not_found', `Cannot find the analysis: there are ${known}, got "${name}".`);
}

/** Throws `invalid` for a parameter it does not take, or one that it needs and was not given. */
export async function runAnalysis(
  query: AnalysisQuery,
  engine: Engine,
  signal?: AbortSignal,
): Promise<Record<string, unknown>[]> {
  const { analysis, parameters } = query;
  const { facts } = analysis;
  checkParameters(analysis, parameters);
  const params: Record<string, unknown> = {};
  const conditions = conditionsOf({ range: query.range, filters: parameters }, facts, params);
  const order =
    analysis.groupBy === undefined
      ? `order by ${facts.timeColumn} desc, ${facts.tieBreak}`
      : `group by ${analysis.groupBy}`;
  return engine.query(
    `select ${analysis.columns} from ${facts.table}
     where ${conditions.join(' and ')} and (${analysis.condition})
     ${order} limit ${query.limit}`,
    { params, ...(signal === undefined ? {} : { signal }) },
  );
}

function checkParameters({ name, parameters }: Analysis, given: Readonly<Record<string, string>>): void {
  const unknown = Object.keys(given).find((one) => !parameters.some((parameter) => parameter.name === one));
  if (unknown !== undefined)
    throw new Fault(
      'invalid',
      `Cannot run ${name} with "${unknown}": it takes ${parameters.map((parameter) => parameter.name).join(', ')}.`,
    );
  const missing = parameters.find((parameter) => parameter.required && given[parameter.name] === undefined);
  if (missing !== undefined) throw new Fault('invalid', `Cannot run ${name}: it needs "${missing.name}".`);
}
