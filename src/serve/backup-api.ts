/** Shapes of the API's answers about backups. Times are ISO 8601 in UTC, null where there is none. */
import { z } from '@hono/zod-openapi';
import { ACTS } from '../monitors/backups/monitor.ts';
import { RUN_VERDICTS, SERIES_VERDICTS } from '../monitors/backups/verdict.ts';

const time = z.string();
const count = z.number().int().min(0);

/** Names a series: its bucket and its name there. */
export const seriesId = z.strictObject({
  bucket: z.string().min(1).max(300).openapi({ description: 'Bucket id.' }),
  series: z.string().min(1).max(1100).openapi({ description: 'Name of the series in that bucket.' }),
});

export const SAFETY_STATES = ['good', 'warn', 'bad', 'unknown'] as const;

export const SafetyItem = z
  .strictObject({
    what: z.enum(['versioning', 'object-lock', 'replica', 'lifecycle', 'retention', 'kept']),
    state: z.enum(SAFETY_STATES),
    sentence: z
      .string()
      .openapi({ description: 'What is so and why it matters; for unknown, why it is not known.' }),
  })
  .openapi('BackupSafetyItem');

export const Run = z
  .strictObject({
    bucket: z.string(),
    series: z.string(),
    due: time,
    deadline: time,
    verdict: z.enum(RUN_VERDICTS),
    sentence: z.string(),
    since: time.openapi({ description: 'From when on the verdict holds.' }),
    arrived: time.nullable(),
    size_bytes: count,
    usual_bytes: count
      .nullable()
      .openapi({ description: 'Median of the good runs before it, where there were enough.' }),
    files: count,
    keys: z.array(z.string()).openapi({ description: 'At most 20.' }),
    members: count,
    members_expected: count.nullable(),
  })
  .openapi('BackupRun');

export const Series = z
  .strictObject({
    bucket: z.string(),
    series: z.string(),
    declared: z.boolean().openapi({ description: 'In the configuration; else found by its keys.' }),
    pattern: z.string(),
    verdict: z.enum(SERIES_VERDICTS),
    sentence: z.string(),
    since: time.nullable(),
    schedule: z.string().openapi({ description: 'In words, with its time zone; empty while none is known.' }),
    next_due: time.nullable(),
    next_deadline: time.nullable(),
    newest: Run.nullable().openapi({ description: 'The run that decides.' }),
    recent: z
      .array(z.strictObject({ due: time, verdict: z.enum(RUN_VERDICTS), size_bytes: count }))
      .openapi({ description: 'The last 30 runs, oldest first.' }),
    files: count.openapi({ description: 'Known and not removed.' }),
    first_at: time.nullable(),
    last_at: time.nullable(),
    paused: z
      .strictObject({ until: time.nullable(), author: z.string(), reason: z.string() })
      .nullable()
      .openapi({ description: 'Null when nobody paused it.' }),
    proposal: z.strictObject({ fit: z.number(), fired: count }).nullable().openapi({
      description:
        'Of a series found by its keys: how well a schedule fits, and how often it would have fired in 90 days.',
    }),
    safety: z.strictObject({
      state: z.enum(SAFETY_STATES),
      sentence: z.string().openapi({ description: 'The worst of it.' }),
      items: z.array(SafetyItem),
    }),
    evidence: z.string().openapi({ description: 'Why its bucket could not be listed; empty when it could.' }),
    judged_at: time,
  })
  .openapi('BackupSeries');
export type Series = z.infer<typeof Series>;

export const Backups = z
  .strictObject({
    sentence: z.string().openapi({ description: 'E.g. `2 of 41 backups are late.`' }),
    judged_at: time.nullable().openapi({ description: 'Null before anything was judged.' }),
    counts: z.record(z.enum(SERIES_VERDICTS), count),
    discovering: z
      .array(
        z.strictObject({
          bucket: z.string(),
          last_look: time.nullable(),
          keys: count.openapi({ description: 'Listed in its last whole look.' }),
          left_out: count.openapi({ description: 'Of them, files of more series than are kept.' }),
          problem: z.string().openapi({ description: 'Why it could not be listed; empty when it could.' }),
        }),
      )
      .openapi({ description: 'Buckets that are watched, and their last look.' }),
    rows: z.array(Series),
  })
  .openapi('Backups');
export type Backups = z.infer<typeof Backups>;

