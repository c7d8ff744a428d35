/** The shapes of the routes about activity that are not in `api.ts`. */
import { z } from '@hono/zod-openapi';
import { METRIC_GROUPS, METRIC_UNITS } from '../monitors/metric.ts';
import { Coverage, count, estimate, FactRow, time } from './api.ts';

const bytes = z.number().nonnegative();

/** Filters of the search, by name, that open the same requests. */
const filters = z.record(z.string(), z.string());

export const SPLIT_DIMENSIONS = ['operation', 'bucket', 'http_status', 'error_code'] as const;

export const Split = z
  .object({
    coverage: Coverage,
    step_seconds: z.number().int().positive(),
    series: z.array(
      z.object({
        value: z.string().openapi({ description: 'The value, or other: all but the busiest eight.' }),
        requests: count,
        points: z.array(z.object({ time, requests: count })),
      }),
    ),
  })
  .openapi('Split');

export const Access = z
  .object({
    coverage: Coverage,
    rows: z.array(
      z.object({
        kind: z.enum(['anonymous', 'presigned', 'sigv2', 'old_tls', 'no_tls', 'acl_required']),
        title: z.string(),
        requests: count,
        bytes_sent: bytes,
        buckets: count,
        filters,
      }),
    ),
  })
  .openapi('Access');

export type Split = z.infer<typeof Split>;
export type Access = z.infer<typeof Access>;

export const Slow = z.object({ coverage: Coverage, rows: z.array(FactRow) }).openapi('Slow');

const money = z.number().nonnegative();

export const Cost = z
  .object({
    coverage: Coverage,
    currency: z.string(),
    prices_as_of: z.iso.date(),
    region: z.string().openapi({ description: 'Whose list prices they are.' }),
    total_cost: money,
    request_cost: money,
    transfer_cost: money,
    ...estimate,
    rows: z.array(
      z.object({
        value: z.string(),
        requests: count,
        bytes_sent: bytes,
        request_cost: money,
        transfer_cost: money,
        cost: money,
      }),
    ),
    notes: z.array(z.string()).openapi({ description: 'What is estimated and what is left out.' }),
  })
  .openapi('Cost');

export const Storms = z
  .object({
    coverage: Coverage,
    rows: z.array(
      z.object({
        kind: z.enum(['403', '404', 'LIST', '503']),
        bucket: z.string(),
        started: time,
        ended: time.openapi({ description: 'Exclusive.' }),
        requests: count,
        peak_per_minute: count,
        usual_per_minute: z.number().nonnegative(),
        requester: z.string().openapi({ description: 'Who made most of it; empty when anonymous.' }),
        remote_ip: z.string(),
        share: z.number().min(0).max(1).openapi({ description: 'Their part of it.' }),
        filters,
      }),
    ),
  })
  .openapi('Storms');

export const FirstSeen = z
  .object({
    coverage: Coverage,
    rows: z.array(
      z.object({
        kind: z.enum(['action', 'remote_ip', 'user_agent']),
        bucket: z.string(),
        principal: z.string().openapi({ description: 'Without the name of its session; empty: anonymous.' }),
        action: z.string().openapi({ description: 'The operation; empty for the other kinds.' }),
        value: z.string(),
        first_seen: time,
        last_seen: time,
        requests: count,
      }),
    ),
    next_cursor: z.string().nullable(),
  })
  .openapi('FirstSeen');

export const MetricCatalogue = z
  .object({
    rows: z.array(
      z.object({
        name: z.string(),
        unit: z.enum(METRIC_UNITS),
        group: z.enum(METRIC_GROUPS),
        statistics: z.array(z.string()),
        usual_statistic: z.string(),
        description: z.string(),
        dimensions: z.array(z.string()).openapi({ description: 'A series for each of their values.' }),
        finer_dimensions: z
          .array(z.string())
          .openapi({ description: 'Series are split by these only where they are asked for.' }),
        finest_seconds: z
          .number()
          .int()
          .positive()
          .openapi({ description: 'Steps and periods are multiples of it.' }),
      }),
    ),
  })
  .openapi('MetricCatalogue');

export const MetricAnswer = z
  .object({
    coverage: Coverage,
    metric: z.string(),
    statistic: z.string(),
    unit: z.enum(METRIC_UNITS),
    step_seconds: z.number().int().positive(),
    ...estimate,
    /** Steps without a request are left out; null: requests, but none that the metric is about. */
    points: z.array(z.object({ time, value: z.number().nullable() })),
    total: z.number().nullable().openapi({ description: 'The statistic of the whole range.' }),
    series: z
      .array(
        z.object({
          labels: z.record(z.string(), z.string()),
          points: z.array(z.object({ time, value: z.number() })),
        }),
      )
      .optional()
      .openapi({ description: 'By what `by` names; the busiest are not chosen: in the order of labels.' }),
    omitted: count.optional().openapi({ description: 'Series there are beside these.' }),
  })
  .openapi('Metric');

export type Slow = z.infer<typeof Slow>;
export type Cost = z.infer<typeof Cost>;
export type Storms = z.infer<typeof Storms>;
export type FirstSeen = z.infer<typeof FirstSeen>;
export type MetricCatalogue = z.infer<typeof MetricCatalogue>;
export type MetricAnswer = z.infer<typeof MetricAnswer>;
