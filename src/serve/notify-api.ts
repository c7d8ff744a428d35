/** Shapes of the API: what was told to whom, and who would be. */
import { z } from '@hono/zod-openapi';
import { ALARM_STATES, CHANNEL_KINDS, SEVERITIES } from '../notify/channel.ts';

const time = z.string();
const kind = z.enum(CHANNEL_KINDS).nullable();

/** More of what waits is not listed. */
export const WAITING_MAX = 1000;

export const OUTCOMES = ['delivered', 'refused', 'failed', 'settled', 'claimed'] as const;

export const Notification = z
  .strictObject({
    number: z.string().openapi({ description: 'Grows from row to row.' }),
    at: time,
    ended_at: time.nullable().openapi({ description: 'When its outcome was known.' }),
    channel: z.string().openapi({ description: 'Empty where no route takes the alarms.' }),
    kind: kind.openapi({ description: 'Of the channel; null when it is not configured any more.' }),
    told: z
      .enum(['changes', 'reminder', 'digest', 'acknowledgement'])
      .nullable()
      .openapi({ description: 'Null of what is settled.' }),
    headline: z.string(),
    text: z.string().openapi({
      description: 'What it said, without links; a channel may have shortened it. Empty of what is settled.',
    }),
    alarms: z.array(z.strictObject({ alarm: z.string(), state: z.enum(ALARM_STATES) })),
    attempt: z.number().int().min(0),
    outcome: z.enum(OUTCOMES).openapi({
      description:
        '`failed` is tried again, `refused` is not; `settled`: nothing was sent; `claimed`: under way, or cut short by a crash.',
    }),
    reason: z.string().openapi({ description: 'Why it failed, was refused or settled.' }),
    id: z.string().openapi({ description: 'Of the message, the same on every try.' }),
    provider_id: z.string(),
  })
  .openapi('Notification');
export type Notification = z.infer<typeof Notification>;

export const Notifications = z
  .strictObject({ rows: z.array(Notification), next_cursor: z.string().nullable() })
  .openapi('Notifications');
export type Notifications = z.infer<typeof Notifications>;

export const NotifyChannels = z
  .strictObject({
    rows: z.array(
      z.strictObject({
        channel: z.string(),
        kind: z.enum(CHANNEL_KINDS),
        routes: z.array(z.string()).openapi({ description: 'That tell it at once.' }),
        escalations: z.array(z.string()).openapi({ description: 'That tell it later.' }),
        last_delivered_at: time.nullable(),
        failures_in_row: z
          .number()
          .int()
          .min(0)
          .openapi({ description: 'Tries since then that it failed to take, or refused.' }),
        failing_since: time.nullable().openapi({ description: 'The first of these.' }),
        reason: z.string().openapi({ description: 'Of the last of these.' }),
        waiting: z.number().int().min(0).openapi({ description: 'Alarms of which something waits.' }),
      }),
    ),
    waiting: z
      .array(z.strictObject({ alarm: z.string(), title: z.string(), channel: z.string(), why: z.string() }))
      .openapi({ description: `What is not told now, and why; at most ${WAITING_MAX}.` }),
  })
  .openapi('NotifyChannels');
export type NotifyChannels = z.infer<typeof NotifyChannels>;

export const NotifyTargets = z
  .strictObject({
    alarm: z.string(),
    severity: z.enum(SEVERITIES),
    labels: z.record(z.string(), z.string()),
    rows: z.array(
      z.strictObject({
        route: z.string(),
        channel: z.string(),
        kind,
        after_seconds: z
          .number()
          .openapi({ description: 'So long in ALARM without anybody having acknowledged it.' }),
        states: z.array(z.enum(ALARM_STATES)),
        digest: z
          .string()
          .nullable()
          .openapi({ description: 'Cron of the times when it is told; null: as it happens.' }),
        mute: z.array(z.string()).openapi({ description: 'Names of the times in which nothing is told.' }),
        told: z
          .strictObject({ state: z.enum(ALARM_STATES), at: time })
          .nullable()
          .openapi({ description: 'What the channel was last told; null while that is OK, or nothing.' }),
        quiet: z.array(z.string()).openapi({
          description:
            'Why nothing would be told of it now in ALARM, e.g. `silenced by ada`; none: it would.',
        }),
        waits: z
          .string()
          .nullable()
          .openapi({ description: 'Why what is new of it is not told yet; null: nothing waits.' }),
      }),
    ),
  })
  .openapi('NotifyTargets');
export type NotifyTargets = z.infer<typeof NotifyTargets>;
