import { cipherOf, hostOf, tlsOf } from './access-log-line.ts';
import { ACCOUNT_ID, BUCKETS, REGION } from './company.ts';
import { uniqueIdOf } from './identity.ts';
import { notifiedObject } from './notification.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { mixSeeds, randomOf, seedOfText, uuid } from './random.ts';
import { callerOf, isServed, requesterOf, type S3Request } from './request.ts';
import { isoSeconds } from './times.ts';

/** Role credentials are renewed at full hours. */
const SESSION_MS = 3_600_000;

/**
 * The request as CloudTrail records it.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function trailRecord(request: S3Request): object {
  const operation: Operation = OPERATIONS[request.operation];
  const isManagement = operation.level === 'bucket';
  const seed = mixSeeds(seedOfText(request.requestId), seedOfText(operation.call));
  return {
    eventVersion: '1.11',
    userIdentity: userIdentityOf(request),
    eventTime: isoSeconds(request.timeMs),
    eventSource: 's3.amazonaws.com',
    eventName: operation.call,
    awsRegion: REGION,
    sourceIPAddress: request.remoteIp,
    userAgent: `[${request.userAgent}]`,
    ...(isServed(request) ? {} : { errorCode: request.errorCode, errorMessage: errorMessageOf(request) }),
    requestParameters: parametersOf(request),
    responseElements:
      isServed(request) && operation.method === 'PUT' && !isManagement
        ? { 'x-amz-server-side-encryption': 'AES256', ...versionOf(request) }
        : null,
    additionalEventData: {
      ...(request.authentication === '' ? {} : { SignatureVersion: 'SigV4' }),
      CipherSuite: cipherOf(request),
      bytesTransferredIn:
        operation.method === 'PUT' && isServed(request) ? Math.max(0, request.objectSizeBytes) : 0,
      ...(request.authentication === '' ? {} : { AuthenticationMethod: request.authentication }),
      'x-amz-id-2': request.hostId,
      bytesTransferredOut: request.bytesSent,
    },
    requestID: request.requestId,
    eventID: uuid(randomOf(seed)),
    readOnly: operation.isReadOnly,
    resources: resourcesOf(request),
    eventType: 'AwsApiCall',
    managementEvent: isManagement,
    recipientAccountId: ACCOUNT_ID,
    eventCategory: isManagement ? 'Management' : 'Data',
    tlsDetails: {
      tlsVersion: tlsOf(request),
      cipherSuite: cipherOf(request),
      clientProvidedHostHeader: hostOf(request),
    },
  };
}

/** The same as the notification about the request says. */
function versionOf(request: S3Request): object {
  const { versionId } = notifiedObject(request);
  return versionId === undefined ? {} : { 'x-amz-version-id': versionId };
}

function userIdentityOf(request: S3Request): object {
  const caller = callerOf(request);
  switch (caller.kind) {
    case 'role':
      return roleIdentityOf(request);
    case 'user':
      return {
        type: 'IAMUser',
        principalId: uniqueIdOf(caller),
        arn: requesterOf(request),
        accountId: ACCOUNT_ID,
        accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
        userName: caller.name,
      };
    case 'service':
      return { type: 'AWSService', invokedBy: caller.name.replace('svc:', '') };
    case 'oai':
      return { type: 'AWSAccount', principalId: caller.name, accountId: 'cloudfront' };
    case 'anonymous':
      return { type: 'AWSAccount', principalId: '', accountId: 'anonymous' };
  }
}

function roleIdentityOf(request: S3Request): object {
  const caller = callerOf(request);
  const roleId = uniqueIdOf(caller);
  return {
    type: 'AssumedRole',
    principalId: `${roleId}:${request.session}`,
    arn: requesterOf(request),
    accountId: ACCOUNT_ID,
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: roleId,
        arn: `arn:aws:iam::${ACCOUNT_ID}:role/${caller.name}`,
        accountId: ACCOUNT_ID,
        userName: caller.name,
      },
      attributes: {
        creationDate: isoSeconds(request.timeMs - (request.timeMs % SESSION_MS)),
        mfaAuthenticated: 'false',
      },
    },
  };
}

function parametersOf(request: S3Request): object {
  const { query }: Operation = OPERATIONS[request.operation];
  const subResource = query === '' || query.includes('=') ? {} : { [query]: '' };
  return {
    bucketName: BUCKETS[request.bucket].name,
    Host: hostOf(request),
    ...subResource,
    ...(request.key === '' ? {} : { key: request.key }),
    ...request.settings,
  };
}

function resourcesOf(request: S3Request): readonly object[] {
  const bucketArn = `arn:aws:s3:::${BUCKETS[request.bucket].name}`;
  const bucket = { accountId: ACCOUNT_ID, type: 'AWS::S3::Bucket', ARN: bucketArn };
  if (OPERATIONS[request.operation].level === 'bucket') return [bucket];
  const object =
    request.key === ''
      ? { type: 'AWS::S3::Object', ARNPrefix: `${bucketArn}/` }
      : { type: 'AWS::S3::Object', ARN: `${bucketArn}/${request.key}` };
  return [object, bucket];
}

function errorMessageOf(request: S3Request): string {
  const { call } = OPERATIONS[request.operation];
  switch (request.errorCode) {
    case 'AccessDenied':
      return `User: ${requesterOf(request)} is not authorized to perform: s3:${call} on resource: "arn:aws:s3:::${BUCKETS[request.bucket].name}/${request.key}" because no identity-based policy allows the s3:${call} action`;
    case 'NoSuchKey':
      return 'The specified key does not exist.';
    case 'SlowDown':
      return 'Please reduce your request rate.';
    default:
      return 'We encountered an internal error. Please try again.';
  }
}
