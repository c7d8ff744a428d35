import { readMigration, readSql } from '../../engine/sql-file.ts';
import type { Format } from '../format.ts';
import { decodeEvents } from './decode.ts';

const EVENT = /"(?:aws:s3|aws\.s3|aws:sns|aws:sqs)"|\\"(?:aws:s3|aws\.s3)\\"|"s3:TestEvent|\\"s3:TestEvent/;
const MINIO = /"eventSource"\s*:\s*"[a-z]+:s3"|"EventName"\s*:\s*"s3:/;

/**
 * Messages of S3 about its objects: event notifications, alone or in the envelopes of SNS, SQS, Lambda and EventBridge,
 * and the webhook of MinIO.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html and ev-events.html
 */
export const s3Event: Format = {
  name: 's3-event',
  title: 'S3 event notification',
  unit: 'line',
  parsedTable: 's3_event_parsed',
  parses: [{ select: readSql('parse', import.meta.url) }],
  migrations: [
    readMigration('s3-event', '001-object-events', import.meta.url),
    readMigration('s3-event', '002-from-cloudtrail', import.meta.url),
  ],
  recognises: ({ head }) => {
    const text = head.toString('latin1').trimStart();
    return /^[[{]/.test(text) && (EVENT.test(text) || MINIO.test(text));
  },
  decode: decodeEvents,
};
