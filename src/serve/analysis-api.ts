/** The shapes of questions with a name and of timelines. */
import { z } from '@hono/zod-openapi';
import { Coverage, FactRow, time } from './api.ts';

export const Analyses = z
  .object({
    rows: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        description: z.string(),
        parameters: z.array(z.object({ name: z.string(), required: z.boolean() })),
        feed: z.enum(['access-log', 'cloudtrail']),
      }),
    ),
  })
  .openapi('Analyses');

export const AnalysisAnswer = z
  .object({ coverage: Coverage, columns: z.array(z.string()), rows: z.array(FactRow) })
  .openapi('Analysis');

/** Of each feed; of more the latest are given. */
export const TIMELINE_ROWS_MAX = 500;

export const Timeline = z
  .object({
    rows: z.array(
      z.object({
        time,
        feed: z.enum(['access-log', 'cloudtrail', 's3-event']),
        title: z.string(),
        principal: z.string(),
        remote_ip: z.string(),
        outcome: z.string().openapi({ description: 'Status and error code, ok, or sent.' }),
        record: FactRow,
      }),
    ),
  })
  .openapi('Timeline');

export type Analyses = z.infer<typeof Analyses>;
export type AnalysisAnswer = z.infer<typeof AnalysisAnswer>;
export type Timeline = z.infer<typeof Timeline>;
