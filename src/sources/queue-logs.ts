/** Which objects are logs: those the configuration names, or those whose key is one that AWS gives a log or a report. */
import { roleOf } from './inventory-report.ts';

export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
}

/** `<prefix>2026-05-03-10-00-00-<16 hex digits>`. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html#server-log-keyname-format */
const ACCESS_LOG = /20\d\d-[01]\d-[0-3]\d-[0-2]\d-[0-5]\d-[0-5]\d-[0-9A-F]{16}$/;
/** Log files and digests. Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html */
const TRAIL = /(?:^|\/)\d{12}_CloudTrail(?:-Digest)?_[^/]+\.json(?:\.gz)?$/;

/**
 * What tells a log from another object. `uris` are `s3://bucket/prefix` each, and then nothing else is a log; without any
 * the key decides.
 */
export function logTest(uris: readonly string[]): (name: ObjectName) => boolean {
  if (uris.length === 0) return ({ key }) => ACCESS_LOG.test(key) || TRAIL.test(key) || isManifest(key);
  return ({ bucket, key }) => uris.some((uri) => `s3://${bucket}/${key}`.startsWith(uri));
}

/** Of an inventory report; its data files look like anybody's. */
function isManifest(key: string): boolean {
  const role = roleOf(key);
  return role === 'manifest' || role === 'checksum';
}
