/** The newest values for Prometheus. */
import { createRoute, z } from '@hono/zod-openapi';
import { OPEN_METRICS_TYPE, PLAIN_TYPE } from '../metrics/exposition.ts';
import { Gauges } from '../metrics/gauges.ts';
import type { Api, ApiParts } from './route.ts';

export function addScrape(api: Api, { metrics, clock }: ApiParts): void {
  const gauges = new Gauges({ metrics, clock });
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
