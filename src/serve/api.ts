/**
 * The shapes of the HTTP API, `/api/v1`. Routes, OpenAPI document, CLI and dashboard all read them from here.
 * Times are ISO 8601 in UTC; ranges include `since` and exclude `until`. 64-bit numbers that may exceed
 * 2^53 (ids) are strings.
 */
import { z } from '@hono/zod-openapi';
import { FORMAT_NAMES } from '../formats/format.ts';

export const time = z.iso.datetime().openapi({ example: '2026-11-21T10:00:00Z' });
export const count = z.number().int().nonnegative();

export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z
      .string()
      .openapi({ description: 'invalid, not_found, denied, conflict, limit, unavailable, unsupported' }),
  })
  .openapi('Problem', { description: 'RFC 9457 problem details.' });

export const Status = z
  .object({
    version: z.string(),
    demo: z.boolean().openapi({ description: 'True when the estate is made up.' }),
    engine: z.enum(['embedded', 'cluster']),
    data_folder: z.string(),
    started_at: time,
    /** Spool: bytes waiting to be loaded and the limit at which sources are held back. */
    spool: z.object({ bytes: count, bytes_max: count, loads_waiting: count }),
    facts: z.object({
      requests: count,
      api_calls: count,
      object_events: count,
      inventory_objects: count,
      rejects: count,
      batches: count,
    }),
    /** The newest event time in the store, null when it is empty. */
    newest_event: time.nullable(),
  })
  .openapi('Status');

/** What every answer about facts says of itself. */
export const Coverage = z
  .object({
    since: time,
    until: time,
    /** Newest request in the whole range, null when there is none: what is after it has not arrived (yet). */
    newest_event: time.nullable(),
    /** Before it, 99 of 100 records of the sources involved have arrived; null when nothing is known of their lateness. */
    complete_until: time.nullable(),
    sources: z.array(z.string()),
  })
  .openapi('Coverage');

export const SeriesPoint = z
  .object({
    time,
    '2xx': count,
    '3xx': count,
    '4xx': count,
    '5xx': count,
    /** Rows without a status: lifecycle actions. */
    other: count,
    bytes_sent: z.number().nonnegative(),
    /** Bytes of the requests. */
    bytes_uploaded: z.number().nonnegative(),
    /** Total time of a request in milliseconds; null when no request in the step had one. */
    total_time_ms_p50: z.number().nullable(),
    total_time_ms_p95: z.number().nullable(),
    total_time_ms_p99: z.number().nullable(),
    /** Turn-around time: what CloudWatch calls first-byte latency. */
    turn_around_time_ms_p50: z.number().nullable(),
    turn_around_time_ms_p95: z.number().nullable(),
    turn_around_time_ms_p99: z.number().nullable(),
  })
  .openapi('SeriesPoint');

export const Series = z
  .object({
    coverage: Coverage,
    /** Width of a step in seconds. Steps without a request are left out: a gap is a gap, not zero. */
    step_seconds: z.number().int().positive(),
    totals: z.object({
      requests: count,
      bytes_sent: z.number().nonnegative(),
      bytes_uploaded: z.number().nonnegative(),
      errors_4xx: count,
      errors_5xx: count,
    }),
    points: z.array(SeriesPoint),
  })
  .openapi('Series');

/** Members of an answer that may be made of an even sample of the requests. */
export const estimate = {
  /** True when the requests were too many to read them all: then the numbers are good to a few percent. */
  estimated: z.boolean(),
  /** Requests the estimate is made of, 0 when the answer is exact. */
  sampled_requests: count,
};

export const TOP_DIMENSIONS = [
  'bucket',
  'operation',
  'http_status',
  'error_code',
  'key',
  'prefix',
  'principal',
  'requester',
  'remote_ip',
  'user_agent',
] as const;

export const Top = z
  .object({
    coverage: Coverage,
    dimension: z.enum(TOP_DIMENSIONS),
    total_requests: count,
    ...estimate,
    rows: z.array(
      z.object({
        /** Empty where the log has no value (an anonymous requester, no error). */
        value: z.string(),
        requests: count,
        bytes_sent: z.number().nonnegative(),
        errors: count.openapi({ description: 'Requests with a status of 400 or more.' }),
        share: z.number().min(0).openapi({ description: 'Of all requests of the range, 0 to 1.' }),
      }),
    ),
  })
  .openapi('Top');

