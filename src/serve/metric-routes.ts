/** Metrics: which there are, and a statistic of one over time. */
import { createRoute, z } from '@hono/zod-openapi';
import {
  dimensionNamed,
  metricNamed,
  statisticOf,
  statisticsOf,
  usualStatistic,
} from '../metrics/catalogue.ts';
import { type Limited, querySeries, type SeriesFound, type SeriesQuery } from '../metrics/query.ts';
import { REQUESTS } from '../monitors/activity/facts.ts';
import type { ActivityQuery } from '../monitors/activity/levels.ts';
import { stepSeconds } from '../monitors/activity/series.ts';
import type { Dimension, MetricDefinition } from '../monitors/metric.ts';
import * as shapes from './activity-api.ts';
import { activityOf, coverageOf, coverageOfFormats } from './coverage.ts';
import { isoOf } from './ledger-queries.ts';
import { rangeQuery } from './range.ts';
import { addMetricSeries, labelQuery, labelsOf, namesOf } from './metric-series-routes.ts';
import { addPublication } from './publication-routes.ts';
import { type Api, type ApiParts, answers, limitOf } from './route.ts';

export function addMetrics(api: Api, parts: ApiParts): void {
  addCatalogue(api, parts);
  addMetricSeries(api, parts);
  addPublication(api, parts);
  const series = createRoute({
    method: 'get',
    path: '/api/v1/metrics/{name}',
    request: {
      params: z.object({ name: z.string().max(255) }),
      query: rangeQuery.extend({
        statistic: z.string().max(20).optional(),
        steps: limitOf(240, 2000),
        ...labelQuery,
      }),
    },
    responses: answers(shapes.MetricAnswer, 'A statistic of a metric over time'),
  });
  api.openapi(series, async (context) => {
    const { statistic: text, steps, where, by, ...query } = context.req.valid('query');
    const metric = metricNamed(context.req.valid('param').name, parts.metrics.catalogue);
    const statistic = statisticOf(text ?? usualStatistic(metric), metric);
    const activity = activityOf(query, parts.clock);
    const limits = limitsOf({ where, bucket: query.bucket }, metric);
    const stepS = Math.max(metric.finestS, stepSeconds(activity.range, steps));
    const asked = { metric, statistic, by: [], limits, ...activity.range };
    const [found, whole, split, coverage] = await Promise.all([
      ask({ ...asked, stepS }, parts),
      ask(asked, parts),
      splitOf(
        namesOf(by).map((name) => dimensionNamed(name, metric)),
        { ...asked, stepS },
        parts,
      ),
      coverageOfMetric(activity, metric, parts),
    ]);
    return context.json(
      {
        coverage,
        metric: metric.name,
        statistic: statistic.name,
        unit: metric.unit,
        step_seconds: stepS,
        estimated: found.sampledRequests !== undefined,
        sampled_requests: found.sampledRequests ?? 0,
        points: pointsOf(found),
        total: whole.series[0]?.points[0]?.value ?? null,
        ...split,
      },
      200,
    );
  });
}

function addCatalogue(api: Api, parts: ApiParts): void {
  const catalogue = createRoute({
    method: 'get',
    path: '/api/v1/metrics',
    responses: answers(shapes.MetricCatalogue, 'The metrics there are'),
  });
  api.openapi(catalogue, (context) =>
    context.json(
      {
        rows: [...parts.metrics.catalogue.values()].map((metric) => ({
          name: metric.name,
          unit: metric.unit,
          group: metric.group,
          statistics: [...statisticsOf(metric)],
          usual_statistic: usualStatistic(metric),
          description: metric.description,
          dimensions: metric.dimensions.map(({ name }) => name),
          finer_dimensions: (metric.finerDimensions ?? []).map(({ name }) => name),
          finest_seconds: metric.finestS,
        })),
      },
      200,
    ),
  );
}

function ask(query: SeriesQuery, { engine, clock }: ApiParts): Promise<SeriesFound> {
  return querySeries(query, { engine, nowMs: clock.nowMs() });
}

/** Also where there are rows of which nothing was measured: null. */
function pointsOf({ series, emptyMs }: SeriesFound): { time: string; value: number | null }[] {
  const measured = (series[0]?.points ?? []).map(({ startMs, value }) => ({ startMs, value }));
  const empty = emptyMs.map((startMs) => ({ startMs, value: null }));
  return [...measured, ...empty]
    .sort((one, other) => one.startMs - other.startMs)
    .map(({ startMs, value }) => ({ time: isoOf(startMs), value }));
}

async function splitOf(
  by: readonly Dimension[],
  query: SeriesQuery,
  parts: ApiParts,
): Promise<Pick<shapes.MetricAnswer, 'series' | 'omitted'>> {
  if (by.length === 0) return {};
  const { series, omitted } = await ask({ ...query, by }, parts);
  return {
    series: series.slice(0, SPLIT_MAX).map(({ values, points }) => ({
      labels: Object.fromEntries(by.map(({ name }, index) => [name, values[index] ?? ''])),
      points: points.map(({ startMs, value }) => ({ time: isoOf(startMs), value })),
    })),
    omitted: omitted + Math.max(0, series.length - SPLIT_MAX),
  };
}

const SPLIT_MAX = 100;

interface Asked {
  readonly where: string | undefined;
  readonly bucket: string | undefined;
}

/** Throws `invalid` for a dimension that the metric does not have. */
function limitsOf({ where, bucket }: Asked, metric: MetricDefinition): Limited[] {
  const labels = { ...labelsOf(where), ...(bucket === undefined ? {} : { bucket }) };
  return Object.entries(labels).map(([name, value]) => ({
    dimension: dimensionNamed(name, metric),
    values: [value],
  }));
}

function coverageOfMetric(
  activity: ActivityQuery,
  metric: MetricDefinition,
  parts: ApiParts,
): ReturnType<typeof coverageOf> {
  if (metric.group === 'requests') return coverageOf(activity, REQUESTS, parts);
  return coverageOfFormats(activity, metric.formats, parts);
}
