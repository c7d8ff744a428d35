/** The newest values for Prometheus. */
import { createRoute, z } from '@hono/zod-openapi';
import type { StandingHealth } from '../health/health-watch.ts';
import { type MetricFamily, OPEN_METRICS_TYPE, PLAIN_TYPE } from '../metrics/exposition.ts';
import { Gauges } from '../metrics/gauges.ts';
import { HEALTH_STATES } from '../health/own-health.ts';
import type { Api, ApiParts } from './route.ts';

export function addScrape(api: Api, { metrics, clock, health }: ApiParts): void {
  const gauges = new Gauges({ metrics, clock, others: async () => healthFamilies(await health.look()) });
  api.openAPIRegistry.registerPath(
    createRoute({
      method: 'get',
      path: '/metrics',
      responses: {
        200: {
          description: 'The newest complete value of each metric, for Prometheus',
          content: { [OPEN_METRICS_TYPE]: { schema: z.string() } },
        },
      },
    }),
  );
  api.get('/metrics', async (context) => {
    const isAsked = (context.req.header('accept') ?? '').includes('application/openmetrics-text');
    return new Response(await gauges.text(), {
      headers: { 'content-type': isAsked ? OPEN_METRICS_TYPE : PLAIN_TYPE, 'cache-control': 'no-store' },
    });
  });
}

/** The program's own health, as it is now. */
function healthFamilies({ items }: Pick<StandingHealth, 'items'>): MetricFamily[] {
  const deliveries = items.filter(({ check }) => check === 'delivery');
  return [
    {
      name: 'bucketwatch_health_state',
      help: 'A check of Bucketwatch itself: 0 good, 1 warn, 2 bad.',
      samples: items.map(({ check, of, state }) => ({
        labels: { check, of },
        value: HEALTH_STATES.indexOf(state),
      })),
    },
    {
      name: 'bucketwatch_delivery_failures_in_row',
      help: 'Notifications that failed on a channel since the last that was delivered.',
      samples: deliveries.map(({ of, numbers }) => ({
        labels: { channel: of },
        value: numbers['failures_in_row'] ?? 0,
      })),
    },
  ];
}