/** A row of `requests` or `api_calls`, under the columns' own names. */
export const FactRow = z.record(z.string(), z.unknown()).openapi('FactRow');
export const FactPage = z
  .object({
    coverage: Coverage,
    rows: z.array(FactRow),
    /** Give it back as `cursor` for the next page; null on the last one. */
    next_cursor: z.string().nullable(),
  })
  .openapi('FactPage');

export const BatchState = z.enum(['loaded', 'rejected']);
export const Batch = z
  .object({
    batch_id: z.string(),
    source: z.string(),
    origin: z.string(),
    identity: z.string(),
    namespace: z.string(),
    format: z.string(),
    state: BatchState,
    /** Why it was rejected, empty otherwise. */
    reason: z.string(),
    size_bytes: count,
    /** SHA-256 of the uncompressed content in hex, for CloudTrail; else empty. */
    content_sha256: z.string(),
    facts: count,
    rejects: count,
    /** Records of other services, digests, test events: recognised and left out on purpose. */
    skipped: count,
    first_event: time.nullable(),
    last_event: time.nullable(),
    /** When the store got it: an object's LastModified, a file's mtime; null when nobody said. */
    delivered_at: time.nullable(),
    received_at: time,
    loaded_at: time,
    load_ms: count,
    load_id: z.string(),
  })
  .openapi('Batch');
export const BatchPage = z
  .object({ rows: z.array(Batch), next_cursor: z.string().nullable() })
  .openapi('BatchPage');

export const Reject = z
  .object({
    batch_id: z.string(),
    origin: z.string(),
    line_number: count,
    format: z.string(),
    reason: z.string(),
    line: z.string(),
    loaded_at: time,
  })
  .openapi('Reject');
export const RejectPage = z
  .object({ rows: z.array(Reject), next_cursor: z.string().nullable() })
  .openapi('RejectPage');

/** How long after its event a record was delivered; each counts as late as the oldest record of its batch. */
export const Lateness = z
  .object({
    p50_seconds: z.number().nonnegative(),
    p95_seconds: z.number().nonnegative(),
    p99_seconds: z.number().nonnegative(),
    max_seconds: z.number().nonnegative(),
    /** Half of the records, each taken as old as the middle of its batch, came within this. */
    typical_seconds: z.number().nonnegative(),
    /** Batches it is taken from: the last 14 days of deliveries, without history that was copied. */
    batches: count,
  })
  .openapi('Lateness');

export const SourceRow = z
  .object({
    name: z.string(),
    kind: z.string(),
    location: z.string(),
    state: z.enum(['idle', 'reading', 'waiting', 'failing', 'done']),
    message: z.string(),
    last_checked: time.nullable(),
    requests: z.record(z.string(), count),
    batches: count,
    rejected_batches: count,
    facts: count,
    rejects: count,
    size_bytes: count,
    last_loaded: time.nullable(),
    newest_event: time.nullable(),
    /** Null when nothing says when its batches were delivered. */
    lateness: Lateness.nullable(),
    /** p95 of stored minus delivered over the last 24 hours. */
    intake_lag_seconds: z.number().nonnegative().nullable(),
    /** Since when nothing has come, when that is longer than usual. */
    quiet_since: time.nullable(),
    verdict: z.enum(['fresh', 'quiet', 'silent', 'failing', 'unknown']),
    verdict_reason: z.string(),
    /** Messages of a queue, approximate; null for other kinds, and until SQS has said it. */
    queue: z
      .object({
        waiting: count,
        in_flight: count,
        delayed: count,
        oldest_age_seconds: count
          .nullable()
          .openapi({ description: 'Age of the oldest message received and not stored yet.' }),
        dead_letter_queue: z.string().nullable(),
        dead_letters: count.nullable().openapi({ description: 'Null when there is none or we may not ask.' }),
      })
      .nullable(),
    /** Messages parked: see /parked. */
    parked: count,
  })
  .openapi('Source');
export const Sources = z.object({ rows: z.array(SourceRow) }).openapi('Sources');

const gap = z.object({ since: time, until: time, seconds: count });
const signature = z.enum(['valid', 'invalid', 'unchecked']);

/** A trail's digests in an account and region. */
export const TrailRow = z
  .object({
    account_id: z.string(),
    region: z.string(),
    trail: z.string(),
    verdict: z.enum(['verified', 'broken', 'unverified']),
    sentence: z.string(),
    digests: count,
    files_listed: count,
    files_loaded: count,
    /** Listed so recently that they may still be on their way. */
    files_awaited: count,
    missing: z.array(z.string()),
    altered: z.array(z.string()),
    chain_breaks: z.array(z.object({ after: time, before: time, reason: z.string() })),
    signature,
    signatures: z.object({ valid: count, invalid: count, unchecked: count }),
    /** End of its newest digest: nobody vouches for what is after it. */
    verified_until: time,
  })
  .openapi('Trail');

