/** The shapes of the routes about activity that are not in `api.ts`. */
import { z } from '@hono/zod-openapi';
import { Coverage, count, time } from './api.ts';

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
