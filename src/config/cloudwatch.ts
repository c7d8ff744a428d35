/** Section `cloudwatch`: metrics of ours that are published there. */
import { z } from 'zod';
import { identity } from './identity.ts';
import { duration } from './units.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
const UNITS = [
  'Seconds',
  'Microseconds',
  'Milliseconds',
  'Bytes',
  'Kilobytes',
  'Megabytes',
  'Gigabytes',
  'Terabytes',
  'Bits',
  'Kilobits',
  'Megabits',
  'Gigabits',
  'Terabits',
  'Percent',
  'Count',
  'Bytes/Second',
  'Kilobytes/Second',
  'Megabytes/Second',
  'Gigabytes/Second',
  'Terabytes/Second',
  'Bits/Second',
  'Kilobits/Second',
  'Megabits/Second',
  'Gigabits/Second',
  'Terabits/Second',
  'Count/Second',
  'None',
] as const;

/** Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
const namespace = z
  .string()
  .regex(
    /^(?!AWS\/)[A-Za-z0-9._/#-][A-Za-z0-9._/#: -]{0,254}$/,
    'is not of letters, digits and ._-/#: and blanks, 255 at most; those that begin with AWS/ are of AWS',
  );

const printable = (what: string) =>
  z.string().regex(/^[!-9;-~][ -~]{0,254}$/, `is not ${what}: printable ASCII, 255 characters at most`);

const publication = z.strictObject({
  metric: z.string().min(1).max(4000).describe('Name of a metric, or an expression over metrics.'),
  statistic: z
    .string()
    .max(20)
    .optional()
    .transform((text) => text ?? '')
    .describe('Sum, Average, Minimum, Maximum, SampleCount, p99; default: the one that says most.'),
  where: z
    .record(z.string().min(1).max(100), z.string().max(1000))
    .default({})
    .describe('Only series with these labels.'),
  period: duration('5m', 'Whole minutes, a day at most.').refine(
    (ms) => ms > 0 && ms <= DAY_MS && ms % MINUTE_MS === 0,
    'is not of whole minutes, from 1m to 1d',
  ),
  namespace: namespace.default('Bucketwatch').describe('Under which it is published.'),
  name: printable('a name of CloudWatch')
    .optional()
    .describe('Under which it is published; default: that of the metric. Needed with an expression.'),
  dimensions: z
    .record(z.string().min(1).max(100), printable('a dimension of CloudWatch'))
    .refine((names) => new Set(Object.values(names)).size === Object.keys(names).length, 'has a name twice')
    .optional()
    .describe(
      'What dimensions are called, by label: series are split by these alone. Default: all there are.',
    ),
  unit: z.enum(UNITS).optional().describe('Default: that of the metric; of an expression none.'),
});

export type PublicationSection = z.output<typeof publication>;

export const PRESETS = ['CRRMonitor', 'BackupsMonitoring'] as const;
export type Preset = (typeof PRESETS)[number];

export const cloudwatch = z
  .strictObject({
    region: z.string().min(1).describe('Region in which they are published.'),
    endpoint: z.url().optional().describe('Endpoint other than that of AWS.'),
    ...identity,
    budget: z
      .number()
      .positive()
      .max(1_000_000)
      .optional()
      .describe('The most it may cost, USD a month at list price. Nothing is sent without it.'),
    presets: z
      .array(z.enum(PRESETS))
      .default([])
      .describe('The metrics of what Bucketwatch stands in for, exactly as it published them.'),
    publish: z.array(publication).max(200).default([]).describe('Metrics, each under its name there.'),
    series: z
      .number()
      .int()
      .min(1)
      .max(10_000)
      .default(1000)
      .describe('The most series there are, whatever they cost.'),
    every: duration('5m', 'How often what is complete is published.').refine(
      (ms) => ms >= MINUTE_MS,
      'is less than 1m',
    ),
    delay: duration('2m', 'How long after its end a period is waited for.'),
    catch_up: duration('1d', 'How far back is published what was not; CloudWatch takes two weeks.'),
  })
  .refine(({ presets, publish }) => presets.length + publish.length > 0, {
    message: 'is empty: name presets, or metrics in publish',
    path: ['publish'],
  });

export type CloudWatchSection = z.output<typeof cloudwatch>;
