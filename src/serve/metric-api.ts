/** Shapes of the answers about series of metrics, and about what of them is published to CloudWatch. */
import { z } from '@hono/zod-openapi';
import { METRIC_UNITS } from '../monitors/metric.ts';

const time = z.string().openapi({ description: 'ISO 8601, UTC' });
const count = z.number().int().nonnegative();

export const MetricSeries = z
  .object({
    metric: z.string(),
    unit: z.enum(METRIC_UNITS).nullable().openapi({ description: 'Null: an expression has none.' }),
    period_seconds: z.number().int().positive(),
    since: time,
    until: time,
    complete_until: time.nullable().openapi({
      description: 'Before it 99 of 100 records have arrived; null when nothing is known of their lateness.',
    }),
    series: z
      .array(
        z.object({
          labels: z.record(z.string(), z.string()),
          points: z.array(z.object({ time, value: z.number() })).openapi({
            description: 'By the start of their period; a period of which nothing is known has none.',
          }),
        }),
      )
      .openapi({ description: 'In the order of their labels.' }),
    omitted: count.openapi({ description: 'Series there are beside these.' }),
  })
  .openapi('MetricSeries');

export const PublicationState = z
  .object({
    configured: z.boolean().openapi({ description: 'Whether anything is to be published.' }),
    sentence: z.string(),
    budget_usd: z.number().nullable().openapi({ description: 'USD a month; null: nothing is sent.' }),
    estimate: z
      .object({
        custom_metrics: count,
        requests: count.openapi({ description: 'PutMetricData requests a month.' }),
        usd: z.number().nonnegative().openapi({ description: 'USD a month at list price.' }),
        prices: z.string(),
      })
      .openapi({ description: 'Of all that is to be published, by what had values yesterday or today.' }),
    published_series: count.openapi({ description: 'Series of which something was published in a month.' }),
    rows: z.array(
      z.object({
        namespace: z.string(),
        name: z.string(),
        metric: z.string(),
        statistic: z.string().openapi({ description: 'Empty: the one that says most.' }),
        period_seconds: z.number().int().positive(),
        unit: z.string().nullable(),
        dimensions: z
          .record(z.string(), z.string())
          .nullable()
          .openapi({ description: 'Names of dimensions by label; null: all there are, under their own.' }),
        series: count.openapi({ description: 'That had values yesterday or today.' }),
        published_until: time.nullable(),
        problem: z.string().openapi({ description: 'Why it cannot be read; empty when it can.' }),
      }),
    ),
  })
  .openapi('PublicationState');

export type MetricSeries = z.infer<typeof MetricSeries>;
export type PublicationState = z.infer<typeof PublicationState>;
