/** Shapes of the API's answers about drift audits. */
import { z } from '@hono/zod-openapi';
import { AUDIT_ENDINGS } from '../monitors/replication/audits.ts';
import { ANSWERS } from '../monitors/replication/diff/classify.ts';
import { count, time } from './api.ts';

const location = z.string().min(1).max(2_000);
const bucket = z.string().max(300);

const members = {
  source: location.openapi({ description: 'As it was named.' }),
  destination: location.openapi({ description: 'As it was named.' }),
  source_bucket: bucket.openapi({
    description: 'Bucket id; empty for a file, and for a store named by its endpoint.',
  }),
  destination_bucket: bucket,
  started_at: time,
  ended_at: time,
  ending: z.enum(AUDIT_ENDINGS).openapi({ description: 'Only a complete audit has seen every key.' }),
  problem: z.string().max(4_000).openapi({ description: 'Why it failed; else empty.' }),
  answers: z
    .array(z.strictObject({ answer: z.enum(ANSWERS), objects: count, bytes: count }))
    .max(ANSWERS.length)
    .openapi({ description: 'Keys, and their bytes, by what was found.' }),
  source_objects: count,
  destination_objects: count,
  ignores_extra: z.boolean(),
  grace_seconds: count.openapi({
    description: 'What was written later than this before the start is in flight.',
  }),
  requests: count.openapi({ description: 'Sent to both stores, repeats included.' }),
};

export const AuditReport = z.strictObject(members).openapi('ReplicationAuditReport');
export type AuditReport = z.infer<typeof AuditReport>;

export const AuditRow = z
  .strictObject({
    ...members,
    pair_ids: z.array(z.string()).openapi({ description: 'Pairs with these buckets.' }),
    drift_objects: count.openapi({
      description:
        'Keys that certainly differ: missing, extra (unless ignored), size-differs, content-differs, older.',
    }),
    sentence: z.string(),
  })
  .openapi('ReplicationAudit');
export type AuditRow = z.infer<typeof AuditRow>;

export const Audits = z.strictObject({ rows: z.array(AuditRow) }).openapi('ReplicationAudits');
export type Audits = z.infer<typeof Audits>;
