/** Section `alarms`: changes of the defaults, and alarms of one's own. */
import { z } from 'zod';
import { SEVERITIES } from '../alarms/definition.ts';
import { BAND_OPERATORS, THRESHOLD_OPERATORS } from '../alarms/limit.ts';
import { alarmProblems } from './alarm-problems.ts';
import { duration, durationIfAny } from './units.ts';

const label = z.string().min(1).max(100);
const labels = z.record(label, z.string().max(1000));
const severity = z.enum(SEVERITIES);
const count = z.number().int().min(1).max(1440);

const change = z.strictObject({
  enabled: z.boolean().optional().describe('Whether it is evaluated.'),
  severity: severity.optional().describe('Instead of its own.'),
  hold: durationIfAny('How long it has to be so before it is an alarm; of a deadline its grace.'),
  threshold: z.number().optional().describe('Of one on a metric with a threshold: instead of its own.'),
  labels: labels.optional().describe('Go with each of its alarms, for routing.'),
});

const common = {
  id: z.string().min(1).max(200).describe('Unique, stable: letters, digits and _./-.'),
  title: z
    .string()
    .min(1)
    .max(300)
    .optional()
    .describe('With {label} for the value of a label; default: the id.'),
  severity: severity.default('warning').describe('critical, warning or info.'),
  first_step: z
    .string()
    .max(2000)
    .optional()
    .transform((text) => text ?? '')
    .describe('What to do first, with {label} as in the title.'),
  labels: labels.default({}).describe('Go with each of its alarms, for routing.'),
};

const metricAlarm = z.strictObject({
  ...common,
  metric: z.string().min(1).max(10_000).describe('Name of a metric, or an expression over metrics.'),
  statistic: z
    .string()
    .min(1)
    .max(20)
    .default('Sum')
    .describe('Sum, Average, Minimum, Maximum, SampleCount, p99.'),
  period: duration('5m', '10s, 20s, 30s or whole minutes.'),
  evaluation_periods: count.default(1).describe('N: of how many points.'),
  datapoints_to_alarm: count.optional().describe('M: so many of them breaching are an alarm; default: all.'),
  comparison_operator: z
    .enum([
      ...(['>', '>=', '<', '<=', 'outside', 'below', 'above'] as const),
      ...THRESHOLD_OPERATORS,
      ...BAND_OPERATORS,
    ])
    .default('>')
    .describe('With a threshold, or outside, below or above the band that points bring with them.'),
  threshold: z.number().optional().describe('Needed with >, >=, < and <=.'),
  recovery_threshold: z.number().optional().describe('Stands in for the threshold while it is in ALARM.'),
  recovery_periods: count.optional().describe('So many points in a row have to be fine before it ends.'),
  treat_missing_data: z
    .enum(['missing', 'ignore', 'breaching', 'not_breaching', 'notBreaching'])
    .default('missing')
    .describe('What a gap means.'),
  extra_periods: z
    .number()
    .int()
    .min(0)
    .max(1440)
    .optional()
    .describe('How many periods beside N are looked at, for points in place of gaps; default 2.'),
  low_samples: z
    .enum(['evaluate', 'ignore'])
    .default('evaluate')
    .describe('What becomes of percentiles of too few samples.'),
  wait: durationIfAny('How long to wait for a source that is late; default 24h.'),
  where: labels.default({}).describe('Only series with these labels.'),
  group: z.array(label).max(10).default([]).describe('An alarm for each value of these labels.'),
});

const compositeAlarm = z.strictObject({
  ...common,
  rule: z.string().min(1).max(10_240).describe('E.g. ALARM("a") AND NOT ALARM("b").'),
  suppressor: z
    .strictObject({
      alarm: z
        .string()
        .min(1)
        .max(4000)
        .describe('Id of an alarm or definition: while it is in ALARM, changes are held back.'),
      wait: duration('1m', 'How long a change waits for it.'),
      extension: duration('1m', 'How long what was held back waits after it is over.'),
    })
    .optional()
    .describe('Another alarm that explains this one.'),
});

export const alarms = z
  .strictObject({
    defaults: z
      .record(z.string(), change)
      .default({})
      .describe('Changes of the alarms there are without configuration, by id.'),
    metrics: z.array(metricAlarm).max(500).default([]).describe('Alarms on metrics.'),
    composites: z.array(compositeAlarm).max(200).default([]).describe('Alarms over other alarms.'),
  })
  .superRefine((section, context) => {
    for (const { path, message } of alarmProblems(section))
      context.addIssue({ code: 'custom', path: [...path], message });
  })
  .prefault({});

export interface AlarmsSection {
  readonly defaults: Readonly<Record<string, z.output<typeof change>>>;
  readonly metrics: readonly z.output<typeof metricAlarm>[];
  readonly composites: readonly z.output<typeof compositeAlarm>[];
}
