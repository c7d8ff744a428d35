/** Section `backups`: which series of files are expected, when and how large. */
import { z } from 'zod';
import { CONTENT_KINDS } from '../monitors/backups/content.ts';
import { keyPattern } from '../monitors/backups/key-pattern.ts';
import { Calendars, WEEKDAYS } from '../monitors/backups/schedule.ts';
import { duration, durationIfAny, size, sizeIfAny, timezone, timezoneIfAny } from './units.ts';

/** A URI is no id: it would name a bucket that nobody has. */
const bucketId = z
  .string()
  .min(1)
  .refine((id) => !id.includes('://'), 'is the name of a bucket, without s3://');

/** One of `every`, `cron`, or `weekdays` with `at`: one object and not a union, so that what is wrong is named. */
const backupSchedule = z
  .strictObject({
    every: durationIfAny('A period: each run is due so long after the one before.'),
    cron: z
      .string()
      .optional()
      .describe('Minute, hour, day of month, month, day of week; L is the last day of the month.'),
    weekdays: z.array(z.enum(WEEKDAYS)).min(1).optional().describe('Days of the week, with at.'),
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is not a time of day such as 02:00')
      .optional()
      .describe('Time of day on weekdays.'),
    timezone: timezoneIfAny.describe('Default: backups.timezone.'),
  })
  .superRefine((schedule, context) => {
    const problem = scheduleProblem(schedule);
    if (problem !== undefined) context.addIssue({ code: 'custom', ...problem });
  });

/** Deadlines are looked at twice a minute. */
const PERIOD_MS_MIN = 60_000;

interface Given {
  readonly every?: number | undefined;
  readonly cron?: string | undefined;
  readonly weekdays?: readonly string[] | undefined;
  readonly at?: string | undefined;
  readonly timezone?: string | undefined;
}

function scheduleProblem({ every, cron, weekdays, at, timezone: zone }: Given) {
  const given = [every, cron, weekdays].filter((one) => one !== undefined).length;
  if (given !== 1) return { message: 'needs one of every, cron, or weekdays with at' };
  if ((weekdays === undefined) !== (at === undefined))
    return { path: ['at'], message: 'goes with weekdays, and weekdays with it' };
  if (every !== undefined && every < PERIOD_MS_MIN) return { path: ['every'], message: 'is less than 1m' };
  if (every !== undefined && zone !== undefined)
    return { path: ['timezone'], message: 'is of cron and weekdays; a period has none' };
  return cron === undefined ? undefined : cronProblem(cron);
}

/** What is never due would never be missing: no deadline would tell that something is wrong. */
function cronProblem(cron: string) {
  const path = ['cron'];
  const calendarOf = () => new Calendars().of({ kind: 'cron', cron, timezone: 'UTC' });
  if (!canBe(calendarOf))
    return {
      path,
      message: 'is not minute, hour, day of month, month and day of week, such as 30 1 * * *',
    };
  return calendarOf().after(CRON_FROM_MS) === undefined
    ? { path, message: 'is on no day there is' }
    : undefined;
}

/** A year before a leap year: every date comes in the years after it. */
const CRON_FROM_MS = Date.UTC(2027, 0, 1);

