/** Shapes of the API's answers about alarms. Times are ISO 8601 in UTC, null where there is none. */
import { z } from '@hono/zod-openapi';
import { ALARM_STATES } from '../alarms/alarm.ts';
import { SEVERITIES } from '../alarms/definition.ts';

const time = z.string();
const count = z.number().int().min(0);
const labels = z.record(z.string(), z.string());
const evidenceRow = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));

export const ALARM_KINDS = ['metric', 'deadline', 'status', 'composite'] as const;

export const Matcher = z
  .strictObject({
    label: z.string().min(1).max(100),
    values: z
      .array(z.string().max(1100))
      .min(1)
      .max(100)
      .openapi({ description: '`*` stands for anything; a leading `!` excludes.' }),
  })
  .openapi('AlarmMatcher');

export const Silence = z
  .strictObject({
    id: z.string(),
    matchers: z.array(Matcher),
    starts_at: time,
    ends_at: time,
    author: z.string(),
    reason: z.string(),
    state: z.enum(['active', 'pending', 'ended']),
  })
  .openapi('Silence');

export const Alarm = z
  .strictObject({
    alarm: z.string().openapi({ description: 'Its id: definition and labels.' }),
    definition: z.string(),
    kind: z.enum(ALARM_KINDS),
    title: z.string(),
    severity: z.enum(SEVERITIES),
    labels,
    state: z.enum(ALARM_STATES),
    since: time.openapi({ description: 'From when on it is so, by the data.' }),
    sentence: z.string().openapi({ description: 'Why, with the numbers.' }),
    numbers: z.record(z.string(), z.number()),
    evidence: z.array(evidenceRow).openapi({ description: 'Rows that explain it, newest last, at most 20.' }),
    first_step: z.string(),
    as_of: time,
    evaluated_at: time,
    acknowledged: z
      .strictObject({ author: z.string(), reason: z.string(), at: time, ends_at: time })
      .nullable(),
    silences: z.array(z.string()).openapi({ description: 'Ids of active silences that fit it.' }),
  })
  .openapi('Alarm');
export type Alarm = z.infer<typeof Alarm>;

export const Alarms = z
  .strictObject({
    sentence: z.string().openapi({ description: 'E.g. `3 alarms need attention, 1 of them critical.`' }),
    evaluated_at: time.nullable().openapi({ description: 'Null before anything was evaluated.' }),
    counts: z.record(z.enum(ALARM_STATES), count),
    omitted: count.openapi({ description: 'Alarms that limits leave out.' }),
    rows: z.array(Alarm).openapi({ description: 'The worst first.' }),
  })
  .openapi('Alarms');
export type Alarms = z.infer<typeof Alarms>;

export const Transition = z
  .strictObject({
    alarm: z.string(),
    revision: count,
    at: time,
    since: time,
    from: z.enum(ALARM_STATES).nullable(),
    state: z.enum(ALARM_STATES),
    title: z.string(),
    severity: z.enum(SEVERITIES),
    labels,
    sentence: z.string(),
    evidence: z.array(evidenceRow),
    first_step: z.string(),
  })
  .openapi('AlarmTransition');

export const Transitions = z
  .strictObject({ rows: z.array(Transition), next_cursor: z.string().nullable() })
  .openapi('AlarmTransitions');
export type Transitions = z.infer<typeof Transitions>;

export const Definition = z
  .strictObject({
    id: z.string(),
    kind: z.enum(ALARM_KINDS),
    title: z.string(),
    severity: z.enum(SEVERITIES),
    labels,
    first_step: z.string(),
    from: z.enum(['default', 'configuration']),
    enabled: z.boolean(),
    rule: z
      .string()
      .openapi({ description: 'In words, e.g. `Sum of Rejects above 0 for 1 of 1 periods of 5 min`.' }),
    alarms: count,
  })
  .openapi('AlarmDefinition');

export const Definitions = z.strictObject({ rows: z.array(Definition) }).openapi('AlarmDefinitions');
export type Definitions = z.infer<typeof Definitions>;

export const AlarmDetail = z
  .strictObject({
    row: Alarm,
    definition: Definition,
    transitions: z.array(Transition).openapi({ description: 'The last 100, latest first.' }),
    points: z
      .array(
        z.strictObject({
          time,
          value: z.number(),
          lower: z.number().nullable(),
          upper: z.number().nullable(),
        }),
      )
      .openapi({ description: 'Of a metric alarm: what its chart shows, 100 periods at most.' }),
    threshold: z.number().nullable(),
    period_seconds: z.number().nullable(),
  })
  .openapi('AlarmDetail');
export type AlarmDetail = z.infer<typeof AlarmDetail>;

export const AcknowledgeRequest = z
  .strictObject({
    alarm: z.string().max(4000),
    until: time.optional().openapi({ description: 'Default: until it recovers, a week at most.' }),
    author: z.string().max(200).default(''),
    reason: z.string().max(2000).default(''),
  })
  .openapi('AlarmAcknowledgeRequest');

export const SilenceRequest = z
  .strictObject({
    matchers: z.array(Matcher).min(1).max(20),
    starts: time.optional().openapi({ description: 'Default: now.' }),
    ends: time,
    author: z.string().max(200).default(''),
    reason: z.string().min(1).max(2000),
  })
  .openapi('SilenceRequest');

export const Silences = z.strictObject({ rows: z.array(Silence) }).openapi('Silences');
export type Silences = z.infer<typeof Silences>;

export const Said = z.strictObject({ sentence: z.string(), id: z.string() }).openapi('AlarmSaid');
export type Said = z.infer<typeof Said>;

export const BackTest = z
  .strictObject({
    definition: z.string(),
    since: time,
    until: time,
    alarms: count.openapi({ description: 'That were looked at.' }),
    fired: z.array(
      z.strictObject({
        alarm: z.string(),
        title: z.string(),
        start: time,
        end: time.nullable().openapi({ description: 'Null while it would still be in ALARM.' }),
        sentence: z.string(),
      }),
    ),
    omitted: count.openapi({ description: 'Of `fired`: those after the first 1,000.' }),
    note: z.string().openapi({ description: 'What this cannot know; empty when there is nothing to say.' }),
    sentence: z.string().openapi({ description: 'E.g. `It would have fired 4 times in 30 d, 12 min each.`' }),
  })
  .openapi('AlarmBackTest');
export type BackTest = z.infer<typeof BackTest>;

export const BackTestRequest = z
  .strictObject({
    definition: z.string().max(200).optional().openapi({ description: 'Id of a definition.' }),
    section: z.record(z.string().max(100), z.unknown()).optional().openapi({
      description: 'Instead of an id: an item of `alarms.metrics`, as the configuration has it.',
    }),
    since: z
      .string()
      .max(40)
      .optional()
      .openapi({ description: 'Start, inclusive, ISO 8601; default: 30 days before `until`.' }),
    until: z.string().max(40).optional().openapi({ description: 'End, ISO 8601; default: now.' }),
    period_seconds: z
      .number()
      .positive()
      .optional()
      .openapi({ description: 'Another period for a metric definition; default: its own.' }),
  })
  .openapi('AlarmBackTestRequest');
