import { readMigration, readSql } from '../../engine/sql-file.ts';
import type { Format } from '../format.ts';

/**
 * CloudTrail's digests: what it delivered in an hour, with the hash of every log file, in a chain.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 */
export const cloudtrailDigest: Format = {
  name: 'cloudtrail-digest',
  title: 'CloudTrail digest',
  unit: 'document',
  parsedTable: 'cloudtrail_digest_parsed',
  parses: [{ select: readSql('parse', import.meta.url) }],
  migrations: [readMigration('cloudtrail-digest', '001-trail-digests', import.meta.url)],
  beside: 'cloudtrail',
  isHashed: true,
  recognises: ({ head }) => {
    const text = head.toString('latin1');
    return /^\s*\{/.test(text) && /"digestS3Object"\s*:/.test(text) && /"digestEndTime"\s*:/.test(text);
  },
};
