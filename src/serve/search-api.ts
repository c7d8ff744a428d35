/** The shapes of what fits a search, over time and by value. */
import { z } from '@hono/zod-openapi';
import { Coverage, count, estimate, time } from './api.ts';

export const Histogram = z
  .object({
    coverage: Coverage,
    step_seconds: z.number().int().positive(),
    total: count,
    ...estimate,
    /** Steps without any are left out. */
    points: z.array(
      z.object({
        time,
        total: count,
        errors: count.openapi({ description: 'With a status of 400 or more, or an error code.' }),
      }),
    ),
  })
  .openapi('Histogram');

export const Facet = z
  .object({
    coverage: Coverage,
    dimension: z.string(),
    ...estimate,
    rows: z.array(z.object({ value: z.string(), count })),
  })
  .openapi('Facet');

export type Histogram = z.infer<typeof Histogram>;
export type Facet = z.infer<typeof Facet>;
