import { readMigration, readSql } from '../../engine/sql-file.ts';
import type { Format } from '../format.ts';

const DOCUMENT = /"eventVersion"\s*:|"digestS3Bucket"\s*:/;
/** Notifications of S3 have an eventVersion too, but no ids, and sources of another form. */
const RECORD = /"(?:eventID|digestS3Object)"\s*:|"eventSource"\s*:\s*"[\w.-]+\.amazonaws\.com"/;

/**
 * CloudTrail's log files: documents with `Records`, and the same events as JSON lines, as a bare array or as EventBridge
 * delivers them. Only S3's events become facts; other services' events are left out and counted.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference.html
 */
export const cloudtrail: Format = {
  name: 'cloudtrail',
  title: 'CloudTrail',
  unit: 'document',
  isHashed: true,
  parsedTable: 'cloudtrail_parsed',
  parses: [{ select: readSql('parse', import.meta.url) }],
  migrations: [
    readMigration('cloudtrail', '001-api-calls', import.meta.url),
    readMigration('cloudtrail', '002-rollup', import.meta.url),
  ],
  recognises: ({ head }) => {
    const text = head.toString('latin1').trimStart();
    return /^[[{]/.test(text) && DOCUMENT.test(text) && RECORD.test(text);
  },
};
