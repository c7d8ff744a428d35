/** What a failed request means, in one of our codes and a sentence for people. */
import { Fault, type FaultCode } from '../lib/fault.ts';

/** What was tried: `action` is the IAM action it needs, `resource` what that action is asked on. */
export interface Attempt {
  /** What it does and on what: `list s3://bucket/prefix`. */
  readonly what: string;
  readonly action: string;
  readonly resource: string;
  /** Who is asked: scheme, host and port when it is not AWS, or the name of a service other than S3. */
  readonly endpoint?: string;
}

export interface Failure {
  /** The code of the store's answer, or the name of the SDK's error. */
  readonly name: string;
  /** The system's code of a failed connection: `ECONNREFUSED`. */
  readonly code?: string;
  readonly status?: number;
}

interface Verdict {
  readonly code: FaultCode;
  readonly reason: string;
}

const BAD_CREDENTIALS: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: 'the access key id is not known there; check access_key_id or the profile',
  SignatureDoesNotMatch: 'the secret does not fit the access key id; check secret_access_key or the profile',
  ExpiredToken: 'the session has expired; sign in again or renew the credentials',
  ExpiredTokenException: 'the session has expired; sign in again or renew the credentials',
  TokenRefreshRequired: 'the session has expired; sign in again or renew the credentials',
  InvalidToken: 'the session token is not valid; sign in again or renew the credentials',
  RequestTimeTooSkewed: 'the clock of this machine is wrong by more than 15 minutes; set it',
  AccountProblem: 'the account is suspended or has a problem; ask its owner',
};

const BY_NAME: Readonly<Record<string, Verdict>> = {
  NoSuchBucket: {
    code: 'not_found',
    reason: 'there is no such bucket; check its name, the account and the endpoint',
  },
  NoSuchKey: { code: 'not_found', reason: 'there is no such object' },
  NoSuchVersion: { code: 'not_found', reason: 'there is no such version of the object' },
  QueueDoesNotExist: {
    code: 'not_found',
    reason: 'there is no such queue; check its url or name, the region and the account',
  },
  PreconditionFailed: { code: 'conflict', reason: 'it was replaced meanwhile' },
  InvalidBucketName: { code: 'invalid', reason: 'that is not a name a bucket can have' },
  InvalidObjectState: { code: 'conflict', reason: 'it is archived; restore it first' },
  PermanentRedirect: { code: 'invalid', reason: 'the bucket is in another region; set region' },
  AuthorizationHeaderMalformed: {
    code: 'invalid',
    reason: 'the region is wrong for this bucket; set region',
  },
  NotImplemented: { code: 'unsupported', reason: 'the store does not offer this operation' },
  MethodNotAllowed: { code: 'unsupported', reason: 'the store does not offer this operation' },
};

/** Whether a code says that we are not who we say, whatever we may do. */
export function isBadCredentials(name: string): boolean {
  return Object.hasOwn(BAD_CREDENTIALS, name);
}

const BUSY =
  /^(SlowDown|Throttl|TooManyRequests|RequestLimitExceeded|RequestTimeout|InternalError|ServiceUnavailable|Busy)/;

/** The fault for whatever a request threw. A fault passes as it is: the credentials have said what is wrong. */
export function s3Fault(error: unknown, attempt: Attempt): Fault {
  if (error instanceof Fault) return error;
  const { code, reason } = verdictOf(failureOf(error), attempt);
  return new Fault(code, `Cannot ${attempt.what}: ${reason}.`, { cause: error });
}

/** The fault for credentials that could not be had. */
export function credentialsFault(error: unknown, roleArn?: string): Fault {
  if (error instanceof Fault) return error;
  const failure = failureOf(error);
  const what = roleArn === undefined ? 'Cannot get AWS credentials' : `Cannot assume the role ${roleArn}`;
  // Its own refusal is not the store's.
  const options = { cause: new Error('no credentials', { cause: error }) };
  if (isConnection(failure))
    return new Fault('unavailable', `${what}: no answer (${failure.code ?? failure.name}).`, options);
  if (roleArn === undefined) {
    const mend = 'set profile, or access_key_id and secret_access_key, or give the machine a role';
    return new Fault(
      'denied',
      `${what}: none of the usual places has any (${failure.name}); ${mend}.`,
      options,
    );
  }
  const mend = 'its trust policy must name the caller, and the caller needs sts:AssumeRole on it';
  return new Fault('denied', `${what}: refused (${failure.name}); ${mend}.`, options);
}

function verdictOf(failure: Failure, attempt: Attempt): Verdict {
  const { name, status } = failure;
  const mend = BAD_CREDENTIALS[name];
  if (mend !== undefined) return { code: 'denied', reason: mend };
  const known = BY_NAME[name];
  if (known !== undefined) return known;
  const place = attempt.endpoint ?? 'S3';
  if (isConnection(failure))
    return { code: 'unavailable', reason: `${place} does not answer (${failure.code ?? name})` };
  if (BUSY.test(name) || status === 429 || (status !== undefined && status >= 500 && status !== 501)) {
    return { code: 'unavailable', reason: `${place} is busy or failing (${answer(failure)})` };
  }
  // SQS answers HTTP 400 for it.
  if (name.startsWith('AccessDenied')) return verdictOfStatus({ ...failure, status: 403 }, attempt);
  return verdictOfStatus(failure, attempt);
}

function verdictOfStatus(failure: Failure, attempt: Attempt): Verdict {
  switch (failure.status) {
    case 401:
    case 403:
      return {
        code: 'denied',
        reason: `access denied (${answer(failure)}); it needs ${attempt.action} on ${attempt.resource}`,
      };
    case 404:
      return { code: 'not_found', reason: `it does not exist (${answer(failure)})` };
    case 405:
    case 501:
      return { code: 'unsupported', reason: `the store does not offer this operation (${answer(failure)})` };
    case undefined:
      return {
        code: 'unavailable',
        reason: `the answer could not be read (${failure.code ?? failure.name})`,
      };
    default:
      return { code: 'invalid', reason: `the store refused it (${answer(failure)})` };
  }
}

function answer(failure: Failure): string {
  return failure.status === undefined ? failure.name : `${failure.name}, HTTP ${failure.status}`;
}

function isConnection(failure: Failure): boolean {
  if (failure.name === 'TimeoutError') return true;
  return (
    failure.code !== undefined &&
    /^(E[A-Z_]+|CERT_[A-Z_]+|DEPTH_[A-Z_]+|SELF_[A-Z_]+|UNABLE_[A-Z_]+)$/.test(failure.code)
  );
}

/** Names and numbers only: an SDK error's message may repeat what was signed. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { name: 'UnknownError' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const metadata = '$metadata' in error ? error.$metadata : undefined;
  const isRead = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata;
  const status = isRead && typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    ...(status === undefined ? {} : { status }),
  };
}
