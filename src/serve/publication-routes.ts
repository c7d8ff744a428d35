/** What is published to CloudWatch, up to when, and what it costs. */
import { createRoute } from '@hono/zod-openapi';
import { estimateOf, estimateText, PRICES_NOTE } from '../export/prices.ts';
import type { PublicationLook, PublisherLook } from '../export/publisher.ts';
import { isoOf } from './ledger-queries.ts';
import * as shapes from './metric-api.ts';
import { type Api, type ApiParts, answers } from './route.ts';

const NOTHING: PublisherLook = {
  publications: [],
  estimate: estimateOf({ series: 0, data: 0, requestsMin: 0 }),
  publishedSeries: 0,
};

export function addPublication(api: Api, { publisher }: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/api/v1/publication',
    responses: answers(shapes.PublicationState, 'What is published to CloudWatch, and what it costs'),
  });
  api.openapi(route, async (context) => {
    const look = (await publisher?.look(context.req.raw.signal)) ?? NOTHING;
    const { estimate, budgetUsd, publications } = look;
    return context.json(
      {
        configured: publisher !== undefined,
        sentence: publisher === undefined ? NOT_CONFIGURED : sentenceOf(look),
        budget_usd: budgetUsd ?? null,
        estimate: {
          custom_metrics: estimate.customMetrics,
          requests: estimate.requests,
          usd: estimate.usd,
          prices: PRICES_NOTE,
        },
        published_series: look.publishedSeries,
        rows: publications.map(rowOf),
      },
      200,
    );
  });
}

const NOT_CONFIGURED =
  'Nothing is published to CloudWatch: section cloudwatch of the configuration says what is to be.';

function sentenceOf({ estimate, budgetUsd, publishedSeries }: PublisherLook): string {
  const cost = `All of it is ${estimateText(estimate)}`;
  if (budgetUsd === undefined)
    return `${cost}. Nothing is sent: cloudwatch.budget does not say what it may cost.`;
  const within =
    estimate.usd > budgetUsd
      ? `, more than the budget of ${budgetUsd} USD: series beyond it are left out`
      : `, within the budget of ${budgetUsd} USD`;
  return `${cost}${within}. ${publishedSeries.toLocaleString('en-US')} series are published.`;
}

function rowOf({
  publication,
  series,
  untilMs,
  problem,
}: PublicationLook): shapes.PublicationState['rows'][number] {
  const { namespace, name, metric, statistic, periodMs, unit, dimensions } = publication;
  return {
    namespace,
    name,
    metric,
    statistic,
    period_seconds: periodMs / 1000,
    unit: unit ?? null,
    dimensions: dimensions === undefined ? null : { ...dimensions },
    series,
    published_until: untilMs === undefined ? null : isoOf(untilMs),
    problem,
  };
}
