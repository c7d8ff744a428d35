/** The request metrics under AWS's names. */
import { createRoute, z } from '@hono/zod-openapi';
import { REQUESTS } from '../monitors/activity/facts.ts';
import {
  metricNamed,
  metricSeries,
  statisticOf,
  usualStatistic,
} from '../monitors/activity/metric-series.ts';
import { METRICS, STATISTICS } from '../monitors/activity/metrics.ts';
import { stepSeconds } from '../monitors/activity/series.ts';
import * as shapes from './activity-api.ts';
import { activityOf, coverageOf } from './coverage.ts';
import { isoOf } from './ledger-queries.ts';
import { rangeQuery } from './range.ts';
import { type Api, type ApiParts, answers, limitOf } from './route.ts';

export function addMetrics(api: Api, parts: ApiParts): void {
  const catalogue = createRoute({
    method: 'get',
    path: '/api/v1/metrics',
    responses: answers(shapes.MetricCatalogue, 'The metrics there are, under the names of AWS'),
  });
  api.openapi(catalogue, (context) =>
    context.json(
      {
        rows: METRICS.map((metric) => ({
          name: metric.name,
          unit: metric.unit,
          statistics: [...STATISTICS[metric.of.kind]],
          usual_statistic: usualStatistic(metric),
          description: metric.description,
          dimensions: ['bucket'],
        })),
      },
      200,
    ),
  );

  const series = createRoute({
    method: 'get',
    path: '/api/v1/metrics/{name}',
    request: {
      params: z.object({ name: z.string().max(100) }),
      query: rangeQuery.extend({ statistic: z.string().max(20).optional(), steps: limitOf(240, 2000) }),
    },
    responses: answers(shapes.MetricAnswer, 'A statistic of a metric over time'),
  });
  api.openapi(series, async (context) => {
    const { statistic: text, steps, ...query } = context.req.valid('query');
    const metric = metricNamed(context.req.valid('param').name);
    const statistic = statisticOf(text ?? usualStatistic(metric), metric);
    const activity = activityOf(query, parts.clock);
    const stepS = stepSeconds(activity.range, steps);
    const [found, coverage] = await Promise.all([
      metricSeries({ ...activity, metric, statistic }, stepS, parts.engine),
      coverageOf(activity, REQUESTS, parts),
    ]);
    return context.json(
      {
        coverage,
        metric: metric.name,
        statistic: statistic.name,
        unit: metric.unit,
        step_seconds: stepS,
        estimated: found.estimated,
        sampled_requests: found.sampledRequests,
        points: found.points.map(({ start_s, value }) => ({ time: isoOf(start_s * 1000), value })),
        total: found.total,
      },
      200,
    );
  });
}