function canBe(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

const PATTERN_PROBLEM = 'has a part that is no name in braces such as {date}';

const backupSeries = z
  .strictObject({
    name: z.string().min(1).max(200).describe('Unique name, shown.'),
    bucket: bucketId.describe('The bucket.'),
    pattern: z
      .string()
      .min(1)
      .refine((text) => canBe(() => keyPattern(text)), PATTERN_PROBLEM)
      .describe(
        'Which keys: {date} and the like tell runs, {member} members of a set, any other {name} makes a series for each of its values; * and **.',
      ),
    schedule: backupSchedule.describe('When runs are due: every, or cron, or weekdays and at.'),
    grace: duration('30m', 'After its due time a run may be so late.'),
    early: durationIfAny(
      'Before its due time a run may be so early; default: a quarter of the time since the one before was due.',
    ),
    smallest_file: size(1, 'Smaller files do not count.'),
    size: z
      .strictObject({
        min: sizeIfAny('Smallest sum of the files of a run.'),
        max: sizeIfAny('Largest sum of the files of a run.'),
        down: z
          .number()
          .min(0.01)
          .max(1)
          .optional()
          .describe(
            'By how much it may be below the median of the last runs, as a share; none: it does not matter.',
          ),
        up: z
          .number()
          .min(0.01)
          .max(1000)
          .optional()
          .describe('By how much it may be above it, as a share; none: it does not matter.'),
        since: z.iso
          .date()
          .optional()
          .describe('Runs before that day are not in the median: sizes changed then, and that is right.'),
        runs: z.number().int().min(3).max(100).default(7).describe('Runs the median is of.'),
      })
      .refine(({ min, max }) => min === undefined || max === undefined || min <= max, {
        message: 'is less than min',
        path: ['max'],
      })
      .prefault({}),
    members: z
      .union([z.number().int().min(1), z.array(z.string().min(1)).min(1)])
      .optional()
      .describe('How many files or members a run has, or the names of {member}.'),
    refuse_duplicates: z
      .boolean()
      .default(false)
      .describe('Whether a run with the same content as the one before is wrong.'),
    content: z
      .enum(['auto', ...CONTENT_KINDS])
      .optional()
      .describe(
        'What the files are: the first and last bytes of the newest are read. auto: as they say themselves.',
      ),
    keep: durationIfAny('How long runs are promised to be kept; the oldest kept one is compared with it.'),
    paused: z.boolean().default(false).describe('Judged no more until it is taken away.'),
    retired: z.boolean().default(false).describe('Expected no more; its history stays.'),
  })
  .refine(
    ({ schedule, early }) => early === undefined || schedule.every === undefined || early < schedule.every,
    {
      message: 'is not shorter than every',
      path: ['early'],
    },
  );

type Named = Pick<z.infer<typeof backupSeries>, 'name' | 'bucket' | 'pattern'>;

/** A series for each value of a named part is called `<name>/<value>`: no other may be called that. */
function nameProblem(one: Named, before: readonly Named[], all: readonly Named[]): string | undefined {
  if (before.some(({ name }) => name === one.name)) return 'is the name of another series';
  const other = all.find(
    ({ name, bucket, pattern }) =>
      bucket === one.bucket && one.name.startsWith(`${name}/`) && hasNamedParts(pattern),
  );
  return other === undefined
    ? undefined
    : `may be the name of a series of "${other.name}", whose pattern makes one for each value of a part`;
}

function hasNamedParts(pattern: string): boolean {
  return canBe(() => keyPattern(pattern)) && keyPattern(pattern).names.length > 0;
}

const discovery = z
  .strictObject({
    bucket: bucketId.describe(
      'Bucket, or a pattern of bucket names with *; of a store with a namespace `<namespace>:<bucket>`.',
    ),
    prefix: z
      .string()
      .max(1024)
      .optional()
      .transform((text) => text ?? '')
      .describe('Only keys that begin with it; default: all.'),
    by: z
      .enum(['stem', 'folder'])
      .default('stem')
      .describe(
        'How keys make series: by what they have in common without dates, counters and ids, or by their first folders.',
      ),
    depth: z.number().int().min(1).max(20).default(1).describe('With by: folder, so many folders.'),
    pattern: z
      .string()
      .min(1)
      .refine((text) => canBe(() => keyPattern(text)), PATTERN_PROBLEM)
      .optional()
      .describe('How keys make series instead: one for each value of its named parts; other keys are none.'),
    accept: z
      .enum(['ask', 'auto'])
      .default('ask')
      .describe('Whether what is learned is a proposal until somebody accepts it, or judged by at once.'),
  })
  .refine(({ by, pattern }) => pattern === undefined || by === 'stem', {
    message: 'takes the place of by: folder',
    path: ['pattern'],
  });

export const backups = z
  .strictObject({
    timezone: timezone.describe('Time zone of schedules that name none.'),
    discover: z
      .array(discovery)
      .default([{ bucket: '*backup*', prefix: '', by: 'stem', depth: 1, accept: 'ask' }])
      .describe(
        'Buckets in which series are looked for beside those of `series`; the first that fits a bucket counts.',
      ),
    looks: z
      .strictObject({
        requests_per_hour: z
          .number()
          .int()
          .min(0)
          .max(1_000_000)
          .default(2000)
          .describe('Most requests (LIST, HEAD, ranged GET) sent an hour; 0: none, events alone tell.'),
        every: duration('6h', 'How often buckets are listed whole.'),
      })
      .prefault({}),
    metric: z
      .strictObject({
        name: z.string().min(1).max(255).default('Backups').describe('Name of the count of files.'),
        dimension: z
          .string()
          .min(1)
          .max(255)
          .default('System')
          .describe('Its dimension, which names the series.'),
      })
      .prefault({}),
    series: z
      .array(backupSeries)
      .default([])
      .superRefine((all, context) => {
        all.forEach((one, index) => {
          const message = nameProblem(one, all.slice(0, index), all);
          if (message !== undefined) context.addIssue({ code: 'custom', path: [index, 'name'], message });
        });
      })
      .describe('Backups that are expected.'),
  })
  .prefault({});
