/** Shapes of what the API says of buckets and their configurations. */
import { z } from '@hono/zod-openapi';
import { count, time } from './api.ts';

export const ConfigState = z
  .enum(['present', 'absent', 'denied', 'unsupported', 'failed'])
  .openapi('ConfigState');

const document = z.record(z.string(), z.unknown()).nullable();

export const BucketEstate = z
  .object({
    store: z.string(),
    account_id: z.string().openapi({ description: 'Empty when the store does not say.' }),
    endpoint: z.string().openapi({ description: 'Scheme, host and port; empty for AWS.' }),
    region: z.string().openapi({ description: 'Empty when the store does not say.' }),
    created: time.nullable(),
    gone: z.boolean().openapi({ description: 'The store says that there is no such bucket any more.' }),
    last_looked: time,
    /** How many aspects have each state, as the store answered last. */
    aspects: z.object({
      present: count,
      absent: count,
      denied: count,
      unsupported: count,
      failed: count,
    }),
    problems: z
      .array(z.object({ aspect: z.string(), state: ConfigState, reason: z.string() }))
      .openapi({ description: 'Aspects that are denied, or whose last question had no answer.' }),
  })
  .openapi('BucketEstate');

export const BucketStorage = z
  .object({
    bytes: count
      .nullable()
      .openapi({ description: 'Of all storage types; null when only objects were counted.' }),
    objects: count.nullable().openapi({ description: 'All versions; null when only bytes were counted.' }),
    day: time.openapi({ description: 'Start of the day they were counted.' }),
  })
  .openapi('BucketStorage');

export const BucketRow = z
  .object({
    bucket: z.string().openapi({ description: 'Bucket id: with its namespace, if its store has one.' }),
    requests: count,
    newest_event: time.nullable().openapi({ description: 'Null without requests.' }),
    stored: BucketStorage.nullable().openapi({
      description: 'As the store counted last; null unless a cloudwatch source read it within the last week.',
    }),
    estate: BucketEstate.nullable().openapi({ description: 'Null for a bucket of no configured store.' }),
  })
  .openapi('Bucket');
export const Buckets = z.object({ rows: z.array(BucketRow) }).openapi('Buckets');

export const BucketConfigs = z
  .object({
    bucket: z.string(),
    rows: z
      .array(
        z.object({
          aspect: z.string(),
          state: ConfigState,
          /** As the API of S3 gives it; null unless present. */
          document,
          reason: z.string(),
          observed_at: time,
          failure: z
            .string()
            .openapi({ description: 'Why a later question had no answer; empty when it had one.' }),
        }),
      )
      .openapi({ description: 'The newest answer to each question.' }),
    history: z
      .array(
        z.object({ observed_at: time, aspect: z.string(), state: ConfigState, document, reason: z.string() }),
      )
      .openapi({ description: 'Answers that differ from the one before, latest first.' }),
  })
  .openapi('BucketConfigs');

export type BucketStorage = z.infer<typeof BucketStorage>;
export type BucketEstate = z.infer<typeof BucketEstate>;
export type Buckets = z.infer<typeof Buckets>;
export type BucketConfigs = z.infer<typeof BucketConfigs>;