export const CompletenessRow = z
  .object({
    bucket: z.string(),
    delivery: z.object({
      objects: count,
      records: count,
      gaps: z.array(gap),
      longest_gap_seconds: count,
      usual_gap_seconds: count.nullable(),
    }),
    trail: z.object({
      verdict: z.enum(['verified', 'broken', 'unverified', 'absent']),
      digests: count,
      files_listed: count,
      files_loaded: count,
      missing: z.array(z.string()),
      altered: z.array(z.string()),
      chain_breaks: z.array(z.object({ after: time, before: time, reason: z.string() })),
      signature,
    }),
    requests: z.object({
      logged: count,
      counted: count.nullable(),
      ratio: z.number().nonnegative().nullable(),
    }),
    verdict: z.enum(['complete', 'incomplete', 'unknown']),
    sentence: z.string(),
  })
  .openapi('CompletenessRow');

export const Completeness = z
  .object({ coverage: Coverage, rows: z.array(CompletenessRow), trails: z.array(TrailRow) })
  .openapi('Completeness');

export const ParkedPage = z
  .object({
    rows: z.array(
      z.object({
        parked_id: z.string(),
        source: z.string(),
        reason: z.string(),
        body: z.string(),
        message_id: z.string(),
        received_at: time,
      }),
    ),
    next_cursor: z.string().nullable(),
  })
  .openapi('ParkedPage');

export const InletResult = z
  .object({ batch_id: z.string(), facts: count, rejects: count, skipped: count })
  .openapi('InletResult');

export const SqlRequest = z.object({ query: z.string().min(1).max(100_000) }).openapi('SqlRequest');
export const SqlResult = z
  .object({ columns: z.array(z.string()), rows: z.array(z.record(z.string(), z.unknown())) })
  .openapi('SqlResult');

export const FormatName = z.enum(FORMAT_NAMES);
export const IngestRequest = z
  .object({
    paths: z.array(z.string().min(1).max(4096)).max(1000).default([]),
    format: FormatName.optional(),
    /** For s3:// URIs on a store other than AWS, or other credentials than the default ones. */
    endpoint: z.url().optional(),
    region: z.string().max(100).optional(),
    profile: z.string().max(200).optional(),
    /** Loads again what was rejected before: whole batches and single records. */
    retry_rejected: z.boolean().default(false),
  })
  .openapi('IngestRequest');
export const IngestResult = z
  .object({
    batches: count,
    known: count.openapi({ description: 'Batches the ledger had already: nothing changed.' }),
    rejected_batches: count,
    failed: count.openapi({ description: 'Batches that could not be fetched.' }),
    facts: count,
    rejects: count,
    skipped: count,
    size_bytes: count,
    elapsed_ms: count,
    notes: z
      .array(z.string())
      .openapi({ description: 'What the sources say at the end: what failed, what was left alone.' }),
    requests: z
      .record(z.string(), count)
      .openapi({ description: 'Requests made to the store by kind, e.g. LIST and GET.' }),
  })
  .openapi('IngestResult');

export type FormatName = z.infer<typeof FormatName>;
export type IngestRequest = z.infer<typeof IngestRequest>;
export type IngestResult = z.infer<typeof IngestResult>;
export type Status = z.infer<typeof Status>;
export type Coverage = z.infer<typeof Coverage>;
export type SeriesPoint = z.infer<typeof SeriesPoint>;
export type Series = z.infer<typeof Series>;
export type Top = z.infer<typeof Top>;
export type TopDimension = (typeof TOP_DIMENSIONS)[number];
export type FactPage = z.infer<typeof FactPage>;
export type Batch = z.infer<typeof Batch>;
export type BatchPage = z.infer<typeof BatchPage>;
export type Reject = z.infer<typeof Reject>;
export type RejectPage = z.infer<typeof RejectPage>;
export type ParkedPage = z.infer<typeof ParkedPage>;
export type InletResult = z.infer<typeof InletResult>;
export type Sources = z.infer<typeof Sources>;
export type Completeness = z.infer<typeof Completeness>;
export type Problem = z.infer<typeof Problem>;
export type SqlResult = z.infer<typeof SqlResult>;
