/** Series of a metric, or of an expression over metrics. */
import { createRoute, z } from '@hono/zod-openapi';
import { Fault } from '../lib/fault.ts';
import { closedUntil } from '../metrics/closed.ts';
import { metricsIn } from '../metrics/plan.ts';
import { stepSeconds } from '../monitors/activity/series.ts';
import { isoOf } from './ledger-queries.ts';
import * as shapes from './metric-api.ts';
import { rangeOf, rangeQuery } from './range.ts';
import { type Api, type ApiParts, answers, limitOf } from './route.ts';

/** Dimensions as the query names them. */
export const labelQuery = {
  where: z
    .string()
    .max(4000)
    .optional()
    .openapi({ description: 'Values of dimensions as JSON: `{"operation":"REST.GET.OBJECT"}`.' }),
  by: z
    .string()
    .max(1000)
    .optional()
    .openapi({ description: 'Dimensions, joined by commas: a series for each of their values.' }),
};

/** Of one series. */
const POINTS_MAX = 2000;
/** Periods when none is asked for. */
const PERIODS = 240;

export function addMetricSeries(api: Api, parts: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/api/v1/metric-series',
    request: {
      query: rangeQuery.omit({ bucket: true }).extend({
        metric: z.string().min(1).max(4000),
        statistic: z.string().max(20).optional(),
        period: z.coerce.number().int().positive().max(31_536_000).optional(),
        limit: limitOf(100, 1000),
        ...labelQuery,
      }),
    },
    responses: answers(shapes.MetricSeries, 'Series of a metric, or of an expression over metrics'),
  });
  api.openapi(route, async (context) => {
    const { metric, statistic = '', where, by, limit, period, ...range } = context.req.valid('query');
    const { metrics, clock } = parts;
    const nowMs = clock.nowMs();
    const definitions = metricsIn(metric, metrics.catalogue);
    const given = rangeOf(range, nowMs);
    const finestS = Math.max(...definitions.map((one) => one.finestS));
    const periodS = period ?? Math.max(finestS, stepSeconds(given, PERIODS));
    const question = {
      metric,
      statistic,
      where: labelsOf(where),
      ...(by === undefined ? {} : { by: namesOf(by) }),
      periodMs: periodS * 1000,
      ...wholePeriods(given, periodS * 1000),
    };
    const [answer] = await metrics.readMany([question], context.req.raw.signal);
    if (answer === undefined || answer instanceof Fault)
      throw answer ?? new Error('a question without an answer');
    const completeMs = await closedUntil(metric, { metrics, nowMs });
    const shown = answer.readings.slice(0, limit);
    return context.json(
      {
        metric,
        unit: metrics.catalogue.get(metric)?.unit ?? null,
        period_seconds: periodS,
        since: isoOf(question.startMs),
        until: isoOf(question.endMs),
        complete_until: completeMs === undefined ? null : isoOf(Math.min(question.endMs, completeMs)),
        series: shown.map(({ labels, points }) => ({
          labels,
          points: points.map(({ startMs, value }) => ({ time: isoOf(startMs), value })),
        })),
        omitted: answer.omitted + answer.readings.length - shown.length,
      },
      200,
    );
  });
}

/** The periods that the range touches. Throws `invalid` when they are too many. */
function wholePeriods(
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  periodMs: number,
): { startMs: number; endMs: number } {
  const periods = Math.ceil(endMs / periodMs) - Math.floor(startMs / periodMs);
  if (periods > POINTS_MAX)
    throw new Fault(
      'invalid',
      `Cannot give the metric by ${periodMs / 1000} s: that is ${periods.toLocaleString('en-US')} periods, and ${POINTS_MAX.toLocaleString('en-US')} are the most; ask for a longer period or a shorter range.`,
    );
  const firstMs = Math.floor(startMs / periodMs) * periodMs;
  return { startMs: firstMs, endMs: firstMs + periods * periodMs };
}

/** Names joined by commas. */
export function namesOf(by: string | undefined): string[] {
  return (by ?? '').split(',').filter((name) => name !== '');
}

const whereShape = z.record(z.string(), z.string());

/** Labels from JSON; none when there is none. Throws `invalid` for what is no JSON of texts. */
export function labelsOf(text = '{}'): Record<string, string> {
  try {
    return whereShape.parse(JSON.parse(text));
  } catch (error) {
    throw new Fault(
      'invalid',
      `Cannot read where: it is not JSON such as {"operation":"REST.GET.OBJECT"}, got "${text}".`,
      { cause: error },
    );
  }
}
