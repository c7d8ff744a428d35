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

/** The program's own health, as it is now: the state of each check, and a gauge for each number it is told from. */
function healthFamilies({ items }: Pick<StandingHealth, 'items'>): MetricFamily[] {
  const numbers = items.flatMap((item) =>
    Object.entries(item.numbers).map(([name, value]) => ({ item, ...inBaseUnit(name, value) })),
  );
  const families = Map.groupBy(
    numbers,
    ({ item, name }) => `bucketwatch_health_${item.check.replaceAll('-', '_')}_${name}`,
  );
  return [
    {
      name: 'bucketwatch_health_state',
      help: 'A check of Bucketwatch itself: 0 good, 1 warn, 2 bad.',
      samples: items.map(({ check, of, state }) => ({
        labels: { check, of },
        value: HEALTH_STATES.indexOf(state),
      })),
    },
    ...[...families].map(([name, found]) => ({
      name,
      help: 'What a check of Bucketwatch itself is told from.',
      samples: found.map(({ item: { of }, value }) => ({ labels: { of }, value })),
    })),
  ];
}

/** Seconds, as Prometheus has it. */
function inBaseUnit(name: string, value: number): { readonly name: string; readonly value: number } {
  return name.endsWith('_ms')
    ? { name: name.replace(/_ms$/, '_seconds'), value: value / 1000 }
    : { name, value };
}