export const Runs = z.strictObject({ rows: z.array(Run) }).openapi('BackupRuns');

export const File = z
  .strictObject({
    key: z.string(),
    at: time,
    feed: z.enum(['event', 'listing']),
    version_id: z.string(),
    size_bytes: count,
    member: z.string(),
    removed_at: time.nullable(),
    content: z.string(),
    content_note: z.string(),
    lock_mode: z.string(),
    lock_until: time.nullable(),
    replication_status: z.string(),
  })
  .openapi('BackupFile');

export const SeriesDetail = z
  .strictObject({
    row: Series,
    next_dues: z.array(time).openapi({ description: 'The next five times a run is due.' }),
    rule: z
      .record(z.string(), z.unknown())
      .openapi({ description: 'As `backups.series` of the configuration has it.' }),
    runs: z.array(Run).openapi({ description: 'The last 200, latest first.' }),
    files: z.array(File).openapi({ description: 'The last 100, latest first.' }),
    acts: z.array(
      z.strictObject({
        at: time,
        act: z.enum(ACTS),
        until: time.nullable(),
        author: z.string(),
        reason: z.string(),
      }),
    ),
    looks: z.array(
      z.strictObject({
        at: time,
        prefix: z.string(),
        cause: z.string(),
        keys: count,
        files: count,
        problem: z.string(),
      }),
    ),
  })
  .openapi('BackupSeriesDetail');
export type SeriesDetail = z.infer<typeof SeriesDetail>;

export const Proposal = z
  .strictObject({
    bucket: z.string(),
    series: z.string(),
    files: count,
    schedule: z.string().openapi({ description: 'In words.' }),
    fit: z.number(),
    section: z
      .record(z.string(), z.unknown())
      .openapi({ description: 'What accepting it writes into `backups.series`.' }),
    yaml: z.string().openapi({ description: 'The same as text.' }),
    would_have_fired: z.array(
      z.strictObject({ due: time, verdict: z.enum(RUN_VERDICTS), sentence: z.string() }),
    ),
  })
  .openapi('BackupProposal');
export type Proposal = z.infer<typeof Proposal>;

export const Proposals = z.strictObject({ days: count, rows: z.array(Proposal) }).openapi('BackupProposals');
export type Proposals = z.infer<typeof Proposals>;

export const AcceptRequest = z
  .strictObject({ ids: z.array(seriesId).min(1).max(10_000) })
  .openapi('BackupAcceptRequest');

export const Accepted = z
  .strictObject({
    file: z.string().openapi({ description: 'The configuration file that was written.' }),
    names: z.array(z.string()).openapi({ description: 'Of the series as they stand in it.' }),
  })
  .openapi('BackupAccepted');
export type Accepted = z.infer<typeof Accepted>;

export const ActRequest = z
  .strictObject({
    bucket: seriesId.shape.bucket
      .optional()
      .openapi({ description: 'May be left out when one bucket alone has a series of that name.' }),
    series: seriesId.shape.series,
    act: z.enum(ACTS),
    until: time.optional().openapi({ description: 'When a pause ends by itself.' }),
    author: z.string().max(200).default(''),
    reason: z.string().max(2000).default(''),
  })
  .openapi('BackupActRequest');

export const Done = z.strictObject({ sentence: z.string() }).openapi('BackupDone');
export type Done = z.infer<typeof Done>;

export const LookRequest = z.strictObject({ bucket: seriesId.shape.bucket }).openapi('BackupLookRequest');

export const Look = z
  .strictObject({ requests: count, keys: count, files: count, problem: z.string() })
  .openapi('BackupLook');
export type Look = z.infer<typeof Look>;

export const Links = z
  .strictObject({
    status: z.string().openapi({ description: 'Path of the read-only page of the series.' }),
    badge: z.string().openapi({ description: 'Path of its badge, an SVG.' }),
  })
  .openapi('BackupLinks');
export type Links = z.infer<typeof Links>;

export const BackupMetric = z
  .strictObject({
    metric: z.string(),
    dimension: z.string(),
    step_seconds: count,
    series: z.array(
      z.strictObject({
        bucket: z.string(),
        value: z.string().openapi({ description: 'Of the dimension: the series.' }),
        points: z.array(z.strictObject({ time, value: count })),
      }),
    ),
  })
  .openapi('BackupMetric');
