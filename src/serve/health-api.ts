/** Shapes of what the API says of the program itself. */
import { z } from '@hono/zod-openapi';
import { HEALTH_CHECKS, HEALTH_STATES } from '../health/own-health.ts';

export const Alive = z.strictObject({ alive: z.boolean() }).openapi('Alive');

export const Ready = z
  .strictObject({
    ready: z.boolean(),
    reason: z.string().openapi({ description: 'What is not done yet; empty when it is ready.' }),
  })
  .openapi('Ready');

export const OwnHealth = z
  .strictObject({
    verdict: z.enum(HEALTH_STATES),
    sentence: z.string(),
    as_of: z.string(),
    items: z
      .array(
        z.strictObject({
          check: z.enum(HEALTH_CHECKS),
          of: z.string().openapi({ description: 'Which source, job or channel; empty where there is one.' }),
          verdict: z.enum(HEALTH_STATES),
          since: z.string(),
          sentence: z.string(),
          first_step: z.string().openapi({ description: 'What to do; empty while it is good.' }),
          numbers: z.record(z.string(), z.number()),
        }),
      )
      .openapi({ description: 'The worst first.' }),
  })
  .openapi('OwnHealth');
export type OwnHealth = z.infer<typeof OwnHealth>;
